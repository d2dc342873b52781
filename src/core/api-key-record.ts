import { chain, type Maybe } from "../maybe.ts";
import type { SessionRecord } from "../store/record.ts";
import { digestOf } from "../token/digest.ts";
import { isScopes } from "./api-key-policy.ts";
import { decodeJson } from "./json.ts";
import { newRecord } from "./lifecycle.ts";

/** A key in a list: what may be shown to its user, and the public id to revoke it by. */
export interface ApiKeyInfo {
  readonly id: string;
  readonly userId: string;
  /** What its user calls it. */
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: number;
  /** When it was last used, to within an hour; `null` where it never was. */
  readonly lastUsedAt: number | null;
  readonly expiresAt: number;
}

/** What a key is made from. */
export interface NewKey {
  readonly id: string;
  readonly digest: string;
  readonly owner: string;
  readonly userId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** How long it lasts, in milliseconds. */
  readonly lasts: number;
}

/** The data key of what a record says of its API key. */
const field = "apiKey";

/** So far back is a key that was never used said to be last seen: the first use is noted at once, whatever the throttle. */
const unused = 3_600_000;

/**
 * Whom a store keeps the keys of a user under: no user's id, since those have no control characters. What lists, counts or
 * ends the sessions of a user meets no key, and what does so with keys meets no session.
 */
export function keyOwner(userId: string): Maybe<string> {
  return chain(digestOf(`coatcheck keys of ${userId}`), (digest) => `\u0001keys ${digest}`);
}

/** The record of a key that is made now. Its end is its absolute timeout, and it has no other. */
export function keyRecord({ id, digest, owner, userId, name, scopes, lasts }: NewKey, now: number): SessionRecord {
  const data = { [field]: JSON.stringify({ userId, name, scopes }) };
  const session = { id, digest, userId: owner, data, persistent: true, device: null };
  return { ...newRecord(session, { idle: lasts, absolute: lasts }, now), lastSeenAt: now - unused };
}

/** Tells of a record what the user of its key may see; `null` where it is no key's. */
export function describeKey(record: SessionRecord): ApiKeyInfo | null {
  const said = Object.hasOwn(record.data, field) ? decodeJson(record.data[field] ?? null) : null;
  const { userId, name, scopes } = (said ?? {}) as { readonly [Key in keyof ApiKeyInfo]?: unknown };
  if (!isKeyOwner(record.userId) || typeof userId !== "string" || typeof name !== "string" || !isScopes(scopes))
    return null;
  const { id, createdAt, lastSeenAt, expiresAt } = record;
  return { id, userId, name, scopes, createdAt, lastUsedAt: lastSeenAt < createdAt ? null : lastSeenAt, expiresAt };
}

function isKeyOwner(userId: string | null): boolean {
  return userId?.startsWith("\u0001keys ") ?? false;
}
