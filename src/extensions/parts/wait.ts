import { isSessionError, SessionExtensionError } from "../../errors.ts";
import { isPromise } from "../../maybe.ts";
import type { Clock } from "../../runtime.ts";
import { NoAnswer, withinLimit } from "../../time-limit.ts";

/** Asks the application's code something and waits for it. `what` says in an error what was asked. */
export type Wait = <T>(what: string, ask: () => T | PromiseLike<T>) => Promise<T>;

/**
 * Makes the way by which an extension asks the application's code: what fails, or does not answer in time, is
 * `EXTENSION_FAILED`, and errors of ours pass as they are.
 */
export function createWait(extension: string, ms: number, clock: Pick<Clock, "after">): Wait {
  return async (what, ask) => {
    try {
      const answer = ask();
      return isPromise(answer) ? await withinLimit(answer, ms, clock) : answer;
    } catch (error) {
      if (isSessionError(error)) throw error;
      throw failure(extension, what, ms, error);
    }
  };
}

function failure(extension: string, what: string, ms: number, cause: unknown): SessionExtensionError {
  const how = cause instanceof NoAnswer ? `did not answer within ${ms} ms` : "failed";
  return new SessionExtensionError("EXTENSION_FAILED", `The extension ${extension}: ${what} ${how}.`, {
    hint: "The session itself is well. Look at error.cause.",
    cause,
  });
}
