/** Names that a careless reader takes for the session's: none of them is. */
const otherNames = [
  "__host-session",
  "__HOST-SESSION",
  "__Host-session2",
  "x__Host-session",
  "%5F_Host-session",
  "\u00a0__Host-session",
  "__Host-session\u00a0",
  "\u0085__Host-session",
  "\u000b__Host-session",
  '"__Host-session"',
  "session",
  "__Host-session[]",
  "$__Host-session",
];

const fragments = [
  "; ",
  ";",
  "=",
  "==",
  ",",
  '"',
  "%",
  "%E0%A4%A",
  "%00",
  "__Host-session",
  "__Host-session=",
  "ccs_",
  ".",
];
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/**
 * One hostile `Cookie` header as raw bytes. None carries the valid token as the value of the session's cookie. Most come
 * without the control bytes that Node's own parser refuses, so that they reach the session.
 */
export function hostileCookie(chance, token) {
  const text = chance.pick(makers)(chance, token);
  const bytes = Buffer.from(text, "latin1").filter((byte) => byte !== lineFeed && byte !== carriageReturn);
  const cookie = Buffer.from(chance.oneIn(5) ? bytes : bytes.filter(isPlain));
  return cookie
    .toString("latin1")
    .split(";")
    .some((pair) => pair.trim() === `__Host-session=${token}`)
    ? noCookie
    : cookie;
}

const noCookie = Buffer.from("");
const [lineFeed, carriageReturn] = [10, 13];

/** Whether Node's parser lets a byte stand in a header. */
export const isPlain = (byte) => byte === 9 || (byte >= 32 && byte !== 127);

const makers = [
  (chance) => bytes(chance, chance.below(400), 256),
  (chance) => Array.from({ length: chance.below(60) }, () => chance.pick(fragments)).join(""),
  (chance) => `__Host-session=${bytes(chance, chance.below(120), 256)}`,
  (chance) => `__Host-session=${randomToken(chance)}`,
  (chance, token) => `__Host-session=${mutated(chance, token)}`,
  (chance, token) => `${chance.pick(otherNames)}=${token}`,
  (chance, token) => `a=1; ${chance.pick(otherNames)}=${token}; ${printable(chance, 40)}`,
  (chance, token) =>
    Array.from({ length: chance.below(9) }, () => `__Host-session=${mutated(chance, token)}`).join("; "),
  (chance) => `${"a=b; ".repeat(chance.below(2_000))}__Host-session`,
  (chance) => `${printable(chance, 200)}; __Host-session=${printable(chance, 70)}`,
];

/** A changed token. Never the same one, and never one that only blanks tell apart, which a cookie loses on its way. */
function mutated(chance, token) {
  const at = chance.below(token.length);
  const changed = chance.pick([
    () => token.slice(0, at),
    () => token.slice(at + 1),
    () => token.slice(0, at) + token.slice(at + 1),
    () => `${token}${chance.pick([...alphabet])}`,
    () => `"${token}"`,
    () => token.toUpperCase(),
    () => `${token.slice(0, at)}%${token.charCodeAt(at).toString(16)}${token.slice(at + 1)}`,
    () => token.slice(0, at) + chance.pick([...alphabet]) + token.slice(at + 1),
    () => token.slice(0, at) + String.fromCharCode(chance.below(256)) + token.slice(at + 1),
    () => token + token,
    () => token.replace("ccs_", chance.pick(["ccr_", "ccx_", "", "CCS_", "ccs-"])),
  ])();
  return changed.split(";").some((part) => part.trim() === token) ? "" : changed;
}

function randomToken(chance) {
  const letters = (count) => Array.from({ length: count }, () => alphabet[chance.below(64)]).join("");
  return `ccs_${letters(21)}A.${letters(42)}A`;
}

function bytes(chance, count, end) {
  return Array.from({ length: count }, () => String.fromCharCode(chance.below(end))).join("");
}

function printable(chance, count) {
  return Array.from({ length: count }, () => String.fromCharCode(32 + chance.below(95))).join("");
}

/** A request with a `Cookie` header of any bytes but those that end the line. */
export function requestWith(cookie) {
  const [before, after] = ["GET / HTTP/1.1\r\nHost: shop.example\r\nCookie: ", "\r\n\r\n"];
  return { bytes: Buffer.concat([Buffer.from(before), cookie, Buffer.from(after)]), isPlain: cookie.every(isPlain) };
}
