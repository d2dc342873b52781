import { longestMaxAge } from "./grammar.ts";
import type { CookiePolicy } from "./policy.ts";
import type { SessionCookie } from "./rules.ts";
import { checkedCookie } from "./write.ts";

/**
 * Makes the cookie that hands a token to the browser.
 *
 * Max-Age is cut to whole seconds and to the 400 days that browsers grant, so the cookie never outlives its session.
 *
 * @param maxAgeSeconds How long the browser keeps it; `null` for a cookie that goes when the browser is closed.
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: what was given as a token can be none.
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.5 RFC 6265bis section 5.5: the longest lifetime}
 */
export function sessionCookie(policy: CookiePolicy, token: string, maxAgeSeconds: number | null): SessionCookie {
  if (maxAgeSeconds === null) return checkedCookie({ name: policy.name, value: token, attributes: policy.attributes });
  const maxAge = Math.min(Math.floor(maxAgeSeconds), longestMaxAge);
  return checkedCookie({ name: policy.name, value: token, attributes: { ...policy.attributes, maxAge } });
}

/**
 * Makes the cookie that takes the session cookie away: empty, with Max-Age 0.
 *
 * It repeats every other attribute: a browser looks for the cookie to remove by name, Domain and Path (and its
 * partition), and refuses the removal altogether where a prefix asks for Secure.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6265#section-5.3 RFC 6265 section 5.3, step 11: same name, domain and path}
 */
export function blankCookie(policy: CookiePolicy): SessionCookie {
  return { name: policy.name, value: "", attributes: { ...policy.attributes, maxAge: 0 } };
}
