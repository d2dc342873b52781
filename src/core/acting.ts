import type { SessionRecord } from "../store/record.ts";
import { noTexts } from "./draft.ts";
import { decodeJson } from "./json.ts";

type Texts = Readonly<Record<string, string>>;

/** On what proof the user of a session was let in (RFC 8176, OpenID Connect Core section 2). */
export interface Proof {
  /** The methods, such as `"pwd"`, `"otp"`, `"hwk"`. */
  readonly amr: readonly string[];
  /** The level reached, in the application's words, such as `"aal2"`; `null` where it names none. */
  readonly acr: string | null;
}

/** A sign-in with its first factor proven and the second one open. Nobody is signed in by it. */
export interface PendingSignIn {
  readonly userId: string;
  readonly amr: readonly string[];
  /** Until when it can be completed, in epoch milliseconds. */
  readonly expiresAt: number;
}

/** Who really acts while a session impersonates a user. */
export interface Actor {
  /** The user whose session this is. */
  readonly userId: string;
  readonly reason: string;
  readonly startedAt: number;
  /** When the impersonation ends by itself, in epoch milliseconds. */
  readonly expiresAt: number;
}

/** An impersonation as a record keeps it. */
export interface Impersonation {
  /** Who is impersonated. The record's own user is the one who acts. */
  readonly userId: string;
  readonly reason: string;
  readonly startedAt: number;
  readonly expiresAt: number;
}

/**
 * What a record keeps of who acts, and on what proof, as the text of its `actor`. One text, because stores need not know what
 * is in it, and because each change of it is a change of identity: one statement, with a new token.
 */
export interface Acting extends Proof {
  /** A step-up: another proof, until its own end. */
  readonly raised: (Proof & { readonly expiresAt: number }) | null;
  readonly pending: HalfSignIn | null;
  readonly impersonation: Impersonation | null;
}

/** A sign-in with its first factor proven, as a record keeps it. */
export interface HalfSignIn extends PendingSignIn {
  /** What it shows to be completed; `null` where nothing takes it back. */
  readonly shown: string | null;
}

/** Nobody has proven anything, and nobody acts for another. */
export const plainActing: Acting = { amr: [], acr: null, raised: null, pending: null, impersonation: null };

/** Writes what is to be kept, or `null` where there is nothing. */
export function encodeActing({ amr, acr, raised, pending, impersonation }: Acting): string | null {
  const kept = {
    ...(amr.length > 0 && { amr }),
    ...(acr !== null && { acr }),
    ...(raised && { raised }),
    ...(pending && { pending }),
    ...(impersonation && { impersonation }),
  };
  return Object.keys(kept).length === 0 ? null : JSON.stringify(kept);
}

/** Reads what is kept. What is damaged counts as absent: no proof, no pending sign-in, no impersonation. */
export function decodeActing(text: string | null): Acting {
  if (text === null) return plainActing;
  const kept = objectOf(decodeJson(text));
  if (!kept) return plainActing;
  const raised = objectOf(kept.raised);
  return {
    ...proofOf(kept),
    raised: raised && isInstant(raised.expiresAt) ? { ...proofOf(raised), expiresAt: raised.expiresAt } : null,
    pending: pendingOf(objectOf(kept.pending)),
    impersonation: impersonationOf(objectOf(kept.impersonation)),
  };
}

/** What of a record's `actor` tells on what proof its user was let in, with the step-up that ends by itself. */
export function provenIn({ actor }: Pick<SessionRecord, "actor">): string | null {
  const { amr, acr, raised } = decodeActing(actor);
  return encodeActing({ ...plainActing, amr, acr, raised });
}

/** Who a record stands for at an instant. */
export interface Identity extends Proof {
  readonly userId: string | null;
  /** When the user last proved who they are. 0 while impersonating: the impersonated user never did. */
  readonly authenticatedAt: number | null;
  readonly actor: Actor | null;
  readonly pendingSignIn: PendingSignIn | null;
  readonly data: Texts;
  /** The record still says what an impersonation left there, though it has ended by itself. */
  readonly hasLapsed: boolean;
}

