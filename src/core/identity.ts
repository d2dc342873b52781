import { equalInConstantTime } from "../bytes.ts";
import { SessionStoreError } from "../errors.ts";
import { chain, type Maybe } from "../maybe.ts";
import type { RecordChange, UpdateResult } from "../store/port.ts";
import { isCorrupt, type SessionRecord } from "../store/record.ts";
import { digestOf } from "../token/digest.ts";
import { issueToken } from "../token/token.ts";
import { decodeActing, identityOf, plainActing } from "./acting.ts";
import type { Draft } from "./draft.ts";
import { endUntold } from "./end-session.ts";
import type { Engine } from "./engine.ts";
import { isSameUser } from "./keep.ts";
import { type NewSession, newRecord, rotateChange, signInChange } from "./lifecycle.ts";
import { madeRoom } from "./limits.ts";
import type { SignIn } from "./sign-in.ts";
import { draftFor } from "./sign-in-data.ts";
import { type Live, reloadStanding, type Standing } from "./standing.ts";
import { chooseSpan, type Span } from "./timeouts.ts";
import { withoutFamilies } from "./token-families.ts";
import { lookUpUser } from "./user-look-up.ts";
import { gone } from "./writes.ts";

/** A session together with the token that was just made for it. */
export interface Issued {
  readonly live: Live;
  readonly token: string;
  /** The instant at which it was made. */
  readonly at: number;
}

/** What a session begins with. */
export interface Beginning extends Omit<NewSession, "id" | "digest"> {
  /** Sessions of the user that the visitor chose to end, where the limit is reached. */
  readonly end?: readonly string[];
}

/** Makes a new session, within the limit of its user. */
export async function beginSession(engine: Engine, { end = [], ...beginning }: Beginning): Promise<Issued> {
  const { userId, data, persistent } = beginning;
  const span = await spanFor(engine, userId, data, persistent);
  const { id } = issueToken("session", engine.policy.runtime);
  return (await admitting(engine, userId, id, end, () => makeSession(engine, beginning, span, id))) as Issued;
}

/**
 * Makes a new session: one store write, repeated with the same id if it is not answered.
 *
 * Each attempt has a secret of its own. The first one may still arrive when the session that the second made has ended: it
 * must not bring a token to life again that a visitor was given.
 */
async function makeSession(
  engine: Engine,
  beginning: Omit<NewSession, "id" | "digest">,
  span: Span,
  id: string,
): Promise<Issued> {
  const { policy, guard, emit } = engine;
  // Another id where somebody else has this one.
  for (let own = id; ; own = issueToken("session", policy.runtime).id) {
    const attempts: Issued[] = [];
    const answer = await guard.repeat("create", () =>
      chain(issueNew(engine, beginning, span, own), (issued) => {
        attempts.push(issued);
        return policy.store.create(issued.live.record);
      }),
    );
    const issued = answer === "created" ? attempts.at(-1) : await findOurs(engine, attempts);
    if (issued) {
      const { id: sessionId, userId } = issued.live.record;
      emit({ type: "created", sessionId, userId });
      if (userId !== null) emit({ type: "signed-in", sessionId, userId });
      return issued;
    }
  }
}

function issueNew(
  { policy }: Engine,
  beginning: Omit<NewSession, "id" | "digest">,
  span: Span,
  id: string,
): Maybe<Issued> {
  const { secret, token } = issueToken("session", policy.runtime, id);
  return chain(digestOf(secret), (digest) => {
    const at = policy.runtime.now();
    const record = newRecord({ ...beginning, id, digest }, span, at);
    return { live: { kind: "live", record, digest }, token, at };
  });
}

/**
 * Binds a session to a user within the limit: admitted before, confirmed after, and only then is the token anybody's. A
 * session that had to make room meanwhile is ended before anybody was told of it.
 */
export async function admitting(
  engine: Engine,
  userId: string | null,
  id: string,
  chosen: readonly string[],
  bind: () => Promise<Issued | null>,
): Promise<Issued | null> {
  const { limits } = engine;
  if (!limits || userId === null) return bind();
  await limits.admit(userId, id, chosen);
  let issued: Issued | null = null;
  try {
    issued = await bind();
  } finally {
    // Should this fail as well, the guard has reported it, and the place is free in a minute.
    if (!issued) await limits.withdraw(userId, id).catch(() => undefined);
  }
  if (!issued) return null;
  try {
    if (await limits.confirm(userId, id)) return issued;
  } catch (error) {
    // Nobody will be told its token, so it must not take a place until it expires. Reported by the guard, should this fail too.
    const undone = endUntold(engine, issued.live, "limit").then(() => limits.withdraw(userId, id));
    await undone.catch(() => undefined);
    throw error;
  }
  await endUntold(engine, issued.live, "limit");
  throw madeRoom();
}

/** The deadlines of a session that begins, or is signed in to. */
export function spanFor(
  { policy, viewData }: Engine,
  userId: string | null,
  texts: Readonly<Record<string, string>>,
  persistent: boolean,
): Maybe<Span> {
  const { rule, fixed } = policy.timeouts;
  if (!rule) return persistent ? fixed.persistent : fixed.transient;
  const found = userId === null ? null : lookUpUser(policy, userId);
  const data = viewData(texts, () => undefined);
  return chain(found, (user) => chooseSpan(rule, fixed, { userId, user: user ?? null, data, persistent }));
}

// "exists" may mean that our own first attempt arrived although its answer did not.
async function findOurs(engine: Engine, attempts: readonly Issued[]): Promise<Issued | undefined> {
  const id = attempts[0]?.live.record.id;
  const found = id === undefined ? null : await engine.find(id);
  if (found === null || isCorrupt(found)) return undefined;
  return attempts.find(({ live }) => equalInConstantTime(found.digest, live.digest));
}

