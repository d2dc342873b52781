import type { SessionRecord } from "../store/record.ts";
import { decodeJson } from "./json.ts";

/** A session in a list: what may be shown to its user, and the public id to revoke it by. */
export interface SessionInfo {
  readonly id: string;
  readonly userId: string | null;
  /** What is remembered of the device it was signed in on. */
  readonly device: unknown;
  readonly createdAt: number;
  readonly authenticatedAt: number | null;
  readonly lastSeenAt: number;
  readonly idleExpiresAt: number;
  readonly expiresAt: number;
  readonly persistent: boolean;
  /** Whether it is the session that asks. */
  readonly isCurrent: boolean;
}

/** Tells of a record what its user may see. */
export function describeSession(record: SessionRecord, isCurrent: boolean): SessionInfo {
  const { id, userId, createdAt, authenticatedAt, lastSeenAt, idleExpiresAt, expiresAt, persistent } = record;
  const device = decodeJson(record.device);
  const instants = { createdAt, authenticatedAt, lastSeenAt, idleExpiresAt, expiresAt };
  return { id, userId, device, ...instants, persistent, isCurrent };
}
