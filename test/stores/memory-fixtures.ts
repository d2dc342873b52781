import type { Runtime } from "../../src/runtime.ts";
import type { SessionRecord } from "../../src/store/record.ts";

export const start = 1_800_000_000_000;
export const day = 86_400_000;

let made = 0;

/** A record with an id of its own that lives for a week from `start`. */
export function newRecord(parts: Partial<SessionRecord> = {}): SessionRecord {
  return {
    id: `session-${made++}`,
    digest: "d".repeat(43),
    previousDigest: null,
    previousGraceEndsAt: null,
    userId: null,
    data: {},
    device: null,
    actor: null,
    createdAt: start,
    authenticatedAt: null,
    lastSeenAt: start,
    idleExpiresAt: start + 7 * day,
    expiresAt: start + 30 * day,
    persistent: true,
    generation: 0,
    version: 1,
    ...parts,
  };
}

/** A runtime whose clock and timers the test moves. */
export function fakeTimers() {
  let now = start;
  const waiting: { readonly at: number; readonly task: () => void }[] = [];
  const runtime: Pick<Runtime, "now" | "background"> = {
    now: () => now,
    background(ms, task) {
      const timer = { at: now + ms, task };
      waiting.push(timer);
      return () => void waiting.splice(waiting.indexOf(timer), 1);
    },
  };
  /** Runs the timer that is due next, at its time; answers how long that took from now, or `null` when none waits. */
  function next(): number | null {
    const timer = waiting.sort((left, right) => left.at - right.at).shift();
    if (!timer) return null;
    const waited = Math.max(0, timer.at - now);
    now += waited;
    timer.task();
    return waited;
  }
  function set(instant: number): void {
    now = instant;
  }
  return { runtime, waiting, next, set };
}
