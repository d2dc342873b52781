/**
 * Lets the operations of one request take turns: any number of data changes at once, but a change of identity (the first
 * write, sign-in, rotation, the end) alone.
 */
export class Turns {
  readonly #running = new Set<Promise<unknown>>();
  #alone: Promise<unknown> | null = null;

  /** Runs a task beside others of its kind, after any that runs alone. */
  async together<Result>(task: () => Promise<Result>): Promise<Result> {
    while (this.#alone) await quietly(this.#alone);
    const run = task();
    this.#running.add(run);
    try {
      return await run;
    } finally {
      this.#running.delete(run);
    }
  }

  /** Runs a task when everything that began before it is done; whatever comes meanwhile waits for it. */
  async alone<Result>(task: () => Promise<Result>): Promise<Result> {
    while (this.#alone) await quietly(this.#alone);
    const run = quietly(Promise.allSettled(this.#running)).then(task);
    this.#alone = run;
    try {
      return await run;
    } finally {
      this.#alone = null;
    }
  }
}

// Whoever started the other task hears how it went; here only its end matters.
const quietly = (promise: Promise<unknown>): Promise<unknown> => promise.then(nothing, nothing);
const nothing = () => undefined;
