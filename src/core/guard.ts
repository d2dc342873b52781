import { isSessionError, SessionStoreError } from "../errors.ts";
import { isPromise, type Maybe } from "../maybe.ts";
import { pause, type Runtime } from "../runtime.ts";
import type { SessionStore } from "../store/port.ts";
import { NoAnswer } from "../time-limit.ts";
import type { Emit } from "./events.ts";

/**
 * Calls a store so that every call ends: with its answer, or within the time limit with a {@link SessionStoreError}. At most
 * `pendingLimit` calls are under way at once; one more fails at once, so that an outage fills no memory.
 */
export interface Guard {
  /** Makes one call. */
  call<T>(operation: string, invoke: () => Maybe<T>): Maybe<T>;
  /** Makes a call that only reads: a second time when it failed at once (a dropped connection), not when it hung. */
  read<T>(operation: string, invoke: () => Maybe<T>): Maybe<T>;
  /** Makes a call that may be repeated without harm: a second time when it failed or was not answered. */
  repeat<T>(operation: string, invoke: () => Maybe<T>): Maybe<T>;
}

/** How a guard is to treat its store. */
export interface GuardLimits {
  /** How long one call may take, in milliseconds. */
  readonly timeLimit: number;
  /** How many calls may be under way at once. */
  readonly pendingLimit: number;
}

/** The pause before a second try, in milliseconds: as long again by chance, so that not everybody comes back at once. */
const retryPause = 10;

/** For how many time limits a call that is never answered counts as under way. Its client may yet be busy with it. */
const abandonedFor = 10;

/** Makes the guard of one store. */
export function createGuard(store: SessionStore, limits: GuardLimits, runtime: Runtime, emit: Emit): Guard {
  const { timeLimit, pendingLimit } = limits;
  let pending = 0;

  const fail = (operation: string, error: unknown): never => {
    const failure = asStoreError(store.name, operation, error);
    emit({ type: "store-failure", store: store.name, operation, code: failure.code });
    throw failure;
  };

  function call<T>(operation: string, invoke: () => Maybe<T>): Maybe<T> {
    try {
      if (pending >= pendingLimit) throw new Busy(`${pendingLimit} calls are under way`);
      const answer = invoke();
      if (!isPromise(answer)) return answer;
      return withinLimit(answer).catch((error) => fail(operation, error));
    } catch (error) {
      return fail(operation, error);
    }
  }

  function withinLimit<T>(answer: PromiseLike<T>): Promise<T> {
    pending += 1;
    let isCounted = true;
    const settled = () => {
      if (isCounted) pending -= 1;
      isCounted = false;
    };
    return new Promise((resolve, reject) => {
      const cancel = runtime.after(timeLimit, () => {
        reject(new NoAnswer(`no answer within ${timeLimit} ms`));
        runtime.background(timeLimit * (abandonedFor - 1), settled);
      });
      answer.then(
        (value) => {
          cancel();
          settled();
          resolve(value);
        },
        (error) => {
          cancel();
          settled();
          reject(error);
        },
      );
    });
  }

  const twice =
    (isWorthIt: (cause: unknown, took: number) => boolean) =>
    <T>(operation: string, invoke: () => Maybe<T>): Maybe<T> => {
      const begun = runtime.now();
      const again = (error: unknown): Maybe<T> => {
        if (!isSessionError(error, "STORE_UNAVAILABLE")) throw error;
        if (!isWorthIt(error.cause, runtime.now() - begun)) throw error;
        return pause(runtime, retryPause * (1 + runtime.jitter())).then(() => call(operation, invoke));
      };
      try {
        const answer = call(operation, invoke);
        return isPromise(answer) ? answer.then(undefined, again) : answer;
      } catch (error) {
        return again(error);
      }
    };

  return {
    call,
    // Some stores have a time limit of their own: whoever gave up has waited long enough.
    read: twice((cause, took) => !(cause instanceof Busy || cause instanceof NoAnswer) && took < timeLimit / 2),
    repeat: twice((cause) => !(cause instanceof Busy)),
  };
}

/** The store was not asked: too much is under way. */
class Busy extends Error {}

function asStoreError(store: string, operation: string, error: unknown): SessionStoreError {
  if (isSessionError(error)) return error as SessionStoreError;
  return new SessionStoreError("STORE_UNAVAILABLE", `The ${store} store failed to ${operation}.`, {
    hint: "Nobody is signed out by it, and what was asked for may have been done: answer with a 503 and try again.",
    cause: error,
  });
}
