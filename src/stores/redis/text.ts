// Redis holds any bytes, but clients write texts as UTF-8, in which a lone surrogate becomes U+FFFD. Such texts, and those that
// look escaped already, are kept as a backslash and a JSON string. U+FFFD is escaped too: clients put it in the place of bytes
// that are no UTF-8, so one that is read as it is tells of a damaged text.
const unsafe = /^\\|[\ud800-\udfff\ufffd]/u;
const unsafeInLine = /^\\|^$|[\n\ud800-\udfff\ufffd]/u;
const replacement = "\ufffd";
const backslash = 92;

/** Writes a text so that Redis gives it back exactly. Nearly every text stays as it is; no two become one. */
export function encodeText(text: string): string {
  return unsafe.test(text) ? escaped(text) : text;
}

/** The same for a text in a line of its own: it has no line break, and is never empty. */
export function encodeLine(text: string): string {
  return unsafeInLine.test(text) ? escaped(text) : text;
}

/** Reads a text that {@link encodeText} or {@link encodeLine} wrote. @throws SyntaxError: it is not what they write. */
export function decodeText(text: string): string {
  if (text.charCodeAt(0) === backslash) return String(JSON.parse(text.slice(1)));
  if (text.includes(replacement)) throw new SyntaxError("a damaged text");
  return text;
}

function escaped(text: string): string {
  return `\\${JSON.stringify(text).replaceAll(replacement, "\\ufffd")}`;
}
