import type { Maybe } from "../../maybe.ts";
import { isBusy, storeError } from "./errors.ts";
import { endOf, type Patience, pauseBeforeTry } from "./patience.ts";

/** Takes a synchronous step that writes. `task` says in an error what could not be done. */
export type Write = <T>(task: string, step: () => T) => Maybe<T>;

interface Waiting {
  readonly task: string;
  readonly step: () => unknown;
  readonly end: number;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

const mostTogether = 32;
const contentionMs = 1_000;

/**
 * Takes the steps that write, on one connection: at once while none waits, in a line where another connection holds the
 * lock. One for all asks for the lock again, and those who wait then share a transaction: under contention the lock is
 * hard to get, and one turn of it serves many.
 *
 * @param transact Runs work in one transaction; inside of another it is a part of that.
 */
export function createLine(patience: Patience, transact: <T>(work: () => T) => T): Write {
  const { name, runtime } = patience;
  const line: Waiting[] = [];
  let contendedUntil = Number.NEGATIVE_INFINITY;

  function write<T>(task: string, step: () => T): Maybe<T> {
    if (line.length > 0 || runtime.now() < contendedUntil) return queue(task, step);
    try {
      return step();
    } catch (error) {
      if (isContended(error)) return queue(task, step);
      throw storeError(name, task, error);
    }
  }

  // Where several processes write without pause, the one that has the lock would take it again before any other comes
  // to ask for it, and they would wait in vain. So whoever has met the lock pauses before every write for a while.
  function isContended(error: unknown): boolean {
    if (!isBusy(error)) return false;
    contendedUntil = runtime.now() + contentionMs;
    return true;
  }

  function queue<T>(task: string, step: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      line.push({ task, step, end: endOf(patience), resolve, reject });
      if (line.length === 1) void serve();
    });
  }

  async function serve(): Promise<void> {
    for (let tries = 1; line.length > 0; tries++) {
      await pauseBeforeTry(patience, tries);
      const group = line.slice(0, mostTogether);
      if (takeTogether(group) || takeFirst(group)) tries = 0;
    }
  }

  function takeTogether(group: readonly Waiting[]): boolean {
    try {
      const results = transact(() => group.map(({ step }) => step()));
      line.splice(0, group.length);
      group.forEach(({ resolve }, at) => void resolve(results[at] as never));
      return true;
    } catch {
      return false;
    }
  }

  // Alone a step meets its own error only: the one of the group was that of another, or still the lock.
  function takeFirst([first]: readonly Waiting[]): boolean {
    if (!first) return false;
    try {
      first.resolve(first.step() as never);
    } catch (error) {
      if (isContended(error) && runtime.now() < first.end) return false;
      first.reject(storeError(name, first.task, error));
    }
    line.shift();
    return true;
  }

  return write;
}
