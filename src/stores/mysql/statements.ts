import type { SessionRecord } from "../../store/record.ts";
import { columns, type Field, fields } from "../sql/columns.ts";
import { columnValue, type MysqlValue, rowExpressions } from "./columns.ts";

/** A statement with its values. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly MysqlValue[];
}

/** The statements of the store for one table. */
export type Statements = ReturnType<typeof createStatements>;

// Few lengths of lists, so that each connection prepares few statements.
const lengths = [1, 2, 4, 8, 16, 32, 64, 100, 500] as const;

/** How many ids one statement takes. */
export const mostIds = 500;

/**
 * The fields by which a state of a record is known.
 *
 * Every change but a touch raises the version, so that two states of one version differ in the two instants of a touch at
 * most; with both of them the same, the states are the same, and a write that finds them is as good as one that was decided
 * in that very moment. A record that was destroyed and made anew under its id begins with another digest: its token has 256
 * random bits.
 */
const identity = [
  "id",
  "version",
  "digest",
  "generation",
  "createdAt",
  "lastSeenAt",
  "idleExpiresAt",
] as const satisfies Field[];
// The sum keeps a server from going through the index of deadlines, and from locking the rows of others there.
const isSame = identity.map((field) => `${columns[field]}${field === "idleExpiresAt" ? " + 0" : ""} = ?`).join(" AND ");

/** Makes the statements of a table. */
export function createStatements(table: string) {
  const all = Object.values(columns);
  const isOneOf = (ids: readonly Uint8Array[]) => `id IN (${marks(ids.length)})`;
  const finds = new Map<number, string>();
  const updates = new Map<string, string>();

  function updateOf(changed: readonly Field[]): string {
    const key = changed.join();
    const sql =
      updates.get(key) ??
      `UPDATE ${table} SET ${changed.map((field) => `${columns[field]} = ?`).join(", ")} WHERE ${isSame}`;
    updates.set(key, sql);
    return sql;
  }

  return {
    insert: `INSERT INTO ${table} (${all.join(", ")}) VALUES (${marks(all.length)})`,
    remove: `DELETE FROM ${table} WHERE id = ?`,
    removeGeneration: `DELETE FROM ${table} WHERE id = ? AND generation = ?`,
    removeIfOfUser: `DELETE FROM ${table} WHERE id = ? AND user_id = ?`,
    generationOf: `SELECT CONCAT(generation) FROM ${table} WHERE id = ?`,
    ofUser: `SELECT ${rowExpressions} FROM ${table} WHERE user_id = ?`,
    idsOfUser: `SELECT id FROM ${table} WHERE user_id = ?`,
    // A statement that is not prepared, since it is rare and MySQL binds no limit.
    expired: (now: number, limit: number) =>
      `SELECT id FROM ${table} WHERE idle_expires_at <= ${now} ORDER BY idle_expires_at LIMIT ${limit}`,

    /** Finds the rows of ids. */
    find(ids: readonly Uint8Array[]): Statement {
      const values = padded(ids);
      const sql = finds.get(values.length) ?? `SELECT ${rowExpressions} FROM ${table} WHERE ${isOneOf(values)}`;
      finds.set(values.length, sql);
      return { sql, values };
    },

    /** Finds the row of an id, and holds it still until the transaction ends. */
    lock: (id: Uint8Array): Statement => ({
      sql: `SELECT ${rowExpressions} FROM ${table} WHERE id = ? FOR UPDATE`,
      values: [id],
    }),

    // Locks rows by their key alone: through the index of users it would lock the gaps beside them as well, and everybody
    // who signs in would wait.
    lockOfUser(ids: readonly Uint8Array[], userId: Uint8Array): Statement {
      const values = padded(ids);
      const sql = `SELECT id FROM ${table} FORCE INDEX (PRIMARY) WHERE ${isOneOf(values)} AND user_id = ? FOR UPDATE`;
      return { sql, values: [...values, userId] };
    },

    removeAll(ids: readonly Uint8Array[]): Statement {
      const values = padded(ids);
      return { sql: `DELETE FROM ${table} WHERE ${isOneOf(values)}`, values };
    },

    // The sum is there for the same reason as above.
    removeExpired(ids: readonly Uint8Array[], now: number): Statement {
      const values = padded(ids);
      const sql = `DELETE FROM ${table} WHERE ${isOneOf(values)} AND idle_expires_at + 0 <= ?`;
      return { sql, values: [...values, String(now)] };
    },

    /** Writes the fields that differ between two states of a record, if it still is in the first; `null`: none differs. */
    update(before: SessionRecord, after: SessionRecord): Statement | null {
      const changed = fields.filter((field) => before[field] !== after[field]);
      if (changed.length === 0) return null;
      const values = [
        ...changed.map((field) => columnValue(after, field)),
        ...identity.map((field) => columnValue(before, field)),
      ];
      return { sql: updateOf(changed), values };
    },
  };
}

function marks(count: number): string {
  return Array.from({ length: count }, () => "?").join(", ");
}

function padded(ids: readonly Uint8Array[]): readonly Uint8Array[] {
  const length = lengths.find((length) => length >= ids.length) ?? ids.length;
  if (length === ids.length) return ids;
  const last = ids[ids.length - 1] as Uint8Array;
  return Array.from({ length }, (_, at) => ids[at] ?? last);
}
