import type { Runtime } from "../runtime.ts";

/**
 * Listens for a connection that is dead without a sign: something waits for an answer, and for the time limit nothing at all
 * has been answered.
 */
export interface Silence {
  /** Whether the connection has been silent for too long. */
  isTooLong(): boolean;
  /** Counts what is sent until it is answered, one way or another. */
  hear<T>(answer: Promise<T>): Promise<T>;
}

/** Begins to listen. */
export function createSilence(runtime: Pick<Runtime, "now">, timeLimitMs: number): Silence {
  let waiting = 0;
  let since = 0;

  function answered(): void {
    waiting -= 1;
    since = runtime.now();
  }

  return {
    isTooLong: () => waiting > 0 && runtime.now() - since >= timeLimitMs,
    hear(answer) {
      if (waiting === 0) since = runtime.now();
      waiting += 1;
      answer.then(answered, answered);
      return answer;
    },
  };
}
