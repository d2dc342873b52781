/**
 * One session as a store keeps it. Instants are epoch milliseconds.
 *
 * A record is a value: nobody changes one in place, and a store may hand out the same frozen object twice.
 */
export interface SessionRecord {
  /** The public id. It finds the record and authenticates nobody. */
  readonly id: string;
  /** The SHA-256 of the current token's secret, in base64url. The secret itself is never stored. */
  readonly digest: string;
  /** The digest before the last rotation, or `null`. */
  readonly previousDigest: string | null;
  /** Until when the previous digest is still accepted. It equals the instant of the rotation when there is no grace. */
  readonly previousGraceEndsAt: number | null;
  readonly userId: string | null;
  /** The application's data, each key with an opaque text: compared for equality, never parsed or merged by a store. */
  readonly data: Readonly<Record<string, string>>;
  /** What is known of the visitor's device, an opaque text. */
  readonly device: string | null;
  /** Who really acts while impersonating, an opaque text. */
  readonly actor: string | null;
  readonly createdAt: number;
  readonly authenticatedAt: number | null;
  readonly lastSeenAt: number;
  /** The end of the idle timeout. Never later than `expiresAt`. */
  readonly idleExpiresAt: number;
  /** The end of the absolute timeout. */
  readonly expiresAt: number;
  /** Whether the cookie outlives the browser. */
  readonly persistent: boolean;
  /** Raised by sign-in, re-authentication and impersonation: a request of an earlier generation is refused. */
  readonly generation: number;
  /** Raised by every change of data, identity or token, never by a touch. For observers; it is not a condition. */
  readonly version: number;
}

/**
 * The data key that marks a record of the engine's own, which is no session and which no token opens: a ticket, a key, what a user is
 * allowed. It belongs to no user; a store that lets anonymous sessions make way has to leave it where it is.
 */
export const keptKey = "~kept";

/** A stored row that cannot be read as a record. It fails its own id only. */
export interface CorruptRecord {
  readonly id: string;
  /** What is wrong, in words that quote nothing of the row. */
  readonly corrupt: string;
}

/** Tells a row that could not be read from a record. */
export function isCorrupt(found: SessionRecord | CorruptRecord): found is CorruptRecord {
  return "corrupt" in found;
}

/** Tells whether a deadline has passed. At equality it has. */
export function isExpired(record: Pick<SessionRecord, "idleExpiresAt" | "expiresAt">, now: number): boolean {
  return now >= record.idleExpiresAt || now >= record.expiresAt;
}
