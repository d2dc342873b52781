/** A value that components can watch. */
export interface Cell<Value> {
  get(): Value;
  set(value: Value): void;
  /** Calls `listener` after each change, until the answered function is called. */
  subscribe(listener: () => void): () => void;
  /** How many watch. */
  watchers(): number;
}

export function createCell<Value>(value: Value): Cell<Value> {
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      value = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      // A subscription of its own, although two may be the same function.
      const own = () => listener();
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    watchers: () => listeners.size,
  };
}
