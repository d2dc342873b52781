import { type CorruptRecord, isCorrupt, type SessionRecord } from "../store/record.ts";
import { recordFrom } from "./sql/row.ts";
import { decodeText, isDamaged, readTexts, separator } from "./sql/text.ts";

/** Every column as a text, in the order of `rowExpression`. */
type Parts = readonly [
  id: string,
  digest: string,
  previousDigest: string,
  previousGraceEndsAt: string,
  userId: string,
  device: string,
  actor: string,
  createdAt: string,
  authenticatedAt: string,
  lastSeenAt: string,
  idleExpiresAt: string,
  expiresAt: string,
  persistent: string,
  generation: string,
  version: string,
  data: string,
];

/**
 * Reads a row that `rowExpression` wrote. Never answers a part of a record.
 *
 * @throws TypeError: the client gave no text. That is no missing session but a client that answers in a way of its own.
 */
export function readRow(text: unknown): SessionRecord | CorruptRecord {
  if (typeof text !== "string") throw new TypeError("The client did not give the column as a text.");
  const parts = text.split(separator);
  try {
    const record = isDamaged(text) || !isWhole(parts) ? null : recordOf(parts);
    return record ?? { id: idOf(parts), corrupt: "A column does not hold what it should." };
  } catch {
    return { id: idOf(parts), corrupt: "The row is not what this store writes." };
  }
}

/** The row where it can be read, and `null` where not. */
export function readSound(text: unknown): SessionRecord | null {
  const found = readRow(text);
  return isCorrupt(found) ? null : found;
}

// Rows are found by an id that was asked for, so that it can be read whatever else of the row cannot.
function idOf([id = ""]: readonly string[]): string {
  try {
    return decodeText(id);
  } catch {
    return "";
  }
}

function isWhole(parts: readonly string[]): parts is Parts {
  return parts.length === 16;
}

function recordOf(parts: Parts): SessionRecord | null {
  const [id, digest, previousDigest, graceEnd, userId, device, actor, created, authenticated, ...rest] = parts;
  const [lastSeen, idleExpires, expires, persistent, generation, version, data] = rest;
  const row = [
    id,
    digest,
    previousDigest || null,
    graceEnd === "" ? null : Number(graceEnd),
    userId || null,
    device || null,
    actor || null,
    Number(created),
    authenticated === "" ? null : Number(authenticated),
    Number(lastSeen),
    Number(idleExpires),
    Number(expires),
    persistent === "t" ? 1 : 0,
    Number(generation),
    Number(version),
  ];
  return recordFrom(row, () => readTexts(JSON.parse(data)));
}
