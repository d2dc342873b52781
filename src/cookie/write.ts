import { SessionConfigError } from "../errors.ts";
import { withoutBlanks } from "./parse.ts";
import { type CookieAttributes, cookieProblems, type SessionCookie } from "./rules.ts";

const sameSiteWord = { lax: "Lax", strict: "Strict", none: "None" } as const;
const priorityWord = { low: "Low", medium: "Medium", high: "High" } as const;

/**
 * Writes a cookie as one `Set-Cookie` line.
 *
 * Every part is held against the grammar first, so nothing can end the line or add an attribute. The attributes always
 * come in the same order.
 *
 * ```text
 * set-cookie-string = cookie-pair *( ";" SP cookie-av )
 * cookie-pair       = cookie-name "=" *cookie-octet
 * cookie-av         = path-av / domain-av / max-age-av / httponly-av / secure-av / samesite-av / extension-av
 * ```
 *
 * @throws {@link SessionConfigError} `CONFIG_INVALID` or `CONFIG_COOKIE_INSECURE`: see {@link checkedCookie}.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1 RFC 6265 section 4.1.1}
 */
export function serializeCookie(cookie: SessionCookie): string {
  const { name, value, attributes } = checkedCookie(cookie);
  return [`${name}=${value}`, ...attributeTexts(attributes)].join("; ");
}

/**
 * Gives a cookie back once nothing is found against it.
 *
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: a part does not fit its grammar, or name and value together have
 *   more than 4,096 bytes. `CONFIG_COOKIE_INSECURE`: the name, SameSite or Partitioned asks for Secure (or HttpOnly)
 *   and the cookie does not have it.
 */
export function checkedCookie(cookie: SessionCookie): SessionCookie {
  const [problem] = cookieProblems(cookie);
  if (!problem) return cookie;
  throw new SessionConfigError(problem.code, problem.message, { hint: problem.hint });
}

/**
 * Puts a line among the `Set-Cookie` lines of a response, in place of earlier ones for the same name.
 *
 * The lines of other cookies stay as they are, in their order; the list given is not changed.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1 RFC 6265 section 4.1.1: one line per name}
 */
export function replaceSetCookie(lines: readonly string[], line: string): string[] {
  const name = nameOf(line);
  return [...lines.filter((other) => nameOf(other) !== name), line];
}

function nameOf(line: string): string {
  const sign = line.indexOf("=");
  const end = line.indexOf(";");
  return sign === -1 || (end !== -1 && end < sign) ? "" : withoutBlanks(line, 0, sign);
}

function attributeTexts(attributes: CookieAttributes): string[] {
  const { path, domain, maxAge, httpOnly, secure, sameSite, partitioned, priority } = attributes;
  const texts = [`Path=${path}`];
  if (domain !== undefined) texts.push(`Domain=${domain}`);
  if (maxAge !== undefined) texts.push(`Max-Age=${maxAge}`);
  if (httpOnly) texts.push("HttpOnly");
  if (secure) texts.push("Secure");
  texts.push(`SameSite=${sameSiteWord[sameSite]}`);
  if (partitioned) texts.push("Partitioned");
  if (priority !== undefined) texts.push(`Priority=${priorityWord[priority]}`);
  return texts;
}
