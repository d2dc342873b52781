import type { SessionRecord } from "../../store/record.ts";

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
