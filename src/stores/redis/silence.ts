import type { Runtime } from "../../runtime.ts";

/** Counts something that was sent until it is answered, one way or another. */
export type Hear = <T>(answer: Promise<T>) => Promise<T>;

/** What it takes to notice a silent connection. */
export interface Lookout {
  readonly runtime: Pick<Runtime, "now" | "background">;
  readonly timeLimitMs: number;
}

/**
 * Listens for a connection that is dead without a sign: something waits for an answer, and for the time limit nothing at all
 * has been answered. `onSilence` is called whenever that is so.
 */
export function listen({ runtime, timeLimitMs }: Lookout, onSilence: () => void): Hear {
  let waiting = 0;
  let since = 0;
  let isWatching = false;

  function answered(): void {
    waiting -= 1;
    since = runtime.now();
  }

  // One timer for any number of calls: it looks again as long as something waits.
  function watch(): void {
    isWatching = true;
    runtime.background(Math.max(1, since + timeLimitMs - runtime.now()), () => {
      isWatching = false;
      if (waiting === 0) return;
      if (runtime.now() - since >= timeLimitMs) {
        since = runtime.now();
        onSilence();
      }
      watch();
    });
  }

  return (answer) => {
    if (waiting === 0) since = runtime.now();
    waiting += 1;
    if (!isWatching) watch();
    answer.then(answered, answered);
    return answer;
  };
}
