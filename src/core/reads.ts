import { SessionStoreError } from "../errors.ts";
import { chain, isPromise, type Maybe } from "../maybe.ts";
import type { Runtime } from "../runtime.ts";
import type { SessionStore } from "../store/port.ts";
import type { CorruptRecord, SessionRecord } from "../store/record.ts";
import type { Emit } from "./events.ts";
import type { Guard } from "./guard.ts";

type Found = SessionRecord | CorruptRecord | null;

/** Reads records, many waiting readers in one store call. Never from a copy. */
export type FindRecord = (id: string, now?: number) => Maybe<Found>;

/** Looks for a copy of a record in this process. */
export type CopyOf = (id: string, now: number) => SessionRecord | null;

interface Waiting {
  readonly promise: Promise<Found>;
  resolve(found: Found): void;
  reject(error: unknown): void;
}

const largestBatch = 100;

/** How long (in milliseconds) a read waits for the one before it: a call that hangs must not hold up everybody else's. */
const patience = 100;

/**
 * For how many microtask turns an answered call still counts as under way. Readers who were just answered and read again
 * at once do so within these turns; without them the next call would leave with the few who had waited, and the others
 * would have to wait for it. It takes a few microseconds, and nobody waits for input or output.
 */
const regathering = 32;

/**
 * Makes the reader of one store. A read goes out at once while no other is under way; those that come meanwhile leave
 * together, each id once, when it is back. A read never joins a call that was sent before it: what was acknowledged
 * before a read began is always seen by it.
 */
export function createReads(store: SessionStore, guard: Guard, runtime: Runtime): FindRecord {
  /** The newest call under way; the ones before it that hang are waited for no more. */
  let newest: object | null = null;
  let waiting = new Map<string, Waiting>();
  let disarm = () => {};

  function send(ids: readonly string[], now?: number): Maybe<readonly Found[]> {
    let first = now;
    const answer = guard.read("find", () => {
      const instant = first ?? runtime.now();
      first = undefined; // a second try is made at an instant of its own
      return chain(store.find(ids, instant), (found) => requireAll(store, ids, found));
    });
    if (!isPromise(answer)) return answer;
    const call = {};
    newest = call;
    const done = () => {
      // One reader alone gathers nobody, and its next read need not wait.
      if (ids.length === 1 && waiting.size === 0 && newest === call) newest = null;
      else void regather(call);
    };
    answer.then(done, done);
    return answer;
  }

  async function regather(call: object): Promise<void> {
    for (let turn = 0; turn < regathering && waiting.size < largestBatch; turn++) await null;
    if (newest === call) sendWaiting();
  }

  function sendWaiting(): void {
    newest = null;
    while (waiting.size > 0 && newest === null) sendBatch(takeBatch());
  }

  function sendAllWaiting(): void {
    while (waiting.size > 0) sendBatch(takeBatch());
  }

  function sendBatch(batch: Map<string, Waiting>): void {
    try {
      const answer = send([...batch.keys()]);
      if (!isPromise(answer)) settle(batch, answer);
      else answer.then((found) => settle(batch, found)).then(undefined, (error) => fail(batch, error));
    } catch (error) {
      fail(batch, error);
    }
  }

  function takeBatch(): Map<string, Waiting> {
    const batch = waiting;
    waiting = new Map();
    for (const [id, one] of batch.size > largestBatch ? [...batch].slice(largestBatch) : []) {
      batch.delete(id);
      waiting.set(id, one);
    }
    disarm();
    if (waiting.size > 0) arm();
    return batch;
  }

  function arm(): void {
    disarm = runtime.after(patience, sendAllWaiting);
  }

  return (id, now) => {
    if (newest) {
      if (waiting.size === 0) arm();
      return joinWaiting(waiting, id);
    }
    const answer = send([id], now);
    return isPromise(answer) ? answer.then((found) => found[0] ?? null) : (answer[0] ?? null);
  };
}

/** Makes the look at a store's copies, if it keeps any. A cache that fails has none: the store is asked. */
export function createCopyOf({ name, copyOf }: SessionStore, emit: Emit): CopyOf | null {
  if (!copyOf) return null;
  return (id, now) => {
    try {
      return copyOf(id, now);
    } catch {
      emit({ type: "store-failure", store: name, operation: "look at a copy", code: "STORE_UNAVAILABLE" });
      return null;
    }
  };
}

// What is missing from an answer would pass for a session that has ended.
function requireAll({ name }: SessionStore, ids: readonly string[], found: readonly Found[]): readonly Found[] {
  if (Array.isArray(found) && found.length === ids.length) return found;
  throw new SessionStoreError("STORE_UNAVAILABLE", `The ${name} store did not answer one record for each id.`, {
    hint: "Hold it against storeConformance of coatcheck/testing.",
  });
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
