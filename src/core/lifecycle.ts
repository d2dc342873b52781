import { equalInConstantTime } from "../bytes.ts";
import type { RecordChange } from "../store/port.ts";
import type { SessionRecord } from "../store/record.ts";
import { type Acting, decodeActing, encodeActing, type Identity, type Impersonation, plainActing } from "./acting.ts";
import type { Span } from "./timeouts.ts";
import { withoutFamilies } from "./token-families.ts";

/**
 * What a presented digest is worth: `active` and `grace` are the session; `superseded` was it until a rotation or a
 * sign-in; `stranger` never was, or is forgotten.
 */
export type Judgement = "active" | "grace" | "superseded" | "stranger" | "idle-expired" | "absolute-expired";

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
  /** Who acts, and on what proof (default: nothing was proven). */
  readonly acting?: Acting;
  /** When the user proved who they are (default: now). */
  readonly authenticatedAt?: number | undefined;
}

/** The record of a session that begins now. */
export function newRecord(
  { acting = plainActing, authenticatedAt, ...session }: NewSession,
  span: Span,
  now: number,
): SessionRecord {
  return {
    ...session,
    previousDigest: null,
    previousGraceEndsAt: null,
    actor: encodeActing(acting),
    createdAt: now,
    authenticatedAt: session.userId === null ? null : (authenticatedAt ?? now),
    ...deadlines(span, now),
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
    readonly acting: Acting;
    readonly authenticatedAt?: number | undefined;
  },
  span: Span,
  now: number,
): RecordChange {
  const { userId, digest, persistent, device, acting, authenticatedAt = now } = signIn;
  return {
    generation: record.generation,
    raiseGeneration: true,
    token: { from: record.digest, to: digest, graceEndsAt: now },
    fields: {
      userId,
      persistent,
      actor: encodeActing(acting),
      authenticatedAt,
      ...deadlines(span, now),
      ...(device !== undefined && { device }),
    },
  };
}

/** What rotation does: a new token; everything else, the deadlines above all, stays. */
export function rotateChange(record: SessionRecord, digest: string, grace: number, now: number): RecordChange {
  return { generation: record.generation, token: { from: record.digest, to: digest, graceEndsAt: now + grace } };
}

/**
 * What re-authentication and the first half of a sign-in do: another proof and a new token, no grace for the old one, and
 * every request of before is shut out. The deadlines stay.
 */
export function actingChange(record: SessionRecord, acting: Acting, digest: string, now: number): RecordChange {
  return { ...rotateChange(record, digest, 0, now), raiseGeneration: true, fields: { actor: encodeActing(acting) } };
}

/** What the start of an impersonation does: a new token, and, as at a sign-in as another user, the data is dropped. */
export function impersonateChange(
  record: SessionRecord,
  impersonation: Impersonation,
  digest: string,
  now: number,
): RecordChange {
  const acting = { ...decodeActing(record.actor), raised: null, pending: null, impersonation };
  return { ...actingChange(record, acting, digest, now), clear: true, set: withoutFamilies(record) };
}

/** What the end of an impersonation does: the session is its own user's again, without what was seen as somebody else. */
export function impersonationEnd(record: SessionRecord): RecordChange {
  const acting = { ...decodeActing(record.actor), impersonation: null };
  return {
    generation: record.generation,
    raiseGeneration: true,
    clear: true,
    set: withoutFamilies(record),
    fields: { actor: encodeActing(acting) },
  };
}

/** What is asked of an authentication, beside being signed in. */
export interface Requirement {
  /** How old it may be at most, in milliseconds. */
  readonly freshFor?: number | undefined;
  /** Methods that must all have been used. */
  readonly amr?: readonly string[] | undefined;
  /** The level that must have been reached. */
  readonly acr?: string | undefined;
}

/**
 * Whether somebody is signed in, and on a proof that is good enough. Where the application has put its levels in order, a
 * higher one than the required is as good.
 */
export function satisfies(
  { userId, authenticatedAt, amr, acr }: Identity,
  { freshFor, amr: methods = [], acr: level }: Requirement,
  levels: readonly string[],
  now: number,
): boolean {
  if (userId === null) return false;
  if (freshFor !== undefined && now - (authenticatedAt ?? 0) >= freshFor) return false;
  if (!methods.every((method) => amr.includes(method))) return false;
  if (level === undefined || level === acr) return true;
  return acr !== null && levels.includes(level) && levels.indexOf(acr) > levels.indexOf(level);
}

/**
 * How old the last touch must be before the next one is due: a tenth of the idle timeout, at least a minute, at most an
 * hour, and never so long that an active session could run out between two touches.
 */
export function touchInterval(idle: number): number {
  return Math.min(Math.max(idle / 10, minute), hour, idle / 2);
}

/** The touch that is due for a record, or `null` while the last one is recent enough. */
export function dueTouch(record: SessionRecord, now: number): Required<Pick<RecordChange, "touch">> | null {
  const ifSeenBefore = now - touchInterval(idleOf(record)) + 1;
  return record.lastSeenAt >= ifSeenBefore ? null : touchAt(record, now, ifSeenBefore);
}

/** The touch of a record at `now`, due or not. */
export function touchAt(record: SessionRecord, now: number, ifSeenBefore = now): Required<Pick<RecordChange, "touch">> {
  const idleExpiresAt = Math.min(now + idleOf(record), record.expiresAt);
  return { touch: { lastSeenAt: now, idleExpiresAt, ifSeenBefore } };
}

/**
 * The idle timeout that a session was given. Where the absolute timeout cuts it short this is too little, and it makes no
 * difference: from any later instant even that little reaches to the absolute end.
 */
function idleOf({ lastSeenAt, idleExpiresAt }: SessionRecord): number {
  return idleExpiresAt - lastSeenAt;
}

function deadlines(span: Span, now: number) {
  const expiresAt = now + span.absolute;
  return { lastSeenAt: now, idleExpiresAt: Math.min(now + span.idle, expiresAt), expiresAt };
}
