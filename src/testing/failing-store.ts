import { SessionStoreError } from "../errors.ts";
import { chain, isPromise, type Maybe } from "../maybe.ts";
import type { SessionStore } from "../store/port.ts";
import { aroundStore, type StoreCall } from "./around-store.ts";

/**
 * How a call fails.
 *
 * - `"refuse"`: it throws, and nothing was done.
 * - `"hang"`: nothing is done, and no answer ever comes.
 * - `"lose"`: it is done, but throws: the answer was lost on its way.
 * - `"delay"`: it is done, and the answer comes when the store is healed.
 */
export type StoreFault = "refuse" | "hang" | "lose" | "delay";

/** How long a fault lasts and what it throws. */
export interface FaultOptions {
  /** How many calls fail (default: all of them, until `heal`). */
  readonly times?: number;
  /** What is thrown (default: a `SessionStoreError` with the code `STORE_UNAVAILABLE`). */
  readonly error?: unknown;
}

/** A store that fails when the test says so. */
export interface FailingStore extends SessionStore {
  /** From now on, calls of this method fail. A new fault takes the place of the one before. */
  fail(call: StoreCall, fault: StoreFault, options?: FaultOptions): void;
  /** Ends the faults of one method or of all, and sends the answers that were delayed. */
  heal(call?: StoreCall): void;
}

interface Fault {
  readonly kind: StoreFault;
  readonly error: unknown;
  left: number;
}

/**
 * Wraps a store so that a test can make each of its methods fail.
 *
 * A call of a method without a fault goes on at once, and what the store answers at once stays so.
 *
 * @returns The same store with `fail` and `heal` beside its methods.
 *
 * @example
 * const store = failingStore(memoryStore());
 * store.fail("update", "lose", { times: 1 });
 * await session.rotate(); // done by the first try, confirmed by the second
 */
export function failingStore(store: SessionStore): FailingStore {
  const faults = new Map<StoreCall, Fault>();
  const delayed = new Map<StoreCall, (() => void)[]>();

  function around<T>(call: StoreCall, proceed: () => Maybe<T>): Maybe<T> {
    const fault = takeOne(faults, call);
    if (!fault) return proceed();
    if (fault.kind === "hang") return new Promise<never>(() => undefined);
    if (fault.kind === "refuse") throw fault.error;
    const answer = proceed();
    return fault.kind === "lose" ? chain(answer, () => lost(fault)) : late(call, answer);
  }

  function late<T>(call: StoreCall, answer: Maybe<T>): Promise<T> {
    // Nobody looks at the answer before `heal`; a rejection must not count as unhandled until then.
    if (isPromise(answer)) answer.then(undefined, () => undefined);
    return new Promise((resolve) => {
      delayed.set(call, [...(delayed.get(call) ?? []), () => resolve(answer)]);
    });
  }

  function fail(call: StoreCall, kind: StoreFault, options: FaultOptions = {}): void {
    const { times = Number.POSITIVE_INFINITY, error = unavailable(store.name) } = options;
    faults.set(call, { kind, error, left: times });
  }

  function heal(call?: StoreCall): void {
    for (const each of call ? [call] : [...faults.keys(), ...delayed.keys()]) {
      faults.delete(each);
      for (const send of delayed.get(each) ?? []) send();
      delayed.delete(each);
    }
  }

  return { ...aroundStore(store, around), fail, heal };
}

/** The fault that this call meets, if any is left for it. */
function takeOne(faults: Map<StoreCall, Fault>, call: StoreCall): Fault | undefined {
  const fault = faults.get(call);
  if (!fault || fault.left <= 0) return undefined;
  fault.left -= 1;
  return fault;
}

function lost({ error }: Fault): never {
  throw error;
}

function unavailable(name: string): SessionStoreError {
  return new SessionStoreError("STORE_UNAVAILABLE", `The store "${name}" was told to fail by a test.`);
}
