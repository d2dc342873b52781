import { type LuciaTable, type LuciaTableNames, quotedNames, readRow } from "./table.ts";

/** The part of a client that is used: `Pool` and `Client` of pg, PGlite, and serverless drivers that are built like them. */
export interface LuciaPostgresClient {
  query(text: string, values: string[]): PromiseLike<{ readonly rows: readonly unknown[] }>;
}

/** The `sql` function of postgres.js. */
export interface LuciaPostgresJs {
  unsafe(text: string, values: string[]): PromiseLike<readonly unknown[]>;
}

/**
 * Lucia's table in PostgreSQL, over the pool or the `sql` function that the application has. User ids may be of any type:
 * they are read and compared as text.
 *
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: a name is not letters, digits and underscores.
 * @example
 * luciaPostgresTable(pool, { table: "auth.user_session" })
 */
export function luciaPostgresTable(
  client: LuciaPostgresClient | LuciaPostgresJs,
  names: LuciaTableNames = {},
): LuciaTable {
  const { table, id, userId, expiresAt } = quotedNames(names, '"');
  // As a number of the server's making, so that no setting of the client has a say in it.
  const ends = `EXTRACT(EPOCH FROM ${expiresAt})::float8 * 1000`;
  const find = `SELECT ${id}::text AS session_id, ${userId}::text AS user_id, ${ends} AS ends FROM ${table} WHERE ${id} = $1`;
  const ask = async (text: string, value: string): Promise<readonly unknown[]> =>
    "unsafe" in client ? client.unsafe(text, [value]) : (await client.query(text, [value])).rows;
  return {
    find: async (sessionId) => readRow((await ask(find, sessionId))[0], sessionId),
    delete: (sessionId) => ask(`DELETE FROM ${table} WHERE ${id} = $1`, sessionId),
    deleteUser: (user) => ask(`DELETE FROM ${table} WHERE ${userId}::text = $1`, user),
  };
}
