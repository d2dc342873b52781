import { isPromise, type Maybe } from "../../maybe.ts";
import { pause } from "../../runtime.ts";
import { isBusy, storeError } from "./errors.ts";
import type { SqliteSettings } from "./options.ts";

/** What a store knows about waiting. */
export type Patience = Pick<SqliteSettings, "name" | "runtime" | "timeLimitMs">;

const longestPauseMs = 4;

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

async function insist<T>(patience: Patience, task: string, step: () => T): Promise<T> {
  const end = endOf(patience);
  for (let tries = 1; ; tries++) {
    await pauseBeforeTry(patience, tries);
    try {
      return step();
    } catch (error) {
      if (!isBusy(error) || patience.runtime.now() >= end) throw storeError(patience.name, task, error);
    }
  }
}

/** The instant at which a call that begins now is given up. */
export function endOf({ runtime, timeLimitMs }: Patience): number {
  return runtime.now() + timeLimitMs;
}

/**
 * Lets the visitors of this process in, and other processes to the lock. The pauses grow and are spread by chance, so that
 * those who wait do not all come back at once.
 */
export function pauseBeforeTry({ runtime }: Patience, tries: number): Promise<void> {
  return pause(runtime, 1 + Math.min(2 ** tries, longestPauseMs) * runtime.jitter());
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
