import { isLocalHttp, originProblems, parseOrigin } from "./origins.ts";
import { type CookieAttributes, cookieProblems, type Problem, show } from "./rules.ts";

/**
 * What an application may choose about its session cookie. Every part has a safe default; HttpOnly is always on, and
 * Secure follows from `origins`.
 */
export interface CookieOptions {
  /**
   * The name (default `"__Host-session"`; `"__Secure-session"` with a `domain` or a `path`; `"session"` for http on
   * localhost).
   */
  readonly name?: string;
  /** Which requests of other sites carry the cookie (default `"lax"`: top-level navigation only). */
  readonly sameSite?: "lax" | "strict" | "none";
  /** Shares the session with every host under this domain (default: only the host that set it). */
  readonly domain?: string;
  /** Confines the cookie to a part of the site (default `"/"`). It is a convenience, not a border between applications. */
  readonly path?: string;
  /** Gives each embedding site a cookie jar of its own (CHIPS), for applications shown in a frame (default `false`). */
  readonly partitioned?: boolean;
  /** What Chromium drops first when a site has too many cookies (default: the browser's own, `"medium"`). */
  readonly priority?: "low" | "medium" | "high";
}

/** The cookie as it was decided at start-up: the same name and attributes for every request. */
export interface CookiePolicy {
  readonly name: string;
  readonly attributes: CookieAttributes;
}

/** The decided cookie, or everything that is wrong with the options. */
export interface ResolvedCookie {
  readonly cookie: CookiePolicy | null;
  readonly problems: readonly Problem[];
}

const optionNames = ["name", "sameSite", "domain", "path", "partitioned", "priority"];

const life = "Set timeouts.absolute for its Max-Age, or sign in with { persistent: false } for a cookie without one.";
const otherNames = new Map([
  ["secure", "Leave it out: the cookie is Secure, unless every entry of origins is http on localhost."],
  ["httpOnly", "Leave it out: the session cookie is always HttpOnly."],
  ["maxAge", life],
  ["expires", life],
]);

/**
 * Decides name and attributes of the session cookie, once, at start-up.
 *
 * No request can change the answer: whatever a proxy or a visitor claims in `X-Forwarded-Proto`, the cookie stays Secure.
 *
 * @param origins The application's own origins. Plain http is accepted on localhost, 127.0.0.1 and [::1] only, and
 *   takes Secure away only where it is all there is.
 * @param environment The value of `NODE_ENV`, asked only when no origins are given: `"development"` and `"test"` mean
 *   http on localhost, anything else means https.
 * @returns The policy, frozen; or `null` and the problems, all of them.
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-4.1.3 RFC 6265bis section 4.1.3: cookie name prefixes}
 */
export function resolveCookie(
  options: CookieOptions | undefined,
  origins: readonly string[] | undefined,
  environment: string | undefined,
): ResolvedCookie {
  const given = options ?? {};
  const attributes = attributesOf(given, isSecure(origins, environment));
  const cookie = { name: given.name ?? defaultName(attributes), attributes };
  const problems = [
    ...originProblems(origins),
    ...optionProblems(given),
    ...cookieProblems({ ...cookie, value: "" }),
    ...domainProblems(attributes.domain, origins),
  ];
  return problems.length > 0 ? { cookie: null, problems } : { cookie: Object.freeze(cookie), problems };
}

function isSecure(origins: readonly string[] | undefined, environment: string | undefined): boolean {
  if (!origins || origins.length === 0) return environment !== "development" && environment !== "test";
  return !Array.isArray(origins) || !origins.every(isLocalHttp);
}

function attributesOf(given: CookieOptions, secure: boolean): CookieAttributes {
  const { sameSite = "lax", path = "/", domain, partitioned, priority } = given;
  return Object.freeze({
    httpOnly: true,
    secure,
    sameSite,
    path,
    ...(domain !== undefined && { domain }),
    ...(partitioned !== undefined && { partitioned }),
    ...(priority !== undefined && { priority }),
  });
}

function defaultName({ secure, domain, path }: CookieAttributes): string {
  if (!secure) return "session";
  return domain === undefined && path === "/" ? "__Host-session" : "__Secure-session";
}

function optionProblems(given: CookieOptions): Problem[] {
  return Object.entries(given)
    .filter(([name, value]) => value !== undefined && !optionNames.includes(name))
    .map(([name]) => ({
      code: "CONFIG_INVALID",
      message: `cookie has no option ${show(name)}.`,
      hint: otherNames.get(name) ?? `Use ${optionNames.join(", ")}.`,
    }));
}

// A browser refuses a cookie for a domain that the host which sets it is not part of (RFC 6265 section 5.3, step 6).
function domainProblems(domain: unknown, origins: readonly string[] | undefined): Problem[] {
  if (typeof domain !== "string" || !Array.isArray(origins)) return [];
  return origins
    .filter((origin) => isOutside(parseOrigin(origin)?.hostname, domain.toLowerCase()))
    .map((origin) => ({
      code: "CONFIG_INVALID",
      message: `cookie.domain is ${show(domain)}, which ${origin} is not part of: browsers would refuse the cookie there.`,
      hint: "Leave out cookie.domain, or give the domain that all entries of origins share.",
    }));
}

function isOutside(host: string | undefined, domain: string): boolean {
  return host !== undefined && host !== domain && !host.endsWith(`.${domain}`);
}
