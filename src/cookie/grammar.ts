/** The most bytes that name and value may have together (RFC 6265bis section 5.6). */
export const largestCookie = 4096;

/** The longest life a browser grants a cookie, in seconds: 400 days (RFC 6265bis section 5.5). */
export const longestMaxAge = 34_560_000;

// cookie-name = token (RFC 9110 section 5.6.2). The limit leaves room for any token within the 4,096 bytes.
export const nameGrammar = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}$/;

// cookie-octet = %x21 / %x23-2B / %x2D-3A / %x3C-5B / %x5D-7E: no controls, blanks, quotes, commas, semicolons or
// backslashes. The quoted form is left out on purpose: servers disagree on whether the quotes belong to the value.
export const valueGrammar = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;

// path-value without blanks and commas. Browsers ignore an attribute of more than 1,024 bytes, and one that does not
// begin with "/": either would silently widen the scope of the cookie.
export const pathGrammar = /^\/[\x21-\x2b\x2d-\x3a\x3c-\x7e]{0,1023}$/;

// domain-value = labels of letters, digits and inner hyphens (RFC 1034 section 3.5, RFC 1123 section 2.1).
export const domainGrammar =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;

// Browsers compare the prefixes without regard to case (RFC 6265bis section 5.7), so the rules do as well.
export const hostPrefix = /^__Host-/i;
export const securePrefix = /^__(?:Host|Secure|Http)-/i;
export const httpPrefix = /^__(?:Host-)?Http-/i;

/** Tells whether a value is a text that fits; an object that merely claims to be such a text does not. */
export function fits(grammar: RegExp, text: unknown): boolean {
  return typeof text === "string" && grammar.test(text);
}

/** Tells whether a value is a whole number of seconds that browsers grant. */
export function isMaxAge(seconds: unknown): boolean {
  return Number.isInteger(seconds) && Number(seconds) >= 0 && Number(seconds) <= longestMaxAge;
}

/** Tells whether a value is a text. */
export function isText(value: unknown): boolean {
  return typeof value === "string";
}

/** Tells whether a value is `true` or `false`. */
export function isFlag(value: unknown): boolean {
  return typeof value === "boolean";
}
