import { SessionStoreError } from "../../errors.ts";
import type { CorruptRecord, SessionRecord } from "../../store/record.ts";
import { columns, type Field } from "../sql/columns.ts";
import { recordFrom } from "../sql/row.ts";
import { encodeData, encodeText, isDamaged, readData } from "../sql/text.ts";

/** A value as it is sent. Texts as bytes, whatever character set the connection has; numbers as decimal digits. */
export type MysqlValue = Uint8Array | string | null;

/** How many bytes the columns of texts hold. Without strict mode a server cuts what is longer, so that we must not send it. */
export const sizes = {
  id: 255,
  digest: 255,
  previousDigest: 255,
  // 255 characters, each as the six of an escape, and two quotation marks.
  userId: 1_536,
  data: 16_777_215,
  device: 16_777_215,
  actor: 16_777_215,
} as const satisfies Partial<Record<Field, number>>;

const texts = ["digest", "previousDigest", "userId", "device", "actor"] as const satisfies Field[];
const numbers = [
  "previousGraceEndsAt",
  "createdAt",
  "authenticatedAt",
  "lastSeenAt",
  "idleExpiresAt",
  "expiresAt",
  "persistent",
  "generation",
  "version",
] as const satisfies Field[];

const values = texts.map((field) =>
  field === "digest" ? columns.digest : `IFNULL(CONCAT(x'3d', ${columns[field]}), x'')`,
);
const list = numbers.map((field) => (isOptional(field) ? `IFNULL(${columns[field]}, 'null')` : columns[field]));

/**
 * The id, and the other columns as one string of bytes: the texts, each with a NUL behind it, and a JSON list of the numbers
 * and the data. A driver and the engine read that faster than sixteen values, and no character set is applied to it. No text
 * that is stored has a NUL. A text that may be null has "=" before it.
 */
export const rowExpressions = `id, CONCAT_WS(x'00', ${values.join(", ")}, CONCAT(x'5b', CONCAT_WS(',', ${list.join(", ")}, data), x'5d'))`;

function isOptional(field: Field): boolean {
  return field === "previousGraceEndsAt" || field === "authenticatedAt";
}

/** What a column holds for a field of a record. @throws {@link SessionStoreError}: it is longer than the column. */
export function columnValue(record: SessionRecord, field: Field): MysqlValue {
  if (field === "data") return bytesOf(encodeData(record.data), field);
  const value = record[field];
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "number") return String(value);
  return value === null ? null : bytesOf(encodeText(value), field);
}

/** The bytes of a text to look for. */
export function keyOf(text: string): Uint8Array {
  return Buffer.from(encodeText(text));
}

function bytesOf(text: string, field: Field): Uint8Array {
  const bytes = Buffer.from(text);
  if (bytes.length <= sizes[field as keyof typeof sizes]) return bytes;
  throw new SessionStoreError("STORE_UNAVAILABLE", `A value is too long for the column "${columns[field]}".`);
}

/** The id of a row as it is stored, for a look-up among rows. */
export function storedId([id]: readonly unknown[]): string {
  return (id as Buffer).toString();
}

/** Reads a row of {@link rowExpressions}. Never throws, never answers a part of a record. */
export function readRow(id: string, row: readonly unknown[]): SessionRecord | CorruptRecord {
  try {
    return readBytes(row) ?? { id, corrupt: "A column does not hold what it should." };
  } catch {
    return { id, corrupt: "The row is not what this store writes." };
  }
}

function readBytes(row: readonly unknown[]): SessionRecord | null {
  const text = (row[1] as Buffer).toString();
  const parts = text.split("\0");
  if (parts.length !== texts.length + 1 || isDamaged(text)) return null;
  const list: unknown[] = JSON.parse(parts[5] as string);
  if (list.length !== numbers.length + 1) return null;
  // By their places: taking both lists apart by name takes as long as parsing them.
  return recordFrom(
    [
      storedId(row),
      parts[0],
      readOptional(parts[1] as string),
      list[0],
      readOptional(parts[2] as string),
      readOptional(parts[3] as string),
      readOptional(parts[4] as string),
      ...list.slice(1, numbers.length),
    ],
    () => readData(list[numbers.length]),
  );
}

function readOptional(part: string): string | null {
  if (part === "") return null;
  if (part.charCodeAt(0) !== 0x3d) throw new TypeError("not an optional value");
  return part.slice(1);
}
