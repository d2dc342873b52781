import type { CorruptRecord, SessionRecord } from "../store/record.ts";
import { decodeData, decodeText, encodeData, encodeText, isDamaged } from "./sql/text.ts";
import type { SqliteValue } from "./sqlite-database.ts";

/** The fields of a record, each with the column that holds it. */
export const columns = {
  id: "id",
  digest: "digest",
  previousDigest: "previous_digest",
  previousGraceEndsAt: "previous_grace_ends_at",
  userId: "user_id",
  data: "data",
  device: "device",
  actor: "actor",
  createdAt: "created_at",
  authenticatedAt: "authenticated_at",
  lastSeenAt: "last_seen_at",
  idleExpiresAt: "idle_expires_at",
  expiresAt: "expires_at",
  persistent: "persistent",
  generation: "generation",
  version: "version",
} as const satisfies Record<keyof SessionRecord, string>;

/** A field of a record. */
export type Field = keyof SessionRecord;

/** Every field, in the order of the columns. */
export const fields = Object.keys(columns) as readonly Field[];

const { data, ...plain } = columns;

/**
 * The whole row as one value: a JSON array of the plain columns, a line feed, and the data as it is stored. JSON holds no
 * raw line feed, and the engine parses one text faster than any driver converts sixteen values.
 */
export const rowExpression = `json_array(${Object.values(plain).join(", ")}) || char(10) || ${data}`;

/** The id alone, in the same form. Whatever the column holds, it is a text. */
export const idExpression = `json_array(CAST(${columns.id} AS TEXT))`;

/** What a column holds for a field of a record. */
export function columnValue(record: SessionRecord, field: Field): SqliteValue {
  if (field === "data") return encodeData(record.data);
  const value = record[field];
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "string" ? encodeText(value) : value;
}

/** Reads what {@link rowExpression} gave. Never throws, never answers a part of a record. */
export function readRow(id: string, value: unknown): SessionRecord | CorruptRecord {
  try {
    return readText(textOf(value)) ?? { id, corrupt: "A column does not hold what it should." };
  } catch {
    return { id, corrupt: "The row is not what this store writes." };
  }
}

/** Reads what {@link idExpression} gave; nothing where that is no id of ours. */
export function readId(value: unknown): string[] {
  try {
    const [id] = JSON.parse(textOf(value)) as [string];
    return [decodeText(id)];
  } catch {
    return [];
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function textOf(value: unknown): string {
  return typeof value === "string" ? value : utf8.decode(value as Uint8Array);
}

function readText(text: string): SessionRecord | null {
  const end = text.indexOf("\n");
  const row: unknown = JSON.parse(text.slice(0, end));
  return isRow(row) && !isDamaged(text) ? recordOf(row, decodeData(text.slice(end + 1))) : null;
}

type Text = string | null;
type Time = number | null;

/** The plain columns, in their order. */
type Row = [
  ...[id: string, digest: string, previousDigest: Text, previousGraceEndsAt: Time, userId: Text, device: Text, actor: Text],
  ...[createdAt: number, authenticatedAt: Time, lastSeenAt: number, idleExpiresAt: number, expiresAt: number],
  ...[persistent: number, generation: number, version: number],
];

const isText = (value: unknown): boolean => typeof value === "string";
const isTextOrNull = (value: unknown): boolean => value === null || typeof value === "string";
const isTime = (value: unknown): boolean => Number.isSafeInteger(value);
const isTimeOrNull = (value: unknown): boolean => value === null || Number.isSafeInteger(value);

const kinds = [
  ...[isText, isText, isTextOrNull, isTimeOrNull, isTextOrNull, isTextOrNull, isTextOrNull],
  ...[isTime, isTimeOrNull, isTime, isTime, isTime],
  ...[isTime, isTime, isTime],
];

function isRow(row: unknown): row is Row {
  return Array.isArray(row) && row.length === kinds.length && kinds.every((isKind, at) => isKind(row[at]));
}

function recordOf(row: Row, data: SessionRecord["data"]): SessionRecord {
  const [id, digest, previousDigest, previousGraceEndsAt, userId, device, actor, ...rest] = row;
  const [createdAt, authenticatedAt, lastSeenAt, idleExpiresAt, expiresAt, persistent, generation, version] = rest;
  return {
    id: decodeText(id),
    digest: decodeText(digest),
    previousDigest: previousDigest === null ? null : decodeText(previousDigest),
    previousGraceEndsAt,
    userId: userId === null ? null : decodeText(userId),
    data,
    device: device === null ? null : decodeText(device),
    actor: actor === null ? null : decodeText(actor),
    createdAt,
    authenticatedAt,
    lastSeenAt,
    idleExpiresAt,
    expiresAt,
    persistent: persistent === 1,
    generation,
    version,
  };
}
