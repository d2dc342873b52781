import { SessionStoreError } from "../errors.ts";
import type { Runtime } from "../runtime.ts";
import type { SessionStore } from "../store/port.ts";
import { isCorrupt, isExpired, keptKey, type SessionRecord } from "../store/record.ts";
import { digestOf } from "../token/digest.ts";
import { idOfDigest, issueToken } from "../token/token.ts";
import { createAnew } from "./create-anew.ts";
import type { Guard } from "./guard.ts";
import { newRecord } from "./lifecycle.ts";
import type { FindRecord } from "./reads.ts";

/** What it takes to keep a record about a user. */
export interface UserRecordContext {
  readonly store: SessionStore;
  readonly guard: Guard;
  readonly find: FindRecord;
  readonly runtime: Runtime;
}

/** How long such a record is kept, in milliseconds. */
export interface KeptFor {
  readonly life: number;
  /** How much of it has to be left; a record with less is prolonged (default: none). */
  readonly atLeast?: number;
}

/**
 * Finds the record that is kept about a user under a name, or makes it: an ordinary record without a user, which no token
 * opens.
 */
export async function openUserRecord(
  context: UserRecordContext,
  name: string,
  userId: string,
  { life, atLeast = 0 }: KeptFor,
): Promise<SessionRecord> {
  const { store, guard, find, runtime } = context;
  const id = await userRecordId(name, userId);
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    const found = await find(id);
    const now = runtime.now();
    if (found && !isCorrupt(found) && !isExpired(found, now)) {
      if (found.expiresAt - now >= atLeast) return found;
      const fields = { idleExpiresAt: now + life, expiresAt: now + life };
      const answer = await guard.repeat("prolong", () => store.update(id, { fields }, now));
      if (answer.outcome === "updated") return answer.record;
      continue; // it is gone
    }
    if (found) await guard.repeat("forget", () => store.destroy(id));
    // Each attempt has a digest of its own: one that arrives late, when the record has been forgotten, allows nobody anything.
    const { created } = await createAnew(context, "create", () => newUserRecord(runtime, { id, name, life, now }));
    if (created) return created;
  }
  throw new SessionStoreError("STORE_CONFLICT", `The ${name} of a user vanished at every attempt.`, {
    hint: "Something deletes it without pause; nobody was signed in. Try again.",
  });
}

const mostAttempts = 20;

/** Forgets what is kept about a user under a name. */
export async function forgetUserRecord(
  { guard, store }: Pick<UserRecordContext, "guard" | "store">,
  name: string,
  userId: string,
): Promise<void> {
  const id = await userRecordId(name, userId);
  await guard.repeat("forget", () => store.destroy(id));
}

/** The id of that record, spelled like any session id. */
export async function userRecordId(name: string, userId: string): Promise<string> {
  return idOfDigest(await digestOf(`coatcheck ${name} ${userId}`));
}

async function newUserRecord(
  runtime: Runtime,
  { id, name, life, now }: { readonly id: string; readonly name: string; readonly life: number; readonly now: number },
): Promise<SessionRecord> {
  const { secret } = issueToken("session", runtime, id); // nobody is told it
  const nobody = { userId: null, data: { [keptKey]: name }, persistent: false, device: null };
  return newRecord({ id, digest: await digestOf(secret), ...nobody }, { idle: life, absolute: life }, now);
}
