import { isCorrupt, isExpired } from "../store/record.ts";
import type { Engine } from "./engine.ts";
import { forgetUserRecord, openUserRecord, type UserRecordContext, userRecordId } from "./user-record.ts";

const name = "half sign-ins";

/** How long the record outlives what it was made for, so that a user's next half sign-in finds it. */
const spare = 86_400_000;

/**
 * What a half sign-in of a user has to show to be completed: it is worth something until {@link endHalfSignIns} takes it
 * back, wherever the session is that holds it. Decision 28 has the proof.
 *
 * @returns `null` where the store cannot end sessions by their user, so that nothing ever takes it back.
 */
export async function allowHalfSignIn(engine: Engine, userId: string, lasts: number): Promise<string | null> {
  if (!engine.policy.store.byUser) return null;
  const { digest } = await openUserRecord(contextOf(engine), name, userId, { life: lasts + spare, atLeast: lasts });
  return digest;
}

/** Whether a half sign-in of a user may be completed still. */
export async function isHalfAllowed(engine: Engine, userId: string, shown: string | null): Promise<boolean> {
  const { store, runtime } = engine.policy;
  if (!store.byUser) return true;
  const found = await engine.find(await userRecordId(name, userId));
  return found !== null && !isCorrupt(found) && !isExpired(found, runtime.now()) && found.digest === shown;
}

/** Takes back what every half sign-in of a user shows. */
export function endHalfSignIns(engine: Engine, userId: string): Promise<void> {
  return forgetUserRecord(contextOf(engine), name, userId);
}

function contextOf({ policy, guard, find }: Engine): UserRecordContext {
  return { store: policy.store, runtime: policy.runtime, guard, find };
}
