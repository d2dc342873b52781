/** Why a request was refused as coming from elsewhere. */
export type ForeignReason = "fetch-site" | "origin" | "referer" | "no-origin";

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/** Whether a method promises to change nothing. Requests of these methods are never checked. */
export function isSafeMethod(method: string): boolean {
  return safeMethods.has(method.toUpperCase());
}

/** What the check looks at. `header` takes lower-case names. */
export interface CheckedRequest {
  readonly method: string;
  header(name: string): string | null;
}

/** Which origins count as the application's own. */
export interface OwnOrigins {
  /** The application's own origins; without them the host of `Host`, over http or https. */
  readonly origins: readonly string[] | undefined;
  /** Other origins whose pages may act for the visitor. */
  readonly trusted: readonly string[];
}

/**
 * Tells why a request may be the work of another site, or `null` when it is our own (or changes nothing).
 *
 * Browsers say in `Sec-Fetch-Site` where a request comes from: `same-origin` and `none` (typed by the user) pass, and a
 * sibling subdomain is as foreign as any other site. Where the header is missing, `Origin`, then `Referer`, must be one of
 * our own origins, exactly; `null` never is. A request that says nothing is refused. The content type and method-override
 * headers play no part, nor does the URL of the request, which a proxy may have changed.
 *
 * The `GET` that opens a WebSocket is checked too, by its `Origin`, which every browser sends with it: what any page could open
 * with the visitor's cookie, it could also read.
 *
 * @see {@link https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html OWASP: CSRF prevention}
 */
export function foreignReason(request: CheckedRequest, { origins, trusted }: OwnOrigins): ForeignReason | null {
  const isSocket = request.header("upgrade")?.trim().toLowerCase() === "websocket";
  if (isSafeMethod(request.method) && !isSocket) return null;
  const origin = request.header("origin");
  if (origin !== null && trusted.includes(origin)) return null;
  const site = request.header("sec-fetch-site");
  if (site !== null && !(isSocket && origin !== null))
    return site === "same-origin" || site === "none" ? null : "fetch-site";
  const host = request.header("host");
  if (origin !== null) return isOwn(origin, origins, host) ? null : "origin";
  const referer = request.header("referer");
  if (referer === null) return "no-origin";
  return isOwn(originOf(referer), origins, host) ? null : "referer";
}

function isOwn(origin: string | null, origins: readonly string[] | undefined, host: string | null): boolean {
  if (origin === null || originOf(origin) !== origin) return false;
  if (origins) return origins.includes(origin);
  return host !== null && (origin === originOf(`https://${host}`) || origin === originOf(`http://${host}`));
}

function originOf(address: string): string | null {
  try {
    const { origin, protocol } = new URL(address);
    return protocol === "https:" || protocol === "http:" ? origin : null;
  } catch {
    return null;
  }
}
