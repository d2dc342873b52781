import { isSessionError, SessionStoreError } from "../errors.ts";
import { isPromise, type Maybe } from "../maybe.ts";

/** Finds a user by id: the `user` function of the configuration. It is given what `identity` knows of that user, if it does. */
export type FindUser = (userId: string, external?: unknown) => Maybe<unknown>;

/**
 * Looks a user up.
 *
 * @throws {@link SessionStoreError} `USER_UNAVAILABLE`: the function threw, or its promise was rejected.
 */
export function lookUpUser(find: FindUser, userId: string, external?: unknown): Maybe<unknown> {
  try {
    const found = external === undefined ? find(userId) : find(userId, external);
    return isPromise(found) ? found.then(undefined, unavailable) : found;
  } catch (error) {
    return unavailable(error);
  }
}

function unavailable(error: unknown): never {
  if (isSessionError(error)) throw error;
  throw new SessionStoreError("USER_UNAVAILABLE", "The user look-up failed.", {
    hint: "The user function of the configuration threw. The visitor is neither signed in nor signed out: answer with a 503.",
    cause: error,
  });
}
