import type { SessionRecord } from "../store/record.ts";
import type { Engine } from "./engine.ts";
import { spanFor } from "./identity.ts";
import { touchAt, touchInterval } from "./lifecycle.ts";

/**
 * Moves the idle deadline of a record to `until`, and never further than the configuration and the absolute deadline allow.
 * Answers the record as it then is, `null` where the session has ended: nothing is ever brought back by it.
 *
 * Where that is what using the session does by itself, it is a touch: throttled, one write for any number of concurrent
 * requests, and never a failure. Another end, sooner or later, is written at once.
 */
export async function moveIdleEnd(engine: Engine, record: SessionRecord, until: number): Promise<SessionRecord | null> {
  const { policy, guard, touches } = engine;
  const span = await spanFor(engine, record.userId, record.data, record.persistent);
  const now = policy.runtime.now();
  const idleExpiresAt = Math.min(until, now + span.idle, record.expiresAt);
  const { touch } = touchAt(record, now);
  const idle = record.idleExpiresAt - record.lastSeenAt;
  if (Math.abs(idleExpiresAt - touch.idleExpiresAt) < touchInterval(idle)) {
    if (!touches.isDue(record)) return record;
    await touches.touch(record);
    return { ...record, lastSeenAt: now, idleExpiresAt: touch.idleExpiresAt };
  }
  const change = { generation: record.generation, touch: { lastSeenAt: now, idleExpiresAt, ifSeenBefore: now + 1 } };
  const answer = await guard.repeat("touch", () => policy.store.update(record.id, change, now));
  return answer.outcome === "updated" ? answer.record : null;
}
