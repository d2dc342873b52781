import type { SessionRecord } from "../../store/record.ts";
import { columns, type Field, fields } from "../sql/columns.ts";
import { columnValue, idExpression, rowExpression } from "./columns.ts";
import { prepare, type SqliteDatabase, type SqliteStatement } from "./database.ts";

/** The statements of the store, prepared once. */
export interface Statements {
  /** The row of an id. */
  readonly find: SqliteStatement;
  readonly insert: SqliteStatement;
  readonly remove: SqliteStatement;
  /** Removes the row of an id, if it has a generation. */
  readonly removeGeneration: SqliteStatement;
  /** Removes the row of an id, if it is one of a user. */
  readonly removeIfOfUser: SqliteStatement;
  /** The rows of a user. */
  readonly ofUser: SqliteStatement;
  readonly idsOfUser: SqliteStatement;
  /** Removes the rows of a user but the one of an id, and answers the ids. */
  readonly removeOfUser: SqliteStatement;
  /** Removes rows that are expired at an instant, at most so many. */
  readonly sweep: SqliteStatement;
  /** Writes the fields that differ between two states of a record. */
  update(before: SessionRecord, after: SessionRecord): void;
}

/** Prepares the statements of a table. */
export function prepareStatements(database: SqliteDatabase, name: string): Statements {
  const table = `"${name}"`;
  const all = Object.values(columns);
  const expired = `SELECT rowid FROM ${table} WHERE idle_expires_at <= ? ORDER BY idle_expires_at LIMIT ?`;
  const [row, id] = [rowExpression, idExpression].map((sql) => `${guard(database, sql)} AS value`);
  return {
    find: prepare(database, `SELECT ${row} FROM ${table} WHERE id = ?`),
    insert: prepare(
      database,
      `INSERT INTO ${table} (${all.join(", ")}) VALUES (${all.map(() => "?").join(", ")}) ON CONFLICT (id) DO NOTHING`,
    ),
    remove: prepare(database, `DELETE FROM ${table} WHERE id = ?`),
    removeGeneration: prepare(database, `DELETE FROM ${table} WHERE id = ? AND generation = ?`),
    removeIfOfUser: prepare(database, `DELETE FROM ${table} WHERE id = ? AND user_id = ?`),
    ofUser: prepare(database, `SELECT ${row} FROM ${table} WHERE user_id = ?`),
    idsOfUser: prepare(database, `SELECT ${id} FROM ${table} WHERE user_id = ?`),
    removeOfUser: prepare(database, `DELETE FROM ${table} WHERE user_id = ? AND id IS NOT ? RETURNING ${id}`),
    sweep: prepare(database, `DELETE FROM ${table} WHERE rowid IN (${expired})`),
    update: createUpdate(database, table),
  };
}

/** The value that a query names `value`. */
export function rowValue(row: unknown): unknown {
  return (row as { readonly value: unknown }).value;
}

// Only the columns that change are written: an index is then left alone by all but the changes of its own column. The
// kinds of change that occur are few, so that each has its prepared statement.
function createUpdate(database: SqliteDatabase, table: string): Statements["update"] {
  const statements = new Map<string, SqliteStatement>();
  return (before, after) => {
    const changed = fields.filter((field) => before[field] !== after[field]);
    const key = changed.join();
    const statement = statements.get(key) ?? prepare(database, updateOf(table, changed));
    statements.set(key, statement);
    statement.run(...changed.map((field) => columnValue(after, field)), columnValue(after, "id"));
  };
}

function updateOf(table: string, changed: readonly Field[]): string {
  return `UPDATE ${table} SET ${changed.map((field) => `${columns[field]} = ?`).join(", ")} WHERE id = ?`;
}

// libsql ends the whole process when a text that it reads is not UTF-8; as a blob it reads anything. The other drivers
// repair such texts, and read texts faster than blobs.
function guard(database: SqliteDatabase, expression: string): string {
  return isLibsql(database) ? `CAST(${expression} AS BLOB)` : expression;
}

function isLibsql(database: SqliteDatabase): boolean {
  const sql = "SELECT 1 AS found FROM pragma_function_list WHERE name = 'libsql_vector_idx'";
  return Boolean(database.prepare(sql).get());
}
