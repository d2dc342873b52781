import { isPromise, type Maybe } from "../maybe.ts";
import { pause } from "../runtime.ts";
import { isBusy, storeError } from "./sqlite-errors.ts";
import type { SqliteSettings } from "./sqlite-options.ts";

type Patience = Pick<SqliteSettings, "name" | "runtime" | "timeLimitMs">;

const longestPauseMs = 50;

/**
 * Takes a synchronous step: at once where it can be, and in later turns where another connection holds the lock, until
 * the time limit. `task` says in an error what could not be done.
 */
export function attempt<T>(patience: Patience, task: string, step: () => T): Maybe<T> {
  try {
    return step();
  } catch (error) {
    if (isBusy(error)) return insist(patience, task, step);
    throw storeError(patience.name, task, error);
  }
}

// The pauses grow and are spread by chance, so that many who wait do not all come back at once.
async function insist<T>({ name, runtime, timeLimitMs }: Patience, task: string, step: () => T): Promise<T> {
  const end = runtime.now() + timeLimitMs;
  for (let longest = 2; ; longest = Math.min(2 * longest, longestPauseMs)) {
    await pause(runtime, 1 + longest * runtime.jitter());
    try {
      return step();
    } catch (error) {
      if (!isBusy(error) || runtime.now() >= end) throw storeError(name, task, error);
    }
  }
}

/** Runs something that may fail at once or later, and hands either failure to `failed`. */
export function guarded<T>(start: () => Maybe<T>, failed: (error: unknown) => never): Maybe<T> {
  try {
    const started = start();
    return isPromise(started) ? started.then(undefined, failed) : started;
  } catch (error) {
    return failed(error);
  }
}
