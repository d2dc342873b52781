import { equalInConstantTime } from "../bytes.ts";
import { isScopes } from "../core/api-key-policy.ts";
import { decodeJson } from "../core/json.ts";
import { familyEpochKey, familyKey, familyKeysOf } from "../core/token-families.ts";
import type { SessionRecord } from "../store/record.ts";

/**
 * What is stored of the refresh tokens that one `issueTokens` began: of the newest the digest, of the one before it too, and of all the
 * older ones nothing. Instants are epoch milliseconds.
 */
export interface Family {
  readonly client: string;
  readonly audience: readonly string[];
  readonly scope: readonly string[];
  /** What the record said under `familyEpochKey` when the family began. */
  readonly epoch: string;
  readonly createdAt: number;
  /**
   * When the user had proven who they are as the family began, and on what proof, as the record said it. What is proven later is no
   * part of what the client was given. `null` where that is not known: in families that were begun before it was kept.
   */
  readonly authenticatedAt: number | null;
  readonly proof: string | null;
  /** How long it lives unless it is used, in milliseconds. */
  readonly idle: number;
  readonly idleEndsAt: number;
  readonly endsAt: number;
  /** How often it was rotated, and one more. */
  readonly generation: number;
  /** The digest of the newest token's secret. */
  readonly digest: string;
  /** When the newest took the place of the one before, and the digest of that. */
  readonly rotatedAt: number;
  readonly previous: string | null;
  /** The thumbprint of the key that the client has to prove (RFC 9449), or `null`. */
  readonly thumbprint: string | null;
}

/** Writes a family as the text to store. */
export function encodeFamily(family: Family): string {
  return JSON.stringify(family);
}

/** Reads the family that a record keeps under a name; `null` where there is none that counts, or it is damaged. */
export function findFamily({ data }: SessionRecord, name: string): { family: Family; text: string } | null {
  const key = familyKey(name);
  const text = Object.hasOwn(data, key) ? (data[key] as string) : null;
  const family = decodeFamily(text);
  return text !== null && family && family.epoch === epochTextOf(data) ? { family, text } : null;
}

/** What families of a record have to quote; `null` where there was none so far. */
export function epochTextOf(data: SessionRecord["data"]): string | null {
  return Object.hasOwn(data, familyEpochKey) ? (data[familyEpochKey] as string) : null;
}

/** Whether a family has run out. At its ends it has. */
export function isOver({ idleEndsAt, endsAt }: Family, now: number): boolean {
  return now >= idleEndsAt || now >= endsAt;
}

/** What a token that is ours is worth: it is the newest, the one before it within the window, older, or newer than what is known. */
export function judgeToken(
  family: Family,
  { generation, digest }: { readonly generation: number; readonly digest: string },
  window: number,
  now: number,
): "current" | "repeated" | "reused" | "ahead" {
  if (generation > family.generation) return "ahead";
  if (generation === family.generation) return equalInConstantTime(digest, family.digest) ? "current" : "ahead";
  const isPrevious = family.previous !== null && equalInConstantTime(digest, family.previous);
  const isSoon = window > 0 && now < family.rotatedAt + window; // a clock may be behind that of the rotation
  return generation === family.generation - 1 && isPrevious && isSoon ? "repeated" : "reused";
}

/** The keys of the families of a record that are over, and of the ones unused longest where there would be more than `most`. */
export function spareFamilies(record: SessionRecord, now: number, most: number): string[] {
  const keys = familyKeysOf(record);
  const epoch = epochTextOf(record.data);
  const living = keys.flatMap((key) => {
    const family = decodeFamily(record.data[key] as string);
    return family && family.epoch === epoch && !isOver(family, now) ? [{ key, rotatedAt: family.rotatedAt }] : [];
  });
  const kept = living.sort((one, other) => other.rotatedAt - one.rotatedAt).slice(0, most);
  return keys.filter((key) => !kept.some((one) => one.key === key));
}

function decodeFamily(text: string | null): Family | null {
  const family = decodeJson(text) as Partial<Family> | null;
  if (typeof family !== "object" || family === null || Array.isArray(family)) return null;
  const texts = [family.client, family.epoch, family.digest];
  const numbers = [
    family.createdAt,
    family.idle,
    family.idleEndsAt,
    family.endsAt,
    family.generation,
    family.rotatedAt,
  ];
  const isWhole =
    texts.every((one) => typeof one === "string") &&
    numbers.every((one) => Number.isSafeInteger(one)) &&
    [family.previous, family.thumbprint].every((one) => one === null || typeof one === "string") &&
    Array.isArray(family.audience) &&
    family.audience.every((one) => typeof one === "string") &&
    isScopes(family.scope);
  if (!isWhole) return null;
  const { authenticatedAt, proof } = family;
  return {
    ...(family as Family),
    authenticatedAt: Number.isSafeInteger(authenticatedAt) ? (authenticatedAt as number) : null,
    proof: typeof proof === "string" ? proof : null,
  };
}