/**
 * Writes a change that gives a session a new token: once more with the same digest if it is not answered. Answers what was
 * issued, or why nothing was.
 */
async function reissue(
  { policy, guard }: Engine,
  { id }: SessionRecord,
  operation: string,
  changeOf: (digest: string, now: number) => RecordChange,
): Promise<Issued | Exclude<UpdateResult["outcome"], "updated">> {
  const { secret, token } = issueToken("session", policy.runtime, id);
  const digest = await digestOf(secret);
  const at = policy.runtime.now();
  const change = changeOf(digest, at);
  const answer = await guard.repeat(operation, () => policy.store.update(id, change, at));
  if (answer.outcome !== "updated") return answer.outcome;
  return { live: { kind: "live", record: answer.record, digest }, token, at };
}

const mostAttempts = 20;

/**
 * Signs a user in: on the session at hand in one atomic write, or on a new one where there is none (any more).
 *
 * Kept data is expected to be as it was read, so that a concurrent change of it is merged anew and never lost.
 */
export async function signIn(engine: Engine, standing: Standing, request: SignIn): Promise<Issued> {
  const { userId, persistent, device, amr, acr, end, authenticatedAt } = request;
  const issued = standing.kind === "live" ? await signInOn(engine, standing, request) : null;
  if (issued) return issued;
  const acting = { ...plainActing, amr, acr };
  const data = draftFor(engine, null, request).texts();
  return beginSession(engine, { userId, persistent, device: device ?? null, data, acting, end, authenticatedAt });
}

/** Signs a user in on a living session, within the limit; `null` when the session is gone. */
export async function signInOn(engine: Engine, live: Live, request: SignIn): Promise<Issued | null> {
  const { userId, end } = request;
  return admitting(engine, userId, live.record.id, end, () => bindUser(engine, live, request));
}

async function bindUser(engine: Engine, live: Live, request: SignIn): Promise<Issued | null> {
  const { emit } = engine;
  const { userId, persistent, device, amr, acr, authenticatedAt } = request;
  const acting = { ...plainActing, amr, acr };
  let current: Standing = live;
  for (let attempt = 1; current.kind === "live"; attempt++) {
    const { record }: Live = current;
    const draft = draftFor(engine, record, request);
    const span = await spanFor(engine, userId, draft.texts(), persistent);
    const answer = await reissue(engine, record, "sign in", (digest, now) => ({
      ...dataChange(engine, record, draft, request, now),
      ...signInChange(record, { userId, persistent, device, digest, acting, authenticatedAt }, span, now),
    }));
    if (typeof answer !== "string") {
      if (identityOf(record, answer.at).actor) noteImpersonationEnd(engine, record, "holder");
      emit({ type: "signed-in", sessionId: record.id, userId });
      return answer;
    }
    if (answer !== "conflict") return null;
    if (attempt === mostAttempts) throw tooManyConflicts();
    current = await reloadStanding(engine, current);
  }
  return null;
}

/** What becomes of the data. As another user's data goes, the access tokens that the session has issued for them end. */
function dataChange(
  { tokens }: Engine,
  record: SessionRecord,
  draft: Draft,
  { userId }: SignIn,
  now: number,
): Partial<RecordChange> {
  const change = draft.change();
  if (record.userId === null || isSameUser(record, userId)) return change ?? {};
  // To the second, as tokens say when they were issued: what is issued for the new user in this one counts.
  const endedAt = tokens ? now - (now % 1_000) : 0;
  return { ...change, set: { ...change?.set, ...withoutFamilies(record, endedAt) } };
}

/** Tells of the end of the impersonation that a record holds. */
export function noteImpersonationEnd({ emit }: Engine, record: SessionRecord, by: "holder" | "time"): void {
  const userId = decodeActing(record.actor).impersonation?.userId ?? "";
  emit({ type: "impersonation-ended", sessionId: record.id, userId, actorId: record.userId ?? "", by });
}

/** Issues a new token, or answers `null` when another request has done so since this one's token was issued. */
export async function rotate(engine: Engine, live: Live, grace: number): Promise<Issued | null> {
  const { record } = live;
  if (record.digest !== live.digest) return null;
  const answer = await reissue(engine, record, "rotate", (digest, now) => rotateChange(record, digest, grace, now));
  if (typeof answer !== "string") {
    engine.emit({ type: "rotated", sessionId: record.id, userId: record.userId });
    return answer;
  }
  if (answer !== "conflict") throw gone(answer);
  const standing = await reloadStanding(engine, live);
  if (standing.kind === "live") return null;
  throw gone(standing.kind === "superseded" ? "replaced" : "missing");
}

/** Gives a living session a new token together with a change, anew when a rotation came between. */
export async function reissueLive(
  engine: Engine,
  live: Live,
  operation: string,
  changeOf: (record: SessionRecord, digest: string, now: number) => RecordChange,
): Promise<Issued> {
  let current: Standing = live;
  for (let attempt = 1; current.kind === "live" && attempt <= mostAttempts; attempt++) {
    const { record }: Live = current;
    const answer = await reissue(engine, record, operation, (digest, now) => changeOf(record, digest, now));
    if (typeof answer !== "string") return answer;
    if (answer !== "conflict") throw gone(answer);
    current = await reloadStanding(engine, current);
  }
  throw gone(current.kind === "none" ? "missing" : "replaced");
}

function tooManyConflicts(): SessionStoreError {
  return new SessionStoreError("STORE_CONFLICT", "Sign-in met a conflict at every attempt and was given up.", {
    hint: "Something writes the kept data without pause; nobody was signed in. Try again.",
  });
}
