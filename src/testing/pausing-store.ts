import type { Maybe } from "../maybe.ts";
import type { SessionStore } from "../store/port.ts";
import { aroundStore, type StoreCall } from "./around-store.ts";

/** Where a call is held. */
export interface HoldOptions {
  /**
   * `"start"`: before the store knows of the call. `"answer"`: the store has done it, and the answer is held, as when a
   * read is overtaken by a write (default: `"start"`).
   */
  readonly at?: "start" | "answer";
}

/** A store whose calls the test holds and lets go. */
export interface PausingStore extends SessionStore {
  /** From now on, holds the calls of this method. */
  hold(call: StoreCall, options?: HoldOptions): void;
  /** Lets go what is held and holds no more, for one method or for all. */
  release(call?: StoreCall): void;
  /** Lets the call go that has been held longest, and goes on holding. Nothing held: nothing happens. */
  releaseOne(call: StoreCall): void;
  /** How many calls of this method are held now. */
  held(call: StoreCall): number;
  /** Resolves as soon as `count` calls of this method are held at once (default 1). */
  untilHeld(call: StoreCall, count?: number): Promise<void>;
}

interface Gate {
  readonly at: "start" | "answer";
  readonly queue: (() => void)[];
}

/**
 * Wraps a store so that a test can hold its calls and let them go, which forces the order of a race without sleeping.
 *
 * A call of a method that is not held goes on at once, and what the store answers at once stays so.
 *
 * @returns The same store with `hold`, `release`, `releaseOne`, `held` and `untilHeld` beside its methods.
 *
 * @example
 * const store = pausingStore(memoryStore());
 * store.hold("update");
 * const writing = session.set({ step: 2 });
 * await store.untilHeld("update");
 * await otherRequest.destroy();
 * store.release();
 * await expect(writing).rejects.toMatchObject({ code: "SESSION_DESTROYED" });
 */
export function pausingStore(store: SessionStore): PausingStore {
  const gates = new Map<StoreCall, Gate>();
  let watchers: (() => boolean)[] = [];

  const held = (call: StoreCall) => gates.get(call)?.queue.length ?? 0;

  function wait(gate: Gate): Promise<void> {
    return new Promise((resolve) => {
      gate.queue.push(resolve);
      watchers = watchers.filter((isDone) => !isDone());
    });
  }

  function around<T>(call: StoreCall, proceed: () => Maybe<T>): Maybe<T> {
    const gate = gates.get(call);
    if (!gate) return proceed();
    if (gate.at === "start") return wait(gate).then(proceed);
    const answer = proceed();
    return wait(gate).then(() => answer);
  }

  function hold(call: StoreCall, { at = "start" }: HoldOptions = {}): void {
    gates.set(call, { at, queue: gates.get(call)?.queue ?? [] });
  }

  function release(call?: StoreCall): void {
    for (const each of call ? [call] : [...gates.keys()]) {
      const gate = gates.get(each);
      gates.delete(each);
      for (const go of gate?.queue ?? []) go();
    }
  }

  function untilHeld(call: StoreCall, count = 1): Promise<void> {
    if (held(call) >= count) return Promise.resolve();
    return new Promise((resolve) => {
      watchers.push(() => {
        const isDone = held(call) >= count;
        if (isDone) resolve();
        return isDone;
      });
    });
  }

  const releaseOne = (call: StoreCall) => gates.get(call)?.queue.shift()?.();
  return { ...aroundStore(store, around), hold, release, releaseOne, held, untilHeld };
}
