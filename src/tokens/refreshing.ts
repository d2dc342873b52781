import { identityOf } from "../core/acting.ts";
import type { RefreshRejectReason } from "../core/events.ts";
import { dueTouch } from "../core/lifecycle.ts";
import { familyEpochKey, familyKey } from "../core/token-families.ts";
import type { IssuedTokens } from "../core/token-issuer.ts";
import { SessionStoreError } from "../errors.ts";
import type { RecordChange } from "../store/port.ts";
import type { SessionRecord } from "../store/record.ts";
import { digestOf } from "../token/digest.ts";
import { parseRefreshToken, type RefreshTokenParts } from "../token/refresh-token.ts";
import type { ClientPolicy } from "./clients.ts";
import type { Desk } from "./desk.ts";
import { encodeFamily, epochTextOf, type Family, judgeToken } from "./family.ts";
import { accessFor, describeTokens } from "./issuing.ts";
import {
  findPresented,
  isProven,
  type Narrowed,
  narrow,
  type Presented,
  type Reason,
  type RefreshRequest,
  type Refusal,
} from "./presented.ts";

/** Tokens, or why there are none. */
export type Refreshed = { readonly tokens: IssuedTokens } | { readonly refusal: Refusal };

const mostAttempts = 20;

/**
 * Exchanges a refresh token for new tokens: one read and one conditional write. The same token once more within the window gets the
 * same successor, for one read. A token that another one has taken the place of ends its session. What was not made by us costs no
 * store call, and ends nothing.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9700#section-4.14 RFC 9700 section 4.14: refresh token rotation}
 */
export async function refreshTokens(desk: Desk, client: ClientPolicy, request: RefreshRequest): Promise<Refreshed> {
  const refuse = refuserOf(desk, client);
  const parts = parseRefreshToken(request.token);
  if (!parts) return refuse(null, "malformed");
  if (!(await desk.seal.isOurs(parts))) return refuse(parts.id, "forged");
  const digest = await digestOf(parts.secret);
  let written: string | null = null;
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    const now = desk.runtime.now(); // before the read: what ends the session after it is later than the access token says it is
    const found = await findPresented(desk, client, { parts, digest }, now);
    if ("reason" in found) return refuse(parts.id, found.reason);
    if (!isProven(found.family, request)) return refuse(parts.id, "unproven");
    const narrowed = narrow(client, found.family, request);
    const step = await stepOf(desk, found, { written, narrowed }, now);
    if ("reason" in step) return refuse(parts.id, step.reason);
    if ("head" in step) return answerWith(desk, step.head, request.thumbprint, now);
    if ("refusal" in step) return step;
    written = step.written;
  }
  throw new SessionStoreError("STORE_CONFLICT", "A refresh met a conflict at every attempt and was given up.", {
    hint: "Something changes the session without pause; the refresh token is as good as before. Try again.",
  });
}

/** The newest token of a family, with what is stored of it. */
interface Head {
  readonly parts: RefreshTokenParts;
  readonly record: SessionRecord;
  readonly family: Family;
  readonly narrowed: Narrowed;
}

/** What came of one attempt; `written`: what it tried to store, before it has to look again. */
type Step = { readonly head: Head } | Reason | { readonly refusal: Refusal } | { readonly written: string | null };

interface Attempt {
  /** What the attempt before it has tried to store. */
  readonly written: string | null;
  readonly narrowed: Narrowed | Refusal;
}

async function stepOf(desk: Desk, found: Presented, { written, narrowed }: Attempt, now: number): Promise<Step> {
  const { parts, digest, record, family, text } = found;
  // What we wrote ourselves, though its answer was lost, is a success whatever the window.
  const isOwn = text === written;
  const judgement = isOwn ? "repeated" : judgeToken(family, { ...parts, digest }, desk.policy.reuseWindow, now);
  if (judgement === "ahead") return { reason: "ahead" };
  if (judgement === "reused") return (await endReused(desk, found)) ? { refusal: "invalid_grant" } : { written };
  if (typeof narrowed === "string") return { refusal: narrowed }; // nothing is used up
  if (judgement === "current") return rotate(desk, found, narrowed, now);
  const same = await desk.seal.successorOf(parts, family.digest);
  return same ? { head: { parts: same, record, family, narrowed } } : { reason: "ahead" };
}

async function rotate(desk: Desk, found: Presented, narrowed: Narrowed, now: number): Promise<Step> {
  const next = await successorOf(desk, found, now);
  const text = encodeFamily(next.family);
  const record = await consume(desk, found, text, now);
  return record ? { head: { ...next, record, narrowed } } : { written: text };
}

async function successorOf({ seal }: Desk, { parts, family, digest }: Presented, now: number) {
  const next = await seal.successor(parts);
  const successor: Family = {
    ...family,
    generation: family.generation + 1,
    digest: await digestOf(next.secret),
    previous: digest,
    rotatedAt: now,
    idleEndsAt: Math.min(now + family.idle, family.endsAt),
  };
  return { parts: next, family: successor };
}

/** Writes the next head of a family if it still is what was read; `null` where it has to be looked at again. */
async function consume(desk: Desk, { record, parts, text }: Presented, next: string, now: number) {
  const { guard, store, runtime } = desk;
  const key = familyKey(parts.family);
  const change: RecordChange = {
    generation: record.generation,
    expect: { [key]: text, [familyEpochKey]: epochTextOf(record.data) },
    set: { [key]: next },
    ...dueTouch(record, now),
  };
  const answer = await guard.repeat("refresh tokens", () => store.update(record.id, change, runtime.now()));
  return answer.outcome === "updated" ? answer.record : null;
}

/** Ends the session of a token that was used before; `false` where somebody has signed in to it meanwhile. */
async function endReused(desk: Desk, { record, family, parts }: Presented): Promise<boolean> {
  const { guard, store, emit, epochs } = desk;
  const { id: sessionId, userId, generation } = record;
  if (userId !== null) await epochs.raise(userId); // before: should it fail, the token can be shown again
  const answer = await guard.repeat("end a session", () => store.destroy(sessionId, generation));
  if (answer === "replaced") return false;
  if (userId !== null) await epochs.raise(userId); // and after: the other holder may have had an access token meanwhile
  const { client: clientId, generation: newest } = family;
  emit({ type: "refresh-token-reused", sessionId, userId, clientId, generation: parts.generation, newest });
  if (answer === "destroyed") emit({ type: "destroyed", sessionId, userId, by: "reuse" });
  return true;
}

async function answerWith(desk: Desk, head: Head, thumbprint: string | null, now: number): Promise<Refreshed> {
  const { record, family, narrowed } = head;
  const granted = { ...family, ...narrowed, thumbprint };
  const access = await accessFor(desk, record, granted, now);
  const { userId } = identityOf(record, now);
  desk.emit({ type: "tokens-refreshed", sessionId: record.id, userId: userId as string, clientId: family.client });
  return { tokens: describeTokens(access, granted, head, desk.runtime.now()) };
}

function refuserOf({ emit }: Desk, { id: clientId }: ClientPolicy) {
  return (sessionId: string | null, reason: RefreshRejectReason): Refreshed => {
    emit({ type: "refresh-token-rejected", sessionId, clientId, reason });
    return { refusal: "invalid_grant" };
  };
}
