import { SessionStoreError } from "../errors.ts";
import type { ByUser, SessionStore } from "../store/port.ts";
import { isExpired, type SessionRecord } from "../store/record.ts";
import type { Guard } from "./guard.ts";
import { checkUserId } from "./inputs.ts";

/** The records of a user that are alive at an instant, in any order. */
export async function livingSessions(
  { store, guard }: { readonly store: SessionStore; readonly guard: Guard },
  userId: string,
  now: number,
): Promise<readonly SessionRecord[]> {
  const byUser = byUserOf(store, userId);
  const records = await guard.read("list", () => byUser.list(userId, now));
  return records.filter((record) => record.userId === userId && !isExpired(record, now));
}

/** How a store finds the sessions of a user. Asked before the guard is: a wrong argument is no failure of the store. */
export function byUserOf({ byUser, name }: SessionStore, userId: string): ByUser {
  checkUserId(userId);
  if (byUser) return byUser;
  throw new SessionStoreError("STORE_CAPABILITY_MISSING", `The ${name} store cannot find sessions by their user.`, {
    hint: "Use one of the stores of this package, or implement byUser.",
  });
}
