/** A value as this store keeps it. */
export type SqliteValue = string | number | null;

/** A prepared statement, as every synchronous SQLite driver has it. */
export interface SqliteStatement {
  /** The first row, or nothing. */
  get(...values: SqliteValue[]): unknown;
  all(...values: SqliteValue[]): unknown[];
  /** Runs to the end and tells how many rows changed. */
  run(...values: SqliteValue[]): unknown;
}

/**
 * The part of a database handle that this store uses: better-sqlite3, `DatabaseSync` of node:sqlite, libsql and
 * bun:sqlite all have it.
 */
export interface SqliteDatabase {
  prepare(sql: string): SqliteStatement;
  exec(sql: string): unknown;
  close(): unknown;
}

/** Where the sessions are: the path of a file, `":memory:"`, a database handle, or a function that gives one. */
export type SqliteSource = string | SqliteDatabase | (() => SqliteDatabase | PromiseLike<SqliteDatabase>);

/**
 * Prepares a statement at its first use, and anew after it has failed: libsql answers every later `get` of a statement
 * that failed once with that same error.
 */
export function prepare(database: SqliteDatabase, sql: string): SqliteStatement {
  let statement: SqliteStatement | null = null;
  const failed = (error: unknown): never => {
    statement = null;
    throw error;
  };
  const use = (): SqliteStatement => {
    statement ??= database.prepare(sql);
    return statement;
  };
  return {
    get(...values) {
      try {
        return use().get(...values);
      } catch (error) {
        return failed(error);
      }
    },
    all(...values) {
      try {
        return use().all(...values);
      } catch (error) {
        return failed(error);
      }
    },
    run(...values) {
      try {
        return use().run(...values);
      } catch (error) {
        return failed(error);
      }
    },
  };
}

/** The first row of a query that is asked once, or `null`: drivers answer `undefined` or `null` when there is none. */
export function firstRow(
  database: SqliteDatabase,
  sql: string,
  ...values: SqliteValue[]
): Record<string, unknown> | null {
  return (database.prepare(sql).get(...values) as Record<string, unknown> | undefined) ?? null;
}

/** How many rows a statement has changed. */
export function changesOf(answer: unknown): number {
  return Number((answer as { readonly changes: number | bigint }).changes);
}