const nobody: Identity = Object.freeze({
  ...{ userId: null, authenticatedAt: null, amr: [], acr: null },
  ...{ actor: null, pendingSignIn: null, data: noTexts, hasLapsed: false },
});

/**
 * Tells who a record stands for at `now`. A step-up, a pending sign-in and an impersonation end here, by themselves, whether
 * or not anything has been written since. At their end they have passed.
 */
export function identityOf(record: SessionRecord | null, now: number): Identity {
  if (record === null) return nobody;
  const { userId, authenticatedAt, data } = record;
  if (record.actor === null) return plainIdentity(userId, authenticatedAt, data);
  const acting = decodeActing(record.actor);
  const { impersonation, raised, pending } = acting;
  if (impersonation && now < impersonation.expiresAt) return impersonated(record, impersonation);
  const { amr, acr } = raised && now < raised.expiresAt ? raised : acting;
  return {
    ...{ userId, authenticatedAt, amr, acr, actor: null },
    pendingSignIn: pending && now < pending.expiresAt ? pendingView(pending) : null,
    data: impersonation ? noTexts : data, // what is there was seen as somebody else
    hasLapsed: impersonation !== null,
  };
}

/** When a record stands for somebody else, or on another proof, by itself, in epoch milliseconds; `Infinity` where it never does. */
export function identityEnd({ actor }: Pick<SessionRecord, "actor">, now: number): number {
  const { impersonation, raised } = decodeActing(actor);
  const ends = [impersonation, raised].flatMap((one) => (one && now < one.expiresAt ? [one.expiresAt] : []));
  return Math.min(...ends, Number.POSITIVE_INFINITY);
}

function pendingView({ userId, amr, expiresAt }: HalfSignIn): PendingSignIn {
  return { userId, amr, expiresAt };
}

// Written out, since nearly every read of a session comes here.
function plainIdentity(userId: string | null, authenticatedAt: number | null, data: Texts): Identity {
  const { amr, acr, actor, pendingSignIn, hasLapsed } = nobody;
  return { userId, authenticatedAt, amr, acr, actor, pendingSignIn, data, hasLapsed };
}

function impersonated(record: SessionRecord, impersonation: Impersonation): Identity {
  const { userId, reason, startedAt, expiresAt } = impersonation;
  const actor: Actor = { userId: record.userId ?? "", reason, startedAt, expiresAt };
  return { ...nobody, userId, authenticatedAt: 0, actor, data: record.data };
}

/** For an event: who really did it, while impersonating. */
export function actedBy(actor: Actor | null): { readonly actorId?: string } {
  return actor ? { actorId: actor.userId } : {};
}

function proofOf(kept: Record<string, unknown>): Proof {
  const amr = Array.isArray(kept.amr) ? kept.amr.filter((method) => typeof method === "string") : [];
  return { amr, acr: typeof kept.acr === "string" ? kept.acr : null };
}

function pendingOf(kept: Record<string, unknown> | null): HalfSignIn | null {
  if (!kept || typeof kept.userId !== "string" || !isInstant(kept.expiresAt)) return null;
  const shown = typeof kept.shown === "string" ? kept.shown : null;
  return { userId: kept.userId, amr: proofOf(kept).amr, expiresAt: kept.expiresAt, shown };
}

function impersonationOf(kept: Record<string, unknown> | null): Impersonation | null {
  if (!kept || typeof kept.userId !== "string" || !isInstant(kept.startedAt) || !isInstant(kept.expiresAt)) return null;
  const { userId, startedAt, expiresAt } = kept;
  return { userId, reason: String(kept.reason ?? ""), startedAt, expiresAt };
}

function objectOf(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as never) : null;
}

function isInstant(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value);
}
