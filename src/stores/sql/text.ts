// SQL databases cannot hold every JavaScript text: NUL ends it or is refused, a lone surrogate is no UTF-8. Such texts, and
// those that look escaped already, are kept as JSON strings, whose escapes are plain ASCII. U+FFFD is escaped too: drivers
// put it in the place of bytes that are no UTF-8, so one that is read as it is tells of a damaged text.
const unsafe = /^"|[\0\ud800-\udfff\ufffd]/u;
const replacement = "\ufffd";

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
 * Reads the data of a record. The object has no prototype: `"__proto__"` is a key like any other.
 *
 * @throws SyntaxError: the text is not a JSON object whose values are texts.
 */
export function decodeData(text: string): Record<string, string> {
  const data: Record<string, string> = Object.create(null);
  if (text === "{}") return data;
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw new SyntaxError("not an object");
  for (const [key, value] of Object.entries(parsed)) {
    if (typeof value !== "string") throw new SyntaxError("not a text");
    data[key] = value;
  }
  return data;
}

/** Tells a text in which a driver has replaced damaged bytes. */
export function isDamaged(text: string): boolean {
  return text.includes(replacement);
}

function encodeJson(value: unknown): string {
  const json = JSON.stringify(value);
  return json.includes(replacement) ? json.replaceAll(replacement, "\\ufffd") : json;
}
