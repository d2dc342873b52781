import { equalInConstantTime } from "../bytes.ts";
import { SessionStoreError } from "../errors.ts";
import { chain, type Maybe } from "../maybe.ts";
import type { RecordChange, UpdateResult } from "../store/port.ts";
import { isCorrupt, type SessionRecord } from "../store/record.ts";
import { digestOf } from "../token/digest.ts";
import { issueToken } from "../token/token.ts";
import type { OnDiscard } from "./data-view.ts";
import { Draft } from "./draft.ts";
import type { Engine } from "./engine.ts";
import { isSameUser, keepOnly } from "./keep.ts";
import { type NewSession, newRecord, rotateChange, signInChange } from "./lifecycle.ts";
import type { SignIn } from "./sign-in.ts";
import { type Live, reloadStanding, type Standing } from "./standing.ts";
import { gone } from "./writes.ts";

/** A session together with the token that was just made for it. */
export interface Issued {
  readonly live: Live;
  readonly token: string;
  /** The instant at which it was made. */
  readonly at: number;
}

/** What a session begins with. */
export type Beginning = Omit<NewSession, "id" | "digest">;

/**
 * Makes a new session: one store write, repeated with the same id if it is not answered.
 *
 * Each attempt has a secret of its own. The first one may still arrive when the session that the second made has ended: it
 * must not bring a token to life again that a visitor was given.
 */
export async function beginSession(engine: Engine, beginning: Beginning): Promise<Issued> {
  const { policy, guard, emit } = engine;
  for (;;) {
    const attempts: Issued[] = [];
    const answer = await guard.repeat("create", () =>
      chain(issueNew(engine, beginning, attempts[0]?.live.record.id), (issued) => {
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

function issueNew({ policy }: Engine, beginning: Beginning, sameId?: string): Maybe<Issued> {
  const { id, secret, token } = issueToken("session", policy.runtime, sameId);
  return chain(digestOf(secret), (digest) => {
    const at = policy.runtime.now();
    const record = newRecord({ ...beginning, id, digest }, policy.timing, at);
    return { live: { kind: "live", record, digest }, token, at };
  });
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
  const { policy, emit } = engine;
  let current = standing;
  for (let attempt = 1; current.kind === "live" && attempt <= mostAttempts; attempt++) {
    const { record } = current;
    const answer = await reissue(engine, record, "sign in", (digest, now) => ({
      ...dataChange(engine, record, request),
      ...signInChange(record, { ...request, digest }, policy.timing, now),
    }));
    if (typeof answer !== "string") {
      emit({ type: "signed-in", sessionId: record.id, userId: request.userId });
      return answer;
    }
    if (answer !== "conflict") break;
    current = await reloadStanding(engine, current);
    if (attempt === mostAttempts) throw tooManyConflicts();
  }
  const { userId, persistent, device } = request;
  return beginSession(engine, { userId, persistent, device: device ?? null, data: Object.create(null) });
}

function dataChange(engine: Engine, record: SessionRecord, request: SignIn) {
  if (isSameUser(record, request.userId)) return null;
  const draft = new Draft(record.data);
  const onDiscard: OnDiscard = (key, reason) =>
    engine.emit({ type: "data-discarded", sessionId: record.id, key, reason });
  draft.apply(() => {
    if (record.userId === null) keepOnly(draft, request.keep, engine.policy.shape, onDiscard);
    else draft.clear();
  });
  return draft.change();
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

/**
 * Replaces the data and the token of a session in one atomic write, and shuts out every request that began before: for
 * applications whose data says who the visitor is. Like sign-in it gives the old token no grace; the deadlines stay.
 */
export async function renew(engine: Engine, live: Live, data: Readonly<Record<string, string>>): Promise<Issued> {
  let current: Standing = live;
  for (let attempt = 1; current.kind === "live" && attempt <= mostAttempts; attempt++) {
    const { record }: Live = current;
    const answer = await reissue(engine, record, "replace", (digest, now) => ({
      clear: true,
      set: data,
      raiseGeneration: true,
      ...rotateChange(record, digest, 0, now),
    }));
    if (typeof answer !== "string") {
      engine.emit({ type: "rotated", sessionId: record.id, userId: record.userId });
      return answer;
    }
    if (answer !== "conflict") throw gone(answer);
    current = await reloadStanding(engine, current);
  }
  throw gone(current.kind === "none" ? "missing" : "replaced");
}

/** Ends a session for good. Resolves only when the store has confirmed it. */
export async function endSession(engine: Engine, live: Live): Promise<void> {
  const { policy, guard, emit } = engine;
  const { id, generation, userId } = live.record;
  const answer = await guard.repeat("destroy", () => policy.store.destroy(id, generation));
  if (answer === "replaced") throw gone("replaced");
  emit({ type: "destroyed", sessionId: id, userId, by: "holder" });
}

function tooManyConflicts(): SessionStoreError {
  return new SessionStoreError("STORE_CONFLICT", "Sign-in met a conflict at every attempt and was given up.", {
    hint: "Something writes the kept data without pause; nobody was signed in. Try again.",
  });
}
