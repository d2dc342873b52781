import type { SessionRecord } from "../../store/record.ts";
import { type AnySessions, visitWith } from "./token-visit.ts";

/** What the token of a user opened. */
interface Opened {
  readonly record: SessionRecord;
  readonly data: object;
  /** What the application's `user` gave. */
  readonly row: unknown;
  /** The touch that is due, or `null`. */
  readonly touch: (() => Promise<void>) | null;
}

/** A session that was found, and whether this validation has moved its end. */
export interface Validation extends Opened {
  readonly fresh: boolean;
}

/**
 * Finds the session and the user of a token, or `null`. In the first half of its life a session is touched in the background,
 * as everywhere here. In the second half the touch comes first and the session is read once more: what was ended meanwhile
 * is not handed out, and the end that is told is the one that is stored.
 */
export async function validateToken(sessions: AnySessions, token: string): Promise<Validation | null> {
  const first = await open(sessions, token);
  if (first === null || first.touch === null) return first && { ...first, fresh: false };
  const { runtime } = sessions.policy;
  const { idleExpiresAt, lastSeenAt } = first.record;
  if (runtime.now() < (lastSeenAt + idleExpiresAt) / 2) {
    runtime.after(0, first.touch);
    return { ...first, fresh: false };
  }
  await first.touch();
  const second = await open(sessions, token, "confirmed");
  return second && { ...second, fresh: second.record.idleExpiresAt > first.record.idleExpiresAt };
}

async function open(sessions: AnySessions, token: string, confirmed?: "confirmed"): Promise<Opened | null> {
  const { visit, dueTouch } = visitWith(sessions, token);
  await (confirmed ? visit.confirm() : visit.load());
  if (sessions.policy.user) await visit.loadUser();
  const { record, data, user } = visit;
  return record?.userId == null ? null : { record, data, row: user, touch: dueTouch() };
}
