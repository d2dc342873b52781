import type { DeviceRequest } from "../core/devices.ts";

// What real browsers send is shorter; what is longer is not worth reading to its end.
const longestAgent = 512;
const longestName = 64;

/**
 * Names the browser and the system of a request, or the program, such as `"Firefox on macOS"` and `"curl"`; `null` where
 * nothing is known. Names come from closed lists, except that of a program: its own, cut to letters, digits and `. _ -`.
 *
 * The library that knows the browsers is loaded when the first name is asked for.
 */
export async function nameDevice(request: DeviceRequest): Promise<string | null> {
  const agent = request.header("user-agent")?.slice(0, longestAgent).trim();
  if (!agent) return null;
  const { parse, BROWSER_MAP, OS_MAP } = await import("bowser");
  const { browser, os, platform } = parse(agent, { brands: brandsOf(request) });
  const isBrowser = agent.startsWith("Mozilla/");
  const program = isBrowser ? among(BROWSER_MAP, browser.name) : programOf(agent);
  const system = modelOf(platform.model) ?? systemOf(request) ?? among(OS_MAP, os.name);
  return join(program, system);
}

function join(program: string | null, system: string | null): string | null {
  // "Samsung Internet for Android" on Android, "Tizen" on Tizen: the system is said once.
  const name = program?.replace(/ for [A-Z]\w+$/, "") ?? null;
  if (!name || !system || name.startsWith(system)) return name ?? system;
  return `${name} on ${system}`.slice(0, longestName);
}

/** A name that the library knows. What it makes up from an unknown `User-Agent` is the visitor's text. */
function among(known: Readonly<Record<string, string>>, name: string | undefined): string | null {
  return name !== undefined && Object.values(known).includes(name) ? name : null;
}

/** The first product of a program that is no browser (RFC 9110 section 10.1.5). */
function programOf(agent: string): string | null {
  return /^[a-z][\w.-]{0,31}(?=[/\s]|$)/i.exec(agent)?.[0] ?? null;
}

function modelOf(model: string | undefined): string | null {
  return model !== undefined && ["iPhone", "iPad", "iPod"].includes(model) ? model : null;
}

const systems = ["Android", "Chrome OS", "iOS", "Linux", "macOS", "Windows"];

/** The system by the client hint: right where a tablet asks for the desktop's page under the desktop's name. */
function systemOf(request: DeviceRequest): string | null {
  const hint = request.header("sec-ch-ua-platform")?.slice(0, longestName).replaceAll('"', "").trim() ?? "";
  return systems.includes(hint) ? hint : null;
}

/** The brands of `Sec-CH-UA`: they tell browsers apart that share one `User-Agent`. */
function brandsOf(request: DeviceRequest): { brand: string; version: string }[] {
  const list = request.header("sec-ch-ua")?.slice(0, longestAgent) ?? "";
  const brands = list.matchAll(/"([^"\\]{1,64})";\s{0,4}v="(\d{1,9})"/g);
  return Array.from(brands, ([, brand = "", version = ""]) => ({ brand, version }));
}
