import type { SessionRecord, SessionStore } from "../../src/index.ts";

/** A store that leaves one `create` unanswered, and has it done later. */
export interface LateStore {
  readonly store: SessionStore;
  /** Leaves the next `create` of such a record without an answer. */
  loseNext(isIt?: (record: SessionRecord) => boolean): void;
  /** Whether there is one that has been lost. */
  hasLost(): boolean;
  /** The lost one arrives. */
  arrive(): Promise<unknown>;
}

/** Wraps a store so that a write may arrive long after its sender has given up on it, as over a network it may. */
export function lateStore(whole: SessionStore): LateStore {
  let isLost: ((record: SessionRecord) => boolean) | null = null;
  let arrive: (() => Promise<unknown>) | null = null;
  const store: SessionStore = {
    ...whole,
    create(record) {
      if (!isLost?.(record)) return whole.create(record);
      isLost = null;
      arrive = async () => whole.create(record);
      return new Promise(() => undefined);
    },
  };
  return {
    store,
    loseNext(isIt = () => true) {
      isLost = isIt;
    },
    hasLost: () => arrive !== null,
    arrive: () => arrive?.() ?? Promise.reject(new Error("nothing was lost")),
  };
}
