/** What a browser needs of the runtime. */
export interface Clock {
  /** The present instant in epoch milliseconds. */
  now(): number;
  /** Runs `task` once after `ms` milliseconds; returns a function that cancels it. */
  after(ms: number, task: () => void): () => void;
}

/**
 * Time and chance: the only clock, the only randomness and the only timers of the package.
 *
 * Tests pass their own (see `fakeRuntime` in `coatcheck/testing`); applications never need to.
 */
export interface Runtime extends Clock {
  /** Fresh bytes from a cryptographically secure generator. */
  randomBytes(size: number): Uint8Array;
  /** A number in [0, 1) to spread retries with. Never used for secrets. */
  jitter(): number;
  /** The same, unless the process ends before. */
  background(ms: number, task: () => void): () => void;
}

const now = () => Date.now();

function after(ms: number, task: () => void): () => void {
  const timer = setTimeout(task, ms);
  return () => clearTimeout(timer);
}

/** The clock of the machine we are on. By itself, so that a browser loads no more of the runtime. */
export const systemClock: Clock = { now, after };

/** The runtime of the machine we are on. */
export const systemRuntime: Runtime = {
  now,
  randomBytes: (size) => crypto.getRandomValues(new Uint8Array(size)),
  jitter: () => Math.random(),
  after,
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
