import { type LuciaTable, type LuciaTableNames, quotedNames, readRow } from "./table.ts";

/** The part of a database handle that is used: better-sqlite3, `DatabaseSync` of node:sqlite, libsql and bun:sqlite have it. */
export interface LuciaSqliteDatabase {
  prepare(sql: string): { get(...values: string[]): unknown; run(...values: string[]): unknown };
}

/**
 * Lucia's table in a SQLite database, over the handle that the application has. It waits for other processes' locks as
 * long as the handle's busy timeout says; `node:sqlite` and libsql wait for none unless told to, and a move is then
 * answered with `STORE_UNAVAILABLE` and made by the next request.
 *
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: a name is not letters, digits and underscores.
 * @example
 * luciaSqliteTable(new Database("app.db"), { table: "user_session" })
 */
export function luciaSqliteTable(database: LuciaSqliteDatabase, names: LuciaTableNames = {}): LuciaTable {
  const { table, id, userId, expiresAt } = quotedNames(names, '"');
  const find = `SELECT ${id} AS session_id, CAST(${userId} AS TEXT) AS user_id, ${expiresAt} AS ends FROM ${table} WHERE ${id} = ?`;
  const remove = `DELETE FROM ${table} WHERE ${id} = ?`;
  const removeUser = `DELETE FROM ${table} WHERE CAST(${userId} AS TEXT) = ?`;
  return {
    find: (sessionId) => readRow(database.prepare(find).get(sessionId), sessionId),
    delete: (sessionId) => void database.prepare(remove).run(sessionId),
    deleteUser: (user) => void database.prepare(removeUser).run(user),
  };
}
