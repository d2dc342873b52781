import { equalInConstantTime } from "../bytes.ts";
import type { RecordChange } from "../store/port.ts";
import type { SessionRecord } from "../store/record.ts";

/**
 * What a presented digest is worth: `active` and `grace` are the session; `superseded` was it until a rotation or a
 * sign-in; `stranger` never was, or is forgotten.
 */
export type Judgement = "active" | "grace" | "superseded" | "stranger" | "idle-expired" | "absolute-expired";

/** The timing that the decisions are made by, all in milliseconds. */
export interface Timing {
  readonly idle: number;
  readonly absolute: number;
  /** How long the previous token stays valid after a rotation. */
  readonly grace: number;
}

/** For how long after its grace a previous token is recognised as superseded rather than unknown. */
const supersededFor = 60_000;

const minute = 60_000;
const hour = 3_600_000;

/** Judges a digest against a record at an instant. Both deadlines hold at equality. */
export function judge(record: SessionRecord, digest: string, now: number): Judgement {
  const standing = standingOf(record, digest, now);
  if (standing === "stranger") return standing;
  if (now >= record.expiresAt) return "absolute-expired";
  if (now >= record.idleExpiresAt) return "idle-expired";
  return standing;
}

function standingOf(
  record: SessionRecord,
  digest: string,
  now: number,
): "active" | "grace" | "superseded" | "stranger" {
  if (equalInConstantTime(record.digest, digest)) return "active";
  if (record.previousDigest === null || record.previousGraceEndsAt === null) return "stranger";
  if (!equalInConstantTime(record.previousDigest, digest)) return "stranger";
  if (now < record.previousGraceEndsAt) return "grace";
  return now < record.previousGraceEndsAt + supersededFor ? "superseded" : "stranger";
}

/** What a new record is made from. */
export interface NewSession {
  readonly id: string;
  readonly digest: string;
  readonly userId: string | null;
  readonly data: Readonly<Record<string, string>>;
  readonly persistent: boolean;
  readonly device: string | null;
}

/** The record of a session that begins now. */
export function newRecord(session: NewSession, timing: Timing, now: number): SessionRecord {
  return {
    ...session,
    previousDigest: null,
    previousGraceEndsAt: null,
    actor: null,
    createdAt: now,
    authenticatedAt: session.userId === null ? null : now,
    ...deadlines(timing, now),
    generation: 0,
    version: 1,
  };
}

/** What sign-in does to an existing record: a new user, a new token, new deadlines, and no grace for the old token. */
export function signInChange(
  record: SessionRecord,
  signIn: {
    readonly userId: string;
    readonly digest: string;
    readonly persistent: boolean;
    readonly device?: string | null | undefined;
  },
  timing: Timing,
  now: number,
): RecordChange {
  const { userId, digest, persistent, device } = signIn;
  return {
    generation: record.generation,
    raiseGeneration: true,
    token: { from: record.digest, to: digest, graceEndsAt: now },
    fields: {
      userId,
      persistent,
      actor: null,
      authenticatedAt: now,
      ...deadlines(timing, now),
      ...(device !== undefined && { device }),
    },
  };
}

/** What rotation does: a new token; everything else, the deadlines above all, stays. */
export function rotateChange(record: SessionRecord, digest: string, grace: number, now: number): RecordChange {
  return { generation: record.generation, token: { from: record.digest, to: digest, graceEndsAt: now + grace } };
}

/**
 * How old the last touch must be before the next one is due: a tenth of the idle timeout, at least a minute, at most an
 * hour, and never so long that an active session could run out between two touches.
 */
export function touchInterval(idle: number): number {
  return Math.min(Math.max(idle / 10, minute), hour, idle / 2);
}

/** The touch that is due for a record, or `null` while the last one is recent enough. */
export function dueTouch(
  record: SessionRecord,
  timing: Timing,
  now: number,
): Required<Pick<RecordChange, "touch">> | null {
  const ifSeenBefore = now - touchInterval(timing.idle) + 1;
  if (record.lastSeenAt >= ifSeenBefore) return null;
  const idleExpiresAt = Math.min(now + timing.idle, record.expiresAt);
  return { touch: { lastSeenAt: now, idleExpiresAt, ifSeenBefore } };
}

function deadlines(timing: Timing, now: number) {
  const expiresAt = now + timing.absolute;
  return { lastSeenAt: now, idleExpiresAt: Math.min(now + timing.idle, expiresAt), expiresAt };
}
