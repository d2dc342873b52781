import { isSessionError, SessionStoreError } from "../errors.ts";
import { isPromise, type Maybe } from "../maybe.ts";
import { withinLimit } from "../time-limit.ts";
import type { Policy } from "./policy.ts";

/** Finds a user by id: the `user` function of the configuration, and how long it may take. */
export type UserPolicy = Pick<Policy, "user" | "callbackTimeLimit" | "runtime">;

/**
 * Looks a user up; `null` where the configuration has no `user` function.
 *
 * @throws {@link SessionStoreError} `USER_UNAVAILABLE`: the function threw, its promise was rejected, or it took too long.
 */
export function lookUpUser(
  { user: find, callbackTimeLimit, runtime }: UserPolicy,
  userId: string,
  external?: unknown,
): Maybe<unknown> {
  if (!find) return null;
  try {
    const found = external === undefined ? find(userId) : find(userId, external);
    return isPromise(found) ? withinLimit(found, callbackTimeLimit, runtime).catch(unavailable) : found;
  } catch (error) {
    return unavailable(error);
  }
}

function unavailable(error: unknown): never {
  if (isSessionError(error)) throw error;
  throw new SessionStoreError("USER_UNAVAILABLE", "The user look-up failed.", {
    hint: "The user function of the configuration threw, or did not answer in time. The visitor is neither signed in nor signed out: answer with a 503.",
    cause: error,
  });
}
