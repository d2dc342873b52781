import type { BusListener, SessionBus } from "../../src/store/bus.ts";

/** A bus between the caches of a test. */
export interface LocalBus extends SessionBus {
  /** Every message so far, delivered or not. */
  readonly messages: (readonly string[])[];
  /** How many listen now. */
  listening(): number;
  /** From now on no message arrives, nobody can begin to listen, and publishing fails if so told. */
  goDown(options?: { readonly refuses?: boolean }): void;
  /** Works again; whoever listened all the time is told that messages may have been missed. */
  comeBack(): void;
}

/** Makes a bus that delivers at once. */
export function localBus(): LocalBus {
  const listeners = new Set<BusListener>();
  const messages: (readonly string[])[] = [];
  let state: "up" | "silent" | "refusing" = "up";
  return {
    messages,
    listening: () => listeners.size,
    publish(ids) {
      messages.push([...ids]);
      if (state === "refusing") throw new Error("the bus is down");
      if (state === "up") for (const { onIds } of listeners) onIds(ids);
    },
    async subscribe(listener) {
      if (state !== "up") throw new Error("the bus is down");
      listeners.add(listener);
      return async () => void listeners.delete(listener);
    },
    goDown({ refuses = false } = {}) {
      state = refuses ? "refusing" : "silent";
    },
    comeBack() {
      state = "up";
      for (const { onGap } of listeners) onGap();
    },
  };
}
