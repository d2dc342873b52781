import { type LuciaTable, type LuciaTableNames, quotedNames, readRow } from "./table.ts";

/** The part of a client that is used: a pool or a connection of `mysql2/promise`. */
export interface LuciaMysqlClient {
  execute(sql: string, values: string[]): PromiseLike<readonly [unknown, ...unknown[]]>;
}

/**
 * Lucia's table in MySQL or MariaDB, over the pool of `mysql2/promise` that the application has: the same settings (above all
 * `timezone`) that Lucia's adapter was given.
 *
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: a name is not letters, digits and underscores.
 * @example
 * luciaMysqlTable(pool, { table: "user_session" })
 */
export function luciaMysqlTable(client: LuciaMysqlClient, names: LuciaTableNames = {}): LuciaTable {
  const { table, id, userId, expiresAt } = quotedNames(names, "`");
  const find = `SELECT ${id} AS session_id, CAST(${userId} AS CHAR) AS user_id, ${expiresAt} AS ends FROM ${table} WHERE ${id} = ?`;
  const ask = async (sql: string, value: string): Promise<unknown> => (await client.execute(sql, [value]))[0];
  return {
    find: async (sessionId) => readRow(((await ask(find, sessionId)) as readonly unknown[])[0], sessionId),
    delete: (sessionId) => ask(`DELETE FROM ${table} WHERE ${id} = ?`, sessionId),
    // Compared as bytes: a collation may take two users for one.
    deleteUser: (user) => ask(`DELETE FROM ${table} WHERE CAST(${userId} AS BINARY) = CAST(? AS BINARY)`, user),
  };
}
