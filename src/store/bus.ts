import type { Maybe } from "../maybe.ts";

/** Tells other processes which sessions have changed. Delivery is best effort: whoever listens bounds what a lost message costs. */
export interface SessionBus {
  publish(ids: readonly string[]): Maybe<void>;
  /** Calls `onIds` with changed ids and `onGap` when messages may have been missed. Resolves, once it listens, to a function that stops it. */
  subscribe(listener: BusListener): Promise<() => Promise<void>>;
}

/** What a bus calls. */
export interface BusListener {
  onIds(ids: readonly string[]): void;
  onGap(): void;
}
