/**
 * Time and chance: the only clock, the only randomness and the only timers of the package.
 *
 * Tests pass their own (see `fakeRuntime` in `coatcheck/testing`); applications never need to.
 */
export interface Runtime {
  /** The present instant in epoch milliseconds. */
  now(): number;
  /** Fresh bytes from a cryptographically secure generator. */
  randomBytes(size: number): Uint8Array;
  /** A number in [0, 1) to spread retries with. Never used for secrets. */
  jitter(): number;
  /** Runs `task` once after `ms` milliseconds; returns a function that cancels it. */
  after(ms: number, task: () => void): () => void;
  /** The same for housekeeping: the process may end before it runs. */
  background(ms: number, task: () => void): () => void;
}

/** The runtime of the machine we are on. */
export const systemRuntime: Runtime = {
  now: () => Date.now(),
  randomBytes: (size) => crypto.getRandomValues(new Uint8Array(size)),
  jitter: () => Math.random(),
  after(ms, task) {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
  background(ms, task) {
    const timer = setTimeout(task, ms) as unknown as { unref?(): void };
    timer.unref?.();
    return () => clearTimeout(timer as never);
  },
};

/** Resolves after `ms` milliseconds. */
export function pause(runtime: Runtime, ms: number): Promise<void> {
  return new Promise((resolve) => {
    runtime.after(ms, resolve);
  });
}

/** The instant as a `Date`. */
export function dateOf(instant: number): Date {
  return new Date(instant);
}
