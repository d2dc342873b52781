import type { CorruptRecord, SessionRecord } from "../../store/record.ts";
import type { Field } from "./columns.ts";
import { decodeText, isDamaged, readData } from "./text.ts";

/** Reads a row that the database gave as one JSON text, `[[the plain columns], the data]`. Never throws, never answers a part of a record. */
export function readRow(id: string, value: unknown): SessionRecord | CorruptRecord {
  try {
    return readText(textOf(value)) ?? { id, corrupt: "A column does not hold what it should." };
  } catch {
    return { id, corrupt: "The row is not what this store writes." };
  }
}

/** Reads an id that the database gave as one JSON text, `[id]`; nothing where that is no id of ours. */
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
  const parts: unknown = JSON.parse(text);
  if (!Array.isArray(parts) || parts.length !== 2 || isDamaged(text)) return null;
  const [row, data] = parts as [unknown, unknown];
  return recordFrom(row, () => readData(data));
}

/** Makes a record of its columns but the data, in their order and as they are stored; `null` where one holds what it should not. */
export function recordFrom(row: unknown, readData: () => SessionRecord["data"]): SessionRecord | null {
  return isRow(row) ? recordOf(row, readData()) : null;
}

type Text = string | null;
type Time = number | null;

/** The plain columns, in their order. */
type Row = [
  id: string,
  digest: string,
  previousDigest: Text,
  previousGraceEndsAt: Time,
  userId: Text,
  device: Text,
  actor: Text,
  createdAt: number,
  authenticatedAt: Time,
  lastSeenAt: number,
  idleExpiresAt: number,
  expiresAt: number,
  persistent: number,
  generation: number,
  version: number,
];

const isText = (value: unknown): boolean => typeof value === "string";
const isTextOrNull = (value: unknown): boolean => value === null || typeof value === "string";
const isWhole = (value: unknown): boolean => Number.isSafeInteger(value);
const isWholeOrNull = (value: unknown): boolean => value === null || Number.isSafeInteger(value);

const holds: Record<Exclude<Field, "data">, (value: unknown) => boolean> = {
  id: isText,
  digest: isText,
  previousDigest: isTextOrNull,
  previousGraceEndsAt: isWholeOrNull,
  userId: isTextOrNull,
  device: isTextOrNull,
  actor: isTextOrNull,
  createdAt: isWhole,
  authenticatedAt: isWholeOrNull,
  lastSeenAt: isWhole,
  idleExpiresAt: isWhole,
  expiresAt: isWhole,
  persistent: isWhole,
  generation: isWhole,
  version: isWhole,
};
const checks = Object.values(holds);

function isRow(row: unknown): row is Row {
  return Array.isArray(row) && row.length === checks.length && checks.every((check, at) => check(row[at]));
}

function recordOf(row: Row, data: SessionRecord["data"]): SessionRecord {
  const [
    id,
    digest,
    previousDigest,
    previousGraceEndsAt,
    userId,
    device,
    actor,
    createdAt,
    authenticatedAt,
    lastSeenAt,
    idleExpiresAt,
    expiresAt,
    persistent,
    generation,
    version,
  ] = row;
  return {
    id: decodeText(id),
    digest: decodeText(digest),
    previousDigest: decodeTextOrNull(previousDigest),
    previousGraceEndsAt,
    userId: decodeTextOrNull(userId),
    data,
    device: decodeTextOrNull(device),
    actor: decodeTextOrNull(actor),
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

function decodeTextOrNull(text: Text): Text {
  return text === null ? null : decodeText(text);
}
