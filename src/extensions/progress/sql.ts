import type { SqlDatabase } from "../sql/database.ts";
import type { SqlSchema } from "../sql/schema.ts";
import type { SqlRow, SqlValue } from "../sql/values.ts";
import type { HeldNote, LessonNote, ProgressData } from "./port.ts";

/** The table of {@link sqlProgress}, for `sqlSchema`. */
export const progressSchema: SqlSchema = {
  name: "progress",
  versions: [
    {
      progress: {
        columns: {
          user_id: "user",
          lesson_id: "key",
          completed_at: "integer?",
          changed_at: "integer",
          visited_at: "integer?",
        },
        primary: ["user_id", "lesson_id"],
      },
    },
  ],
};

const columns = "user_id, lesson_id, completed_at, changed_at, visited_at";
const later = "CASE WHEN changed_at >= ? THEN changed_at + 1 ELSE ? END";

const load = "SELECT lesson_id, completed_at, changed_at, visited_at FROM {progress} WHERE user_id = ?";
const add = `INSERT INTO {progress} (${columns}) VALUES (?, ?, ?, ?, NULL)`;
const complete = `UPDATE {progress} SET completed_at = ?, changed_at = ${later}
  WHERE user_id = ? AND lesson_id = ? AND completed_at IS NULL`;
const reopen = `UPDATE {progress} SET completed_at = NULL, changed_at = ${later}
  WHERE user_id = ? AND lesson_id = ? AND completed_at IS NOT NULL`;

// A column that the one before it depends on comes after that: see the translation.
const onConflict = `ON CONFLICT (user_id, lesson_id) DO UPDATE SET
  completed_at = CASE WHEN excluded.changed_at > kept.changed_at AND kept.completed_at IS NULL
    THEN excluded.completed_at ELSE kept.completed_at END,
  changed_at = CASE WHEN excluded.changed_at > kept.changed_at THEN excluded.changed_at ELSE kept.changed_at END,
  visited_at = CASE WHEN kept.visited_at IS NULL OR excluded.visited_at > kept.visited_at
    THEN excluded.visited_at ELSE kept.visited_at END`;

const mostAtOnce = 100;

/**
 * Keeps progress in a SQL database, one row for each user and lesson. Every call is one statement, exact whatever runs beside it;
 * a completion of a lesson that has a row already takes two.
 *
 * @example
 * const extend = { progress: progress({ data: sqlProgress(sqlDatabase(pool)), courses }) }
 */
export function sqlProgress(database: SqlDatabase): ProgressData {
  const tables = database.tables(progressSchema);

  async function merge(userId: string, held: readonly HeldNote[]): Promise<void> {
    // In one order, so that two merges do not lock each other out.
    const sorted = [...held].sort((a, b) => (a.lessonId < b.lessonId ? -1 : 1));
    for (let at = 0; at < sorted.length; at += mostAtOnce) {
      const rows = sorted.slice(at, at + mostAtOnce).map((note) => rowOf(userId, note));
      const places = rows.map(() => "(?, ?, ?, ?, ?)").join(", ");
      const upsert = `INSERT INTO {progress} AS kept (${columns}) VALUES ${places} ${onConflict}`;
      await tables.write("merge progress", upsert, rows.flat());
    }
  }

  return {
    async load(userId) {
      return (await tables.read("read progress", load, [userId])).map(noteOf);
    },
    async complete(userId, lessonId, now) {
      if (await tables.add("complete a lesson", add, [userId, lessonId, now, now])) return true;
      return (await tables.write("complete a lesson", complete, [now, now, now, userId, lessonId])) === 1;
    },
    async reopen(userId, lessonId, now) {
      return (await tables.write("reopen a lesson", reopen, [now, now, userId, lessonId])) === 1;
    },
    visit: (userId, lessonId, now) => merge(userId, [{ lessonId, completedAt: null, visitedAt: now }]),
    merge,
    forget: (userId) => tables.write("forget progress", "DELETE FROM {progress} WHERE user_id = ?", [userId]),
  };
}

function rowOf(userId: string, { lessonId, completedAt, visitedAt }: HeldNote): SqlValue[] {
  return [userId, lessonId, completedAt, completedAt ?? 0, visitedAt];
}

function noteOf(row: SqlRow): LessonNote {
  return {
    lessonId: String(row.lesson_id),
    completedAt: instantOf(row.completed_at),
    changedAt: Number(row.changed_at),
    visitedAt: instantOf(row.visited_at),
  };
}

function instantOf(value: SqlValue | undefined): number | null {
  return typeof value === "number" ? value : null;
}
