import { withoutBlanks } from "../../cookie/parse.ts";

/** A cookie as a request brought it. */
export interface BroughtCookie {
  readonly name: string;
  readonly value: string;
}

/** The names that Auth.js 5 and NextAuth 4 give their session cookie, and the pieces of one that is too long for one cookie. */
const defaultName = /^(?:__Secure-|__Host-)?(?:authjs|next-auth)\.session-token(?:\.\d{1,3})?$/;

/** Every cookie of a `Cookie` header. Never throws; of two with one name both are there. */
export function cookiesOf(header: string | null): BroughtCookie[] {
  return (header ?? "").split(";").flatMap((pair) => {
    const sign = pair.indexOf("=");
    if (sign === -1) return [];
    return [{ name: withoutBlanks(pair, 0, sign), value: withoutBlanks(pair, sign + 1, pair.length) }];
  });
}

/** The session cookies of Auth.js in a request, its pieces included; `name` is what the application calls it, if it does. */
export function sessionCookiesOf(header: string | null, name?: string): BroughtCookie[] {
  const isOurs = (given: string) =>
    name === undefined ? defaultName.test(given) : given === name || isPieceOf(given, name);
  return cookiesOf(header).filter((cookie) => isOurs(cookie.name));
}

function isPieceOf(given: string, name: string): boolean {
  return given.startsWith(`${name}.`) && /^\d{1,3}$/.test(given.slice(name.length + 1));
}
