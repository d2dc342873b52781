import { createKeptRecords } from "../core/kept-records.ts";
import type { TokenContext } from "../core/token-issuer.ts";
import { SessionStoreError } from "../errors.ts";

/** Since when the access tokens of a user count. */
export interface Epochs {
  /** In epoch milliseconds; 0 where nothing has ended them. */
  of(userId: string): Promise<number>;
  /** Moves it to this instant. */
  raise(userId: string): Promise<void>;
}

/** How much longer it is kept than an access token lives: clocks differ, and the option may have been longer before. */
const spare = 86_400_000;

const mostAttempts = 20;

/** Keeps the epochs in the session store; `longest` is how long an access token lives, in milliseconds. */
export function createEpochs(context: TokenContext, longest: number): Epochs {
  const { runtime } = context;
  const records = createKeptRecords(context, "token epoch");
  return {
    async of(userId) {
      const kept = await records.find(userId);
      return kept ? instantIn(kept.text) : 0;
    },
    async raise(userId) {
      for (let attempt = 1; attempt <= mostAttempts; attempt++) {
        const kept = await records.find(userId);
        const now = runtime.now();
        const until = now + longest + spare;
        // One more: what was issued in this very millisecond is before it too.
        const text = String(Math.max(now + 1, kept ? instantIn(kept.text) : 0));
        const stored = kept ? await records.change(kept, text, until) : await records.create(userId, text, until);
        if (stored) return;
      }
      throw new SessionStoreError("STORE_CONFLICT", "The epoch of a user's tokens was changed at every attempt.", {
        hint: "Sessions were ended; access tokens may live until they expire. Try again.",
      });
    },
  };
}

function instantIn(text: string): number {
  const instant = Number(text);
  return Number.isSafeInteger(instant) ? instant : 0;
}
