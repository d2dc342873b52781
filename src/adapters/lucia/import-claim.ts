import { toBase64url } from "../../bytes.ts";
import type { Runtime } from "../../runtime.ts";
import type { CorruptRecord, SessionRecord } from "../../store/record.ts";

/** What has come of a Lucia session: decided once, by the first who stores it, and never changed. */
export interface Claim {
  /** The public id of the session that took its place. */
  readonly sessionId: string;
  /** Marks the attempt that won, and goes into the secret of its session. */
  readonly nonce: string;
  /** When it was decided. */
  readonly madeAt: number;
}

const key = "lucia";

/**
 * The record that keeps a claim in the session store, for as long as the Lucia session would have lasted. It has no user, and
 * its digest is that of nothing: it opens no session.
 */
export function claimRecord(id: string, claim: Claim, expiresAt: number, runtime: Runtime): SessionRecord {
  const { sessionId, nonce, madeAt } = claim;
  return {
    id,
    digest: toBase64url(runtime.randomBytes(32)),
    previousDigest: null,
    previousGraceEndsAt: null,
    userId: null,
    data: { [key]: JSON.stringify([sessionId, nonce]) },
    device: null,
    actor: null,
    createdAt: madeAt,
    authenticatedAt: null,
    lastSeenAt: madeAt,
    idleExpiresAt: expiresAt,
    expiresAt,
    persistent: false,
    generation: 0,
    version: 1,
  };
}

/** Reads the claim of a record; a record that holds none is none. */
export function readClaim(found: SessionRecord | CorruptRecord | null | undefined): Claim | null {
  if (!found || "corrupt" in found) return null;
  const parts: unknown = JSON.parse(found.data[key] ?? "null");
  if (!Array.isArray(parts)) return null;
  return { sessionId: String(parts[0]), nonce: String(parts[1]), madeAt: found.createdAt };
}
