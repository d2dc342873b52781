import { type CorruptRecord, isCorrupt, type SessionRecord } from "../../store/record.ts";
import { decodeText, isDamaged, readTexts, separator } from "../sql/text.ts";

/**
 * Reads a row that `rowExpression` wrote. Never answers a part of a record.
 *
 * @throws TypeError: the client gave no text. That is no missing session but a client that answers in a way of its own.
 */
export function readRow(text: unknown): SessionRecord | CorruptRecord {
  if (typeof text !== "string") throw new TypeError("The client did not give the column as a text.");
  const parts = text.split(separator);
  try {
    if (parts.length === 16 && !isDamaged(text)) return recordOf(parts);
  } catch {
    // It is told below, without quoting anything of the row.
  }
  return { id: idOf(parts), corrupt: "The row is not what this store writes." };
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

// By their places, not by destructuring, which takes twice as long: this is what a read of many sessions does most. The
// database knows no other texts, numbers and truth values than those of the columns' types.
function recordOf(parts: readonly string[]): SessionRecord {
  return {
    id: textAt(parts, 0),
    digest: textAt(parts, 1),
    previousDigest: textOrNull(parts, 2),
    previousGraceEndsAt: wholeOrNull(parts, 3),
    userId: textOrNull(parts, 4),
    data: readTexts(JSON.parse(parts[15] as string)),
    device: textOrNull(parts, 5),
    actor: textOrNull(parts, 6),
    createdAt: wholeAt(parts, 7),
    authenticatedAt: wholeOrNull(parts, 8),
    lastSeenAt: wholeAt(parts, 9),
    idleExpiresAt: wholeAt(parts, 10),
    expiresAt: wholeAt(parts, 11),
    persistent: parts[12] === "t",
    generation: wholeAt(parts, 13),
    version: wholeAt(parts, 14),
  };
}

function textAt(parts: readonly string[], at: number): string {
  return decodeText(parts[at] as string);
}

function textOrNull(parts: readonly string[], at: number): string | null {
  return parts[at] === "" ? null : textAt(parts, at);
}

function wholeAt(parts: readonly string[], at: number): number {
  const whole = wholeOf(parts[at] as string);
  if (Number.isSafeInteger(whole)) return whole;
  throw new RangeError("not a whole number");
}

function wholeOrNull(parts: readonly string[], at: number): number | null {
  return parts[at] === "" ? null : wholeAt(parts, at);
}

// What nearly all are, digits few enough to be exact, is read three times as fast as by `Number`.
function wholeOf(text: string): number {
  if (text.length === 0 || text.length > 15) return text === "" ? Number.NaN : Number(text);
  let whole = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return Number(text);
    whole = whole * 10 + digit;
  }
  return whole;
}
