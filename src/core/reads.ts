import { isPromise, type Maybe } from "../maybe.ts";
import type { Runtime } from "../runtime.ts";
import type { SessionStore } from "../store/port.ts";
import type { CorruptRecord, SessionRecord } from "../store/record.ts";
import type { Guard } from "./guard.ts";

type Found = SessionRecord | CorruptRecord | null;

/** Reads records, many waiting readers in one store call. */
export type FindRecord = (id: string) => Maybe<Found>;

interface Waiting {
  readonly promise: Promise<Found>;
  resolve(found: Found): void;
  reject(error: unknown): void;
}

const largestBatch = 100;

/**
 * Makes the reader of one store. A read goes out at once while no other is under way; those that come meanwhile leave
 * together, each id once, when it is back. A read never joins a call that was sent before it: what was acknowledged
 * before a read began is always seen by it.
 */
export function createReads(store: SessionStore, guard: Guard, runtime: Runtime): FindRecord {
  let underWay = false;
  let waiting = new Map<string, Waiting>();

  function send(ids: readonly string[]): Maybe<readonly Found[]> {
    const answer = guard.call("find", () => store.find(ids, runtime.now()));
    if (!isPromise(answer)) return answer;
    underWay = true;
    return Promise.resolve(answer).finally(sendWaiting);
  }

  function sendWaiting(): void {
    underWay = false;
    if (waiting.size === 0) return;
    const batch = takeBatch();
    const ids = [...batch.keys()];
    try {
      const answer = send(ids);
      if (!isPromise(answer)) settle(batch, answer);
      else
        answer.then(
          (found) => settle(batch, found),
          (error) => fail(batch, error),
        );
    } catch (error) {
      fail(batch, error);
    }
  }

  function takeBatch(): Map<string, Waiting> {
    const entries = [...waiting];
    waiting = new Map(entries.slice(largestBatch));
    return new Map(entries.slice(0, largestBatch));
  }

  return (id) => {
    if (underWay) return joinWaiting(waiting, id);
    const answer = send([id]);
    return isPromise(answer) ? answer.then((found) => found[0] ?? null) : (answer[0] ?? null);
  };
}

function joinWaiting(waiting: Map<string, Waiting>, id: string): Promise<Found> {
  const present = waiting.get(id);
  if (present) return present.promise;
  const { promise, resolve, reject } = newDeferred<Found>();
  waiting.set(id, { promise, resolve, reject });
  return promise;
}

function settle(batch: Map<string, Waiting>, found: readonly Found[]): void {
  let at = 0;
  for (const one of batch.values()) one.resolve(found[at++] ?? null);
}

function fail(batch: Map<string, Waiting>, error: unknown): void {
  for (const one of batch.values()) one.reject(error);
}

function newDeferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
