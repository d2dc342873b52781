import { type Problem, show } from "./rules.ts";

const loopback = ["localhost", "127.0.0.1", "[::1]"];

/** Reads an origin written exactly as browsers send it: scheme, host and port, nothing more; or answers `null`. */
export function parseOrigin(entry: unknown): URL | null {
  const url = parseUrl(entry);
  const isExact = url !== null && url.origin === entry && !url.hostname.includes("*");
  return isExact && /^https?:$/.test(url.protocol) ? url : null;
}

/** Tells plain http on this very machine, which no network sees, from everything else. */
export function isLocalHttp(entry: unknown): boolean {
  const url = parseOrigin(entry);
  return url?.protocol === "http:" && loopback.includes(url.hostname);
}

/** Finds the entries that are not exact origins, and those of plain http elsewhere than on this machine. */
export function originProblems(origins: readonly string[] | undefined): Problem[] {
  if (origins === undefined) return [];
  if (Array.isArray(origins) && origins.length > 0) {
    return origins.flatMap((entry, index) => problemsOf(entry, `origins[${index}]`));
  }
  const message = Array.isArray(origins) ? "origins is an empty list." : `origins is ${show(origins)}, not a list.`;
  return [{ code: "CONFIG_INVALID", message, hint: 'Write it like ["https://shop.example"], or leave it out.' }];
}

function problemsOf(entry: unknown, where: string): Problem[] {
  const message = `${where} is ${show(entry)}`;
  const url = parseOrigin(entry);
  if (!url) return [{ code: "CONFIG_INVALID", message: `${message}, not an exact origin.`, hint: hintFor(entry) }];
  if (url.protocol === "https:" || loopback.includes(url.hostname)) return [];
  return [
    {
      code: "CONFIG_COOKIE_INSECURE",
      message: `${message}: over plain http anyone on the way can read the session cookie.`,
      hint: `Write "https://${url.host}", the address that visitors see, also where a proxy ends the TLS; plain http is for localhost, 127.0.0.1 and [::1] alone.`,
    },
  ];
}

function hintFor(entry: unknown): string {
  const url = parseUrl(entry);
  const isWeb = url !== null && /^https?:$/.test(url.protocol) && !url.hostname.includes("*");
  if (isWeb) return `Write "${url.origin}": scheme, host and port only, without a path or a slash at the end.`;
  return 'Write scheme, host and port, like "https://shop.example" or "http://localhost:3000"; list every host, there are no wildcards.';
}

function parseUrl(entry: unknown): URL | null {
  try {
    return typeof entry === "string" ? new URL(entry) : null;
  } catch {
    return null;
  }
}
