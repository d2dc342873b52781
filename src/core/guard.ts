import { isSessionError, SessionStoreError } from "../errors.ts";
import { isPromise, type Maybe } from "../maybe.ts";
import type { Runtime } from "../runtime.ts";
import type { SessionStore } from "../store/port.ts";
import type { Emit } from "./events.ts";

/** Calls a store so that every call ends: with its answer, or within the time limit with a {@link SessionStoreError}. */
export interface Guard {
  /** Makes one call. */
  call<T>(operation: string, invoke: () => Maybe<T>): Maybe<T>;
  /** Makes a call that may be repeated without harm, a second time when the first one failed or was not answered. */
  repeat<T>(operation: string, invoke: () => Maybe<T>): Maybe<T>;
}

/** Makes the guard of one store. */
export function createGuard(store: SessionStore, timeLimit: number, runtime: Runtime, emit: Emit): Guard {
  const fail = (operation: string, error: unknown): never => {
    const failure = asStoreError(store.name, operation, error);
    emit({ type: "store-failure", store: store.name, operation, code: failure.code });
    throw failure;
  };
  const call = <T>(operation: string, invoke: () => Maybe<T>): Maybe<T> => {
    try {
      const answer = invoke();
      if (!isPromise(answer)) return answer;
      return withinLimit(answer, timeLimit, runtime).catch((error) => fail(operation, error));
    } catch (error) {
      return fail(operation, error);
    }
  };
  const repeat = <T>(operation: string, invoke: () => Maybe<T>): Maybe<T> => {
    const again = (error: unknown): Maybe<T> => {
      if (isSessionError(error, "STORE_UNAVAILABLE")) return call(operation, invoke);
      throw error;
    };
    try {
      const answer = call(operation, invoke);
      return isPromise(answer) ? answer.then(undefined, again) : answer;
    } catch (error) {
      return again(error);
    }
  };
  return { call, repeat };
}

function withinLimit<T>(answer: PromiseLike<T>, timeLimit: number, runtime: Runtime): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = runtime.after(timeLimit, () => reject(new Error(`no answer within ${timeLimit} ms`)));
    answer.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error) => {
        cancel();
        reject(error);
      },
    );
  });
}

function asStoreError(store: string, operation: string, error: unknown): SessionStoreError {
  if (isSessionError(error)) return error as SessionStoreError;
  return new SessionStoreError("STORE_UNAVAILABLE", `The ${store} store failed to ${operation}.`, {
    hint: "Nobody is signed out by it, and what was asked for may have been done: answer with a 503 and try again.",
    cause: error,
  });
}
