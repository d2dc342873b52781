import { type Duration, toMilliseconds } from "../duration.ts";
import { SessionConfigError } from "../errors.ts";
import type { Engine } from "./engine.ts";

/** When a background sweeper works, and how much at a time. */
export interface SweeperOptions {
  /** The mean time between two sweeps (default `"10m"`, at least a second, at most 16 days). */
  readonly every?: Duration;
  /** How many records one sweep deletes at most (default 1,000). */
  readonly limit?: number;
}

/** How many records one call of the store removes, so that each call is short. */
const sweptAtOnce = 100;

const shortestInterval = 1_000;

/** Half as long again must be less than what a timer can wait, 24 days: a longer one would fire at once, again and again. */
const longestInterval = 16 * 86_400_000;

/** How much sooner the next sweep comes when one has left expired records behind. */
const hurry = 10;

/** Deletes expired records in short steps, and reports how many. */
export async function sweep({ policy, guard, emit }: Engine, limit: number): Promise<number> {
  checkLimit(limit);
  const { store, runtime } = policy;
  let count = 0;
  while (count < limit) {
    const most = Math.min(limit - count, sweptAtOnce);
    const removed = (await guard.call("sweep", () => store.sweep?.(runtime.now(), most))) ?? 0;
    count += removed;
    if (removed < most) break;
  }
  emit({ type: "swept", count });
  return count;
}

/** Sweeps again and again until told to stop. Each sweep begins when the one before it has ended. */
export function startSweeper(engine: Engine, { every = "10m", limit = 1_000 }: SweeperOptions = {}): () => void {
  const interval = toMilliseconds(every, "every");
  if (interval < shortestInterval || interval > longestInterval) throw wrongInterval();
  checkLimit(limit);
  const { runtime } = engine.policy;
  let isStopped = false;
  let cancel = () => {};

  // The first sweep too: instances that were started together would otherwise all begin at once.
  function wait(mean: number): void {
    if (!isStopped) cancel = runtime.background(mean * (0.5 + runtime.jitter()), () => void work());
  }

  async function work(): Promise<void> {
    const count = await sweep(engine, limit).catch(() => 0); // the guard has reported it; the next sweep makes up for it
    wait(count < limit ? interval : interval / hurry);
  }

  wait(interval);
  return () => {
    isStopped = true;
    cancel();
  };
}

function checkLimit(limit: number): void {
  if (Number.isSafeInteger(limit) && limit > 0) return;
  throw new SessionConfigError("CONFIG_INVALID", "The limit of a sweep is not a whole number above 0.", {
    hint: 'Leave "limit" out: 1,000 is right for most applications.',
  });
}

function wrongInterval(): SessionConfigError {
  return new SessionConfigError(
    "CONFIG_INVALID",
    "The sweeper's interval is shorter than a second or longer than 16 days.",
    {
      hint: 'Leave "every" out: every ten minutes is right for most applications.',
    },
  );
}
