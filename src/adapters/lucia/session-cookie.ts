import { cookieValues } from "../../cookie/parse.ts";
import type { SessionCookie } from "../../cookie/rules.ts";
import { serializeCookie } from "../../cookie/write.ts";
import { parseToken } from "../../token/token.ts";

/** A cookie as the facade gives it: for `cookies().set(name, value, attributes)`, or as one `Set-Cookie` line. */
export interface LuciaCookie extends SessionCookie {
  serialize(): string;
}

/** Adds `serialize` to a cookie, and Secure where the application insists on it. */
export function luciaCookie(cookie: SessionCookie, secure: boolean): LuciaCookie {
  const { name, value } = cookie;
  const attributes = secure ? { ...cookie.attributes, secure } : cookie.attributes;
  return { name, value, attributes, serialize: () => serializeCookie({ name, value, attributes }) };
}

/**
 * The token in a `Cookie` header. Values that cannot be tokens are passed over, whatever they are; two different tokens mean
 * that somebody has planted one, and are none.
 */
export function tokenInCookies(header: string | null | undefined, name: string): string | null {
  const tokens = new Set(cookieValues(header, name).filter(isToken));
  return tokens.size === 1 ? ([...tokens][0] as string) : null;
}

/** The token in an `Authorization` header of the scheme Bearer, in upper or lower case (RFC 9110 section 11.1). */
export function tokenInAuthorization(header: string | null | undefined): string | null {
  const token = /^bearer +(\S+)$/i.exec(header ?? "")?.[1];
  return token !== undefined && isToken(token) ? token : null;
}

/** Tells whether a text is spelled like a token. */
export function isToken(text: string): boolean {
  return parseToken("session", text) !== null;
}
