import { type Duration, toMilliseconds } from "../duration.ts";
import type { Runtime } from "../runtime.ts";

/** Where a fake runtime begins. */
export interface FakeRuntimeOptions {
  /** The first instant, in epoch milliseconds (default: the first of January 2026, UTC). */
  readonly now?: number;
  /** Decides every random value; the same seed gives the same values (default 1). */
  readonly seed?: number;
}

/** A runtime whose time stands still until the test moves it. */
export interface FakeRuntime extends Runtime {
  /**
   * Moves time forward and runs the tasks that come due on the way, each at its own instant, in the order of their
   * instants. With 0 it runs what is due now.
   */
  advance(by: Duration): void;
  /** Runs what is due now and lets promises go on, until nothing more happens without time or input and output. */
  settle(): Promise<void>;
  /** How many tasks wait for their instant. */
  waiting(): number;
}

interface Timer {
  readonly due: number;
  readonly task: () => void;
}

/**
 * Makes a runtime for tests: a clock that the test moves, timers that fire when it does, and chance from a seed.
 *
 * Its random bytes are predictable: never use it outside tests.
 *
 * @returns A runtime to pass as `runtime`, with `advance`, `settle` and `waiting` beside.
 *
 * @example
 * const runtime = fakeRuntime();
 * const sessions = createSessions({ store, runtime });
 * const { token } = await sessions.create({ userId: "u1" });
 * runtime.advance("7d");
 * expect(await sessions.validate(token)).toBeNull();
 */
export function fakeRuntime({ now = Date.UTC(2026, 0, 1), seed = 1 }: FakeRuntimeOptions = {}): FakeRuntime {
  let instant = now;
  let timers: readonly Timer[] = [];
  // Two streams, so that one more retry changes no token.
  const [bytes, jitter] = [generator(seed), generator(~seed)];

  function after(ms: number, task: () => void): () => void {
    const timer = { due: instant + Math.max(0, ms), task };
    timers = [...timers, timer].sort((left, right) => left.due - right.due);
    return () => drop(timer);
  }

  function drop(timer: Timer): void {
    timers = timers.filter((each) => each !== timer);
  }

  function advance(by: Duration): void {
    const end = instant + toMilliseconds(by, "by");
    for (let timer = timers[0]; timer && timer.due <= end; timer = timers[0]) {
      drop(timer);
      instant = Math.max(instant, timer.due);
      timer.task();
    }
    instant = end;
  }

  async function settle(): Promise<void> {
    do {
      advance(0);
      for (let turn = 0; turn < 100; turn++) await Promise.resolve();
    } while (timers[0] && timers[0].due <= instant);
  }

  return {
    now: () => instant,
    randomBytes: (size) => Uint8Array.from({ length: size }, () => Math.floor(bytes() * 256)),
    jitter,
    after,
    background: after,
    advance,
    settle,
    waiting: () => timers.length,
  };
}

/** The generator mulberry32 by Tommy Ettinger: numbers in [0, 1) that depend on the seed only. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
