import { isPromise } from "../maybe.ts";
import type { Runtime } from "../runtime.ts";
import type { SessionStore } from "../store/port.ts";
import type { SessionRecord } from "../store/record.ts";
import type { Guard } from "./guard.ts";
import { dueTouch } from "./lifecycle.ts";

/** Slides idle deadlines: rarely, in the background, one write for any number of concurrent requests. */
export interface Touches {
  /** Whether a touch of this record is due and nobody in this process has made it yet. */
  isDue(record: SessionRecord): boolean;
  /** Makes the touch if it is still due. Never fails: a touch that is lost is made by a later request. */
  touch(record: SessionRecord): Promise<void>;
  /** Remembers a deadline that another write moved along. */
  noteSeen(record: SessionRecord): void;
}

/** How many sessions' last touches a process remembers. Forgetting one costs a conditional write, nothing more. */
const remembered = 10_000;

/** Makes the touches of one store. */
export function createTouches(store: SessionStore, guard: Guard, runtime: Runtime): Touches {
  const seen = new Map<string, number>();

  function remember(id: string, at: number): void {
    if ((seen.get(id) ?? 0) >= at) return;
    seen.delete(id);
    seen.set(id, at);
    if (seen.size > remembered) seen.delete(seen.keys().next().value as string);
  }

  function planned(record: SessionRecord) {
    const lastSeenAt = Math.max(record.lastSeenAt, seen.get(record.id) ?? 0);
    // The deadline goes with it: the two together say what the idle timeout is.
    const idleExpiresAt = Math.min(lastSeenAt + record.idleExpiresAt - record.lastSeenAt, record.expiresAt);
    return dueTouch({ ...record, lastSeenAt, idleExpiresAt }, runtime.now());
  }

  return {
    isDue: (record) => dueTouch(record, runtime.now()) !== null && planned(record) !== null,
    async touch(record) {
      const change = planned(record);
      if (!change) return;
      const before = seen.get(record.id);
      remember(record.id, change.touch.lastSeenAt); // at once, so that requests which arrive meanwhile do without
      try {
        const now = runtime.now();
        const answer = guard.call("touch", () =>
          store.update(record.id, { generation: record.generation, ...change }, now),
        );
        if (isPromise(answer)) await answer;
      } catch {
        // The guard has reported it. Forgotten, so that the next request tries again.
        if (before === undefined) seen.delete(record.id);
        else seen.set(record.id, before);
      }
    },
    noteSeen: (record) => remember(record.id, record.lastSeenAt),
  };
}
