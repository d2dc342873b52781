import { SessionDataError } from "../../errors.ts";
import { decodeText, encodeText } from "../../stores/sql/text.ts";

/** A value of a statement or of a row: a text, a whole number that JavaScript holds exactly, or nothing. */
export type SqlValue = string | number | null;

/** A row by the names of its columns. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

const mostBytes = 255;
const utf8 = new TextEncoder();

/**
 * Tells whether a text may stand in a column of the kind `"key"`: at most 255 bytes as it is stored, and not empty. A server
 * in a lenient mode cuts what is longer, and two keys would become one.
 */
export function isSqlKey(text: unknown): text is string {
  return typeof text === "string" && text !== "" && utf8.encode(encodeText(text)).length <= mostBytes;
}

/** Writes a value so that every database gives it back exactly. @throws {@link SessionDataError} `DATA_INVALID`. */
export function encodeValue(value: SqlValue): SqlValue {
  if (typeof value === "string") return encodeText(value);
  if (value === null || Number.isSafeInteger(value)) return value;
  throw new SessionDataError("DATA_INVALID", "A value of a statement is no text, no whole number and not null.");
}

/** Reads a value as a driver gives it. Texts that this port has not written stay as they are. */
export function decodeValue(value: unknown): SqlValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return readText(value);
  if (typeof value === "boolean") return value ? 1 : 0;
  return Number(value);
}

/** Reads a row of names and values as a driver gives it. */
export function decodeRow(row: object): SqlRow {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, decodeValue(value)]));
}

function readText(text: string): string {
  try {
    return decodeText(text);
  } catch {
    return text;
  }
}
