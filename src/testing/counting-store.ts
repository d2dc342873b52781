import type { SessionStore } from "../store/port.ts";
import { aroundStore, type StoreCall } from "./around-store.ts";

/** A store that counts how often it is called. */
export interface CountingStore extends SessionStore {
  /** How often each method was called since the start or the last `reset`. */
  readonly counts: Readonly<Record<StoreCall, number>>;
  /** How often any method was called. */
  total(): number;
  /** Starts again from zero. */
  reset(): void;
}

/**
 * Wraps a store and counts the calls of each method.
 *
 * Every call goes on at once, and what the store answers at once stays so. A call counts when it is made, whatever comes of
 * it; a `find` counts once for all its ids.
 *
 * @returns The same store with `counts`, `total` and `reset` beside its methods.
 *
 * @example
 * const store = countingStore(memoryStore());
 * await renderPage(store);
 * expect(store.counts.find).toBe(1);
 */
export function countingStore(store: SessionStore): CountingStore {
  const counts = noCalls();
  const counted = aroundStore(store, (call, proceed) => {
    counts[call] += 1;
    return proceed();
  });
  const total = () => Object.values(counts).reduce((sum, count) => sum + count, 0);
  return { ...counted, counts, total, reset: () => void Object.assign(counts, noCalls()) };
}

function noCalls(): Record<StoreCall, number> {
  const ofPort = { find: 0, create: 0, update: 0, destroy: 0, sweep: 0 };
  return { ...ofPort, "byUser.list": 0, "byUser.destroy": 0, "byUser.destroyOne": 0 };
}
