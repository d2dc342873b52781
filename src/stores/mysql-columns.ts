import { SessionStoreError } from "../errors.ts";
import type { CorruptRecord, SessionRecord } from "../store/record.ts";
import { columns, type Field, fields } from "./sql/columns.ts";
import { recordFrom } from "./sql/row.ts";
import { encodeData, encodeText, isDamaged, readData } from "./sql/text.ts";

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

const optional: ReadonlySet<Field> = new Set<Field>([
  "previousDigest",
  "previousGraceEndsAt",
  "userId",
  "device",
  "actor",
  "authenticatedAt",
]);
const texts: ReadonlySet<Field> = new Set(Object.keys(sizes) as Field[]);
const [, ...rest] = fields.filter((field) => field !== "data");

/**
 * The id, and the other columns as one string of bytes with a NUL between them: a driver reads that faster than sixteen
 * values, and no character set is applied to it. No text that is stored has a NUL. What may be null has "=" before it.
 */
export const rowExpressions = `id, CONCAT_WS(x'00', ${[...rest, "data" as const].map(partOf).join(", ")})`;

function partOf(field: Field): string {
  const column = columns[field];
  return optional.has(field) ? `IFNULL(CONCAT(x'3d', ${column}), x'')` : column;
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
  return Buffer.from(id as Uint8Array).toString();
}

/** Reads a row of {@link rowExpressions}. Never throws, never answers a part of a record. */
export function readRow(id: string, row: readonly unknown[]): SessionRecord | CorruptRecord {
  try {
    return readBytes(row) ?? { id, corrupt: "A column does not hold what it should." };
  } catch {
    return { id, corrupt: "The row is not what this store writes." };
  }
}

function readBytes([id, bytes]: readonly unknown[]): SessionRecord | null {
  const text = (bytes as Buffer).toString();
  const parts = text.split("\0");
  if (parts.length !== rest.length + 1 || isDamaged(text)) return null;
  const row = rest.map((field, at) => readPart(field, parts[at] as string));
  return recordFrom([storedId([id]), ...row], () => readData(JSON.parse(parts[rest.length] as string)));
}

function readPart(field: Field, part: string): string | number | null {
  if (!optional.has(field)) return texts.has(field) ? part : readNumber(part);
  if (part === "") return null;
  if (part.charCodeAt(0) !== 0x3d) throw new TypeError("not an optional value");
  return texts.has(field) ? part.slice(1) : readNumber(part.slice(1));
}

function readNumber(digits: string): number {
  return digits === "" ? Number.NaN : Number(digits);
}
