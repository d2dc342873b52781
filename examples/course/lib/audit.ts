import type { SessionEvent } from "coatcheck";
import { database } from "./database";

/** One line of the audit list. People and sessions are named by their public ids. */
export interface AuditEntry {
  readonly number: number;
  readonly at: number;
  readonly what: string;
  /** The session that it happened to. */
  readonly sessionId: string | null;
  /** Whose session it is. */
  readonly userId: string | null;
  /** Who did it, where that is somebody else. */
  readonly actorId: string | null;
  readonly detail: string | null;
}

type NewEntry = Omit<AuditEntry, "number">;

const kept = 500;

/** Writes a line, and lets go of those that are too old to be looked at. */
export function note({ at, what, sessionId, userId, actorId, detail }: NewEntry): void {
  const insert = "INSERT INTO audit (at, what, session_id, user_id, actor_id, detail) VALUES (?, ?, ?, ?, ?, ?)";
  const { lastInsertRowid } = database().prepare(insert).run(at, what, sessionId, userId, actorId, detail);
  database()
    .prepare("DELETE FROM audit WHERE number <= ?")
    .run(Number(lastInsertRowid) - kept);
}

/**
 * The `onEvent` of the sessions. It keeps what happened to somebody's session. What anybody on the internet can cause at will,
 * such as a token that nobody made, is for counters and not for a table.
 */
export function noteEvent(event: SessionEvent): void {
  if (!("userId" in event) || event.userId === null) return;
  note({
    at: event.at,
    what: event.type,
    sessionId: "sessionId" in event ? event.sessionId : null,
    userId: event.userId,
    actorId: ("actorId" in event && event.actorId) || null,
    detail: detailOf(event),
  });
}

export function latestEntries(): AuditEntry[] {
  const rows = database()
    .prepare(
      `SELECT number, at, what, session_id AS sessionId, user_id AS userId, actor_id AS actorId, detail
       FROM audit ORDER BY number DESC LIMIT 25`,
    )
    .all();
  return rows as AuditEntry[];
}

function detailOf(event: SessionEvent): string | null {
  if ("by" in event) return `by ${event.by}`;
  if ("reason" in event) return event.reason;
  return null;
}
