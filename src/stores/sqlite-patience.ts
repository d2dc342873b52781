import { isPromise, type Maybe } from "../maybe.ts";
import { pause } from "../runtime.ts";
import { isBusy, storeError } from "./sqlite-errors.ts";
import type { SqliteSettings } from "./sqlite-options.ts";

type Patience = Pick<SqliteSettings, "name" | "runtime" | "timeLimitMs">;

/** Takes a synchronous step. `task` says in an error what could not be done. */
export type Taking = <T>(task: string, step: () => T) => Maybe<T>;

const longestPauseMs = 10;

/**
 * Takes a synchronous step: at once where it can be, and in later turns where another connection holds the lock, until
 * the time limit.
 */
export function attempt<T>(patience: Patience, task: string, step: () => T): Maybe<T> {
  try {
    return step();
  } catch (error) {
    if (isBusy(error)) return insist(patience, task, step, endOf(patience));
    throw storeError(patience.name, task, error);
  }
}

/**
 * Takes steps as {@link attempt} does, but one after another once one has to wait: only the first in the line asks for the
 * lock again, and none that comes later goes before it.
 */
export function createLine(patience: Patience): Taking {
  let last: Promise<unknown> | null = null;

  return (task, step) => {
    const before = last;
    const end = endOf(patience);
    const taken = before ? before.then(() => insist(patience, task, step, end)) : attempt(patience, task, step);
    if (isPromise(taken)) last = lined(taken);
    return taken;
  };

  function lined(taken: PromiseLike<unknown>): Promise<unknown> {
    const leave = () => {
      if (last === mine) last = null;
    };
    const mine = Promise.resolve(taken).then(leave, leave);
    return mine;
  }
}

function endOf({ runtime, timeLimitMs }: Patience): number {
  return runtime.now() + timeLimitMs;
}

// Each pause lets the visitors of this process in, and other processes to the lock. They grow and are spread by chance, so
// that those who wait do not all come back at once.
async function insist<T>({ name, runtime }: Patience, task: string, step: () => T, end: number): Promise<T> {
  for (let longest = 1; ; longest = Math.min(2 * longest, longestPauseMs)) {
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
