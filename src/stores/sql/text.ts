// SQL databases cannot hold every JavaScript text: NUL ends it or is refused, a lone surrogate is no UTF-8. Such texts, and
// those that look escaped already, are kept as JSON strings, whose escapes are plain ASCII. U+FFFD is escaped too: drivers
// put it in the place of bytes that are no UTF-8, so one that is read as it is tells of a damaged text. So are the empty
// text and U+001F, with which a row can be written as one text: see `separator`.
const replacement = "\ufffd";

/** What no text has that {@link encodeText} wrote, and none of them is empty: columns joined by it can be told apart again. */
export const separator = "\u001f";

const unsafe = new RegExp(`^$|^"|[\\0${separator}\\ud800-\\udfff${replacement}]`, "u");

/** Writes a text so that any SQL database gives it back exactly. Nearly every text stays as it is; no two become one. */
export function encodeText(text: string): string {
  return unsafe.test(text) ? encodeJson(text) : text;
}

/** Reads a text that {@link encodeText} wrote. @throws SyntaxError: nothing that it writes looks like this. */
export function decodeText(text: string): string {
  return text.startsWith('"') ? String(JSON.parse(text)) : text;
}

/** Writes the data of a record as one JSON object of texts, in the order of its keys. */
export function encodeData(data: Readonly<Record<string, string>>): string {
  return encodeJson(data);
}

/**
 * Reads the data of a record from its JSON value. The object has no prototype: `"__proto__"` is a key like any other.
 *
 * @throws TypeError: the value is not an object of texts.
 */
export function readData(value: unknown): Record<string, string> {
  return readEach(value, (text) => text);
}

function readEach(value: unknown, decode: (text: string) => string): Record<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TypeError("not an object");
  const texts = value as Record<string, unknown>;
  const data: Record<string, string> = Object.create(null);
  for (const key of Object.keys(texts)) {
    const text = texts[key];
    if (typeof text !== "string") throw new TypeError("not a text");
    data[decode(key)] = decode(text);
  }
  return data;
}

/** Writes data as one JSON object, keys and texts as {@link encodeText} writes them: for databases that look into the JSON. */
export function encodeTexts(data: Readonly<Record<string, string>>): string {
  const texts: Record<string, string> = Object.create(null);
  for (const key of Object.keys(data)) texts[encodeText(key)] = encodeText(data[key] as string);
  return JSON.stringify(texts);
}

/** Reads the data that {@link encodeTexts} wrote. @throws TypeError or SyntaxError: nothing that it writes looks like this. */
export function readTexts(value: unknown): Record<string, string> {
  return readEach(value, decodeText);
}

/** Tells a text in which a driver has replaced damaged bytes. */
export function isDamaged(text: string): boolean {
  return text.includes(replacement);
}

function encodeJson(value: unknown): string {
  const json = JSON.stringify(value);
  return json.includes(replacement) ? json.replaceAll(replacement, "\\ufffd") : json;
}
