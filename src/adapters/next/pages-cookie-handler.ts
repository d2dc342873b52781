import { cookieValues } from "../../cookie/parse.ts";
import type { CookieOptions, CookiePolicy } from "../../cookie/policy.ts";
import type { SessionCookie } from "../../cookie/rules.ts";
import { checkedCookie, replaceSetCookie, serializeCookie } from "../../cookie/write.ts";
import { type PolicyOptions, resolvePolicy } from "../../core/policy.ts";
import { SessionConfigError } from "../../errors.ts";
import { cookieLines, type NodeResponse } from "../../http/node-exchange.ts";
import { type CookieHandler, decodeValue } from "./pages-cookies.ts";

/** What may be chosen of the cookie. Each option stands for itself: what is left out keeps its safe default. */
export interface CookieConfig {
  /** `true` is `"strict"` (the default), `false` is `"lax"`. */
  readonly sameSite?: boolean | "lax" | "strict" | "none";
  /** Default `"/"`. */
  readonly path?: string;
  readonly domain?: string;
  /** Default: `true`, unless this is development, a test, or `origins` names http on localhost alone. */
  readonly secure?: boolean;
  /** Always `true`. */
  readonly httpOnly?: boolean;
  /** Seconds until the browser drops the cookie (default: when it is closed). */
  readonly maxAge?: number;
  readonly partitioned?: boolean;
  readonly priority?: "low" | "medium" | "high";
}

/** What a handler of ours was made from. */
export interface CookieSpec {
  readonly name: string;
  readonly config: CookieConfig;
}

const specSymbol = Symbol.for("coatcheck.pages.cookie");
const optionNames = ["sameSite", "path", "domain", "secure", "httpOnly", "maxAge", "partitioned", "priority"];

/**
 * Makes a cookie handler: the name and the attributes of the session cookie.
 *
 * The cookie is HttpOnly, Secure (except in development, in tests and for http on localhost), SameSite=Strict, for the path
 * `/`, and goes when the browser is closed. The options are merged over that. They are checked by `configure`.
 *
 * @param cookieName The name (default `"nextSession"`). Without any handler it is `"__Host-session"`, which no sibling domain
 *   can set.
 *
 * @example
 * configure({ cookieHandler: createCookieHandler("shop", { sameSite: "lax", maxAge: 86_400 }) });
 */
export function createCookieHandler(cookieName = "nextSession", cookieConfig: CookieConfig = {}): CookieHandler {
  const spec = { name: cookieName, config: cookieConfig };
  const write = (response: NodeResponse, value: string, edit = (line: string) => line) => {
    const { cookie, adjust } = resolveSpec(spec);
    const line = serializeCookie(adjust({ ...cookie, value }));
    setLine(response, edit(line));
  };
  const handler: CookieHandler = {
    async read(request) {
      const [value] = cookieValues(request.headers.cookie, cookieName);
      return value === undefined ? undefined : decodeValue(value);
    },
    write: async (response, value) => write(response, encodeURIComponent(value)),
    // By a date, as the handler of next-server-session wrote it: tests of its users compare the line.
    destroy: async (response) =>
      write(response, "", (line) => line.replace("Max-Age=0", "Expires=Thu, 01 Jan 1970 00:00:00 GMT")),
  };
  return Object.defineProperty(handler, specSymbol, { value: { ...spec, methods: { ...handler } } });
}

/** What a handler was made from, or `null` where it is not ours, or was changed since. */
export function specOf(handler: CookieHandler): CookieSpec | null {
  const spec = (handler as { [specSymbol]?: CookieSpec & { methods: CookieHandler } })[specSymbol];
  if (!spec) return null;
  const { methods } = spec;
  const isUnchanged =
    handler.read === methods.read && handler.write === methods.write && handler.destroy === methods.destroy;
  return isUnchanged ? spec : null;
}

/** The part of a spec that the engine's own cookie options express. */
export function cookieOptions({ name, config }: CookieSpec): CookieOptions {
  const { sameSite = true, path, domain, partitioned, priority } = config;
  return {
    name,
    sameSite: typeof sameSite === "boolean" ? (sameSite ? "strict" : "lax") : sameSite,
    ...(path !== undefined && { path }),
    ...(domain !== undefined && { domain }),
    ...(partitioned !== undefined && { partitioned }),
    ...(priority !== undefined && { priority }),
  };
}

/**
 * Makes what turns the engine's cookie into the one of the spec: its own life, and Secure where it asks for it.
 *
 * @throws {@link SessionConfigError} `CONFIG_INVALID`, `CONFIG_COOKIE_INSECURE`
 */
export function adjustCookie({ config }: CookieSpec, policy: CookiePolicy): (cookie: SessionCookie) => SessionCookie {
  const unknown = Object.keys(config).find((option) => !optionNames.includes(option));
  if (unknown)
    throw invalid(`createCookieHandler has no option ${JSON.stringify(unknown)}.`, `Use ${optionNames.join(", ")}.`);
  const { secure = policy.attributes.secure, httpOnly = true, maxAge } = config;
  if (!httpOnly) throw insecure("httpOnly", "Leave it out: no script has business with the session cookie.");
  if (!secure && policy.attributes.secure) {
    throw insecure(
      "secure",
      'Leave it out. For http on localhost set origins: ["http://localhost:3000"] in configure.',
    );
  }
  const adjust = ({ name, value, attributes: { maxAge: _, ...attributes } }: SessionCookie): SessionCookie => {
    const life = value === "" ? 0 : maxAge;
    return { name, value, attributes: { ...attributes, secure, ...(life !== undefined && { maxAge: life }) } };
  };
  checkedCookie(adjust({ ...policy, value: "x" }));
  return adjust;
}

/** Resolves a spec by itself, for a handler that is used without the engine. */
function resolveSpec(spec: CookieSpec) {
  const { cookie } = resolvePolicy({ store: noStore, cookie: cookieOptions(spec) });
  return { cookie, adjust: adjustCookie(spec, cookie) };
}

/** Where no store of the port is in play. */
export const noStore: PolicyOptions["store"] = {
  name: "plug-in",
  find: (ids) => ids.map(() => null),
  create: () => "exists",
  update: () => ({ outcome: "missing" }),
  destroy: () => "missing",
};

function setLine(response: NodeResponse, line: string): void {
  const present = typeof response.getHeader === "function" ? cookieLines(response) : [];
  const lines = replaceSetCookie(present, line);
  response.setHeader("Set-Cookie", lines.length === 1 ? line : lines);
}

function invalid(what: string, hint: string): SessionConfigError {
  return new SessionConfigError("CONFIG_INVALID", what, { hint });
}

function insecure(option: string, hint: string): SessionConfigError {
  return new SessionConfigError("CONFIG_COOKIE_INSECURE", `createCookieHandler: ${option} is false.`, { hint });
}
