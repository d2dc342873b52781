import { SessionStoreError } from "../errors.ts";
import { digestOf } from "../token/digest.ts";
import { type TokenParts, writeToken } from "../token/token.ts";
import type { Engine } from "./engine.ts";
import { admitting, type Beginning, type Issued, spanFor } from "./identity.ts";
import { newRecord } from "./lifecycle.ts";

/** What a session begins with whose token somebody else has made, and handed out. */
export interface GivenBeginning extends Beginning {
  readonly token: TokenParts;
  /** When it ends unless it is used, in epoch milliseconds; ours where that is earlier. */
  readonly idleEndsAt: number;
}

/**
 * Makes a session under a given token, within the limit of its user: one store call, never repeated.
 *
 * A token of ours is new in each attempt. This one is the same in all of them, so a first attempt that arrives late, when the
 * second one's session has ended, would bring a dead session back. Whoever gets no answer has signed nobody in.
 */
export async function beginWithToken(engine: Engine, given: GivenBeginning): Promise<Issued> {
  const { token, userId, data, persistent, end = [] } = given;
  const span = await spanFor(engine, userId, data, persistent);
  return (await admitting(engine, userId, token.id, end, () => makeOnce(engine, given, span))) as Issued;
}

async function makeOnce(
  { policy, guard, emit }: Engine,
  { token, idleEndsAt, end: _, ...beginning }: GivenBeginning,
  span: { readonly idle: number; readonly absolute: number },
): Promise<Issued> {
  const { id, secret } = token;
  const digest = await digestOf(secret);
  const at = policy.runtime.now();
  const record = newRecord({ ...beginning, id, digest }, { ...span, idle: Math.min(span.idle, idleEndsAt - at) }, at);
  const answer = await guard.call("create", () => policy.store.create(record));
  if (answer === "exists") throw taken();
  const { userId } = record;
  emit({ type: "created", sessionId: id, userId });
  if (userId !== null) emit({ type: "signed-in", sessionId: id, userId });
  return { live: { kind: "live", record, digest }, token: writeToken("session", token), at };
}

function taken(): SessionStoreError {
  return new SessionStoreError("STORE_CONFLICT", "There is a session with this token already; nobody was signed in.", {
    hint: "Make a new token for each sign-in: at least 128 random bits.",
  });
}
