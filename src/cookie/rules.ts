import type { SessionErrorCode } from "../errors.ts";
import type { Problem } from "../problems.ts";
import {
  domainGrammar,
  fits,
  hostPrefix,
  httpPrefix,
  isFlag,
  isMaxAge,
  isText,
  largestCookie,
  longestMaxAge,
  nameGrammar,
  pathGrammar,
  securePrefix,
  valueGrammar,
} from "./grammar.ts";

export type { Problem };

/** The attributes of the session cookie, in the form that `cookies().set(name, value, attributes)` takes. */
export interface CookieAttributes {
  /** Keeps the cookie from scripts. */
  readonly httpOnly: boolean;
  /** Keeps the cookie from plain http. */
  readonly secure: boolean;
  /** Which requests of other sites carry the cookie. */
  readonly sameSite: "lax" | "strict" | "none";
  /** The part of the site that the cookie is sent to. */
  readonly path: string;
  /** The domain whose hosts all receive the cookie; without it only the host that set it. */
  readonly domain?: string;
  /** Seconds until the browser drops the cookie; without it when the browser closes. */
  readonly maxAge?: number;
  /** Gives every embedding site a cookie jar of its own. */
  readonly partitioned?: boolean;
  /** What a full cookie jar drops first (Chromium only). */
  readonly priority?: "low" | "medium" | "high";
}

/** A cookie that is ready to be set: `cookies().set(cookie.name, cookie.value, cookie.attributes)`. */
export interface SessionCookie {
  readonly name: string;
  readonly value: string;
  readonly attributes: CookieAttributes;
}

interface Rule {
  readonly broken: (cookie: SessionCookie) => boolean;
  readonly code: SessionErrorCode;
  readonly message: (cookie: SessionCookie) => string;
  readonly hint: string;
}

const goSecure =
  'Leave out cookie.name (it is "session" for http on localhost and "__Host-session" or "__Secure-session" elsewhere), or serve over https and list that address in origins.';

// A message never holds the value: it is a token.
const rules: readonly Rule[] = [
  {
    broken: ({ name }) => !fits(nameGrammar, name),
    code: "CONFIG_INVALID",
    message: ({ name }) => `cookie.name is ${show(name)}, which is not a cookie name.`,
    hint: "Use 1 to 256 letters, digits, hyphens and underscores.",
  },
  {
    broken: ({ value }) => !fits(valueGrammar, value),
    code: "CONFIG_INVALID",
    message: ({ name }) => `The value of the cookie ${show(name)} holds a character that no cookie value may hold.`,
    hint: "Pass the token exactly as create() or signIn() gave it.",
  },
  {
    broken: ({ name, value }) => [name, value].every(isText) && name.length + value.length > largestCookie,
    code: "CONFIG_INVALID",
    message: ({ name }) => `The cookie ${show(name)} has more than ${largestCookie} bytes; browsers would drop it.`,
    hint: "Keep the data in the session; the cookie holds the token alone.",
  },
  {
    broken: ({ attributes }) => !fits(pathGrammar, attributes.path),
    code: "CONFIG_INVALID",
    message: ({ attributes }) => `cookie.path is ${show(attributes.path)}, which is not a path.`,
    hint: 'Begin it with "/" and percent-encode blanks, commas, semicolons and letters outside ASCII; at most 1,024 bytes.',
  },
  {
    broken: ({ attributes }) => attributes.domain !== undefined && !fits(domainGrammar, attributes.domain),
    code: "CONFIG_INVALID",
    message: ({ attributes }) => `cookie.domain is ${show(attributes.domain)}, which is not a domain.`,
    hint: 'Write it like "example.com": no scheme, port or leading dot, and names outside ASCII as "xn--…".',
  },
  {
    broken: ({ attributes }) => attributes.maxAge !== undefined && !isMaxAge(attributes.maxAge),
    code: "CONFIG_INVALID",
    message: () => `The cookie's maxAge is not a whole number of seconds from 0 to ${longestMaxAge} (400 days).`,
    hint: "Browsers keep no cookie for longer; shorten timeouts.absolute.",
  },
  {
    broken: ({ attributes }) => !["lax", "strict", "none"].includes(attributes.sameSite),
    code: "CONFIG_INVALID",
    message: ({ attributes }) => `cookie.sameSite is ${show(attributes.sameSite)}.`,
    hint: 'Use "lax" (the default), "strict" or "none", in lower case.',
  },
  {
    broken: ({ attributes: { priority } }) => priority !== undefined && !["low", "medium", "high"].includes(priority),
    code: "CONFIG_INVALID",
    message: ({ attributes }) => `cookie.priority is ${show(attributes.priority)}.`,
    hint: 'Use "low", "medium" or "high", in lower case.',
  },
  {
    broken: ({ attributes: { httpOnly, secure, partitioned = false } }) =>
      ![httpOnly, secure, partitioned].every(isFlag),
    code: "CONFIG_INVALID",
    message: () => "cookie.httpOnly, cookie.secure or cookie.partitioned is neither true nor false.",
    hint: "Use true or false.",
  },
  {
    broken: ({ name, attributes }) => fits(securePrefix, name) && !attributes.secure,
    code: "CONFIG_COOKIE_INSECURE",
    message: ({ name }) =>
      `cookie.name is ${show(name)}, a name that browsers keep for Secure cookies, and this one is for plain http.`,
    hint: goSecure,
  },
  {
    broken: ({ name, attributes }) => fits(httpPrefix, name) && !attributes.httpOnly,
    code: "CONFIG_COOKIE_INSECURE",
    message: ({ name }) =>
      `cookie.name is ${show(name)}, a name that browsers keep for HttpOnly cookies, and this one is not.`,
    hint: "Make the cookie HttpOnly, or choose another name.",
  },
  {
    broken: ({ name, attributes }) =>
      fits(hostPrefix, name) && (attributes.domain !== undefined || attributes.path !== "/"),
    code: "CONFIG_INVALID",
    message: ({ name }) =>
      `cookie.name is ${show(name)}: browsers drop a "__Host-" cookie that has a domain, or a path other than "/".`,
    hint: 'Leave out cookie.name (it then is "__Secure-session"), or leave out cookie.domain and cookie.path.',
  },
  {
    broken: ({ attributes }) => attributes.sameSite === "none" && !attributes.secure,
    code: "CONFIG_COOKIE_INSECURE",
    message: () => 'cookie.sameSite is "none" on a cookie for plain http; browsers drop it without Secure.',
    hint: 'Use "lax" or "strict", or serve over https and list that address in origins.',
  },
  {
    broken: ({ attributes }) => attributes.partitioned === true && !attributes.secure,
    code: "CONFIG_COOKIE_INSECURE",
    message: () => "cookie.partitioned is true on a cookie for plain http; browsers drop it without Secure.",
    hint: "Leave it out, or serve over https and list that address in origins.",
  },
];

/**
 * Finds everything for which a browser would drop a cookie, widen its scope, or read another cookie than was meant.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1 RFC 6265 section 4.1.1: the grammar}
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-4.1.3 RFC 6265bis section 4.1.3: cookie name prefixes}
 */
export function cookieProblems(cookie: SessionCookie): Problem[] {
  return rules
    .filter((rule) => rule.broken(cookie))
    .map(({ code, message, hint }) => ({ code, message: message(cookie), hint }));
}

/** Writes a configured value for a message: escaped, so that it cannot break a log line, and short. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  return value === null ? "null" : `of type ${typeof value}`;
}
