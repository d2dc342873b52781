import { SessionConfigError } from "../../errors.ts";
import { isTableName } from "../sql/options.ts";
import { planOf, type SchemaPlan, versionTable } from "../sql/plan.ts";
import { changesOf, firstRow, type SqliteDatabase } from "./database.ts";
import { schemaMissing } from "./errors.ts";
import type { SqliteSettings } from "./options.ts";

// The steps from each version to the next. A published step is never changed, and a new one only adds (a column that may
// be null, an index), so that older and newer processes share a database. A table with rowids, since a row may have 64 KiB
// and the key's index stays small; idle_expires_at is never later than expires_at, so that its index serves the sweep.
const steps: readonly ((table: string) => string)[] = [
  (table) => `
CREATE TABLE IF NOT EXISTS "${table}" (
  id TEXT NOT NULL PRIMARY KEY,
  digest TEXT NOT NULL,
  previous_digest TEXT,
  previous_grace_ends_at INTEGER,
  user_id TEXT,
  data TEXT NOT NULL,
  device TEXT,
  actor TEXT,
  created_at INTEGER NOT NULL,
  authenticated_at INTEGER,
  last_seen_at INTEGER NOT NULL,
  idle_expires_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  persistent INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  version INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS "${table}_by_user" ON "${table}" (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS "${table}_by_expiry" ON "${table}" (idle_expires_at);`,
];

/**
 * The statements that make the store's table, for those who keep their migrations themselves and pass
 * `{ migrate: false }`.
 *
 * @param table The name of the table (default `"coatcheck_sessions"`).
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: that is no name of a table.
 *
 * @example
 * db.exec(sqliteSchema())
 */
export function sqliteSchema(table = "coatcheck_sessions"): string {
  if (isTableName(table)) return steps.map((step) => step(table)).join("\n");
  throw new SessionConfigError("CONFIG_INVALID", "The name of the table is not letters, digits and underscores.");
}

/** What the table of a store comes about by. */
export function storePlan(table: string): SchemaPlan {
  return planOf(
    table,
    steps.map((step) => step(table)),
  );
}

/** Makes tables or brings them up to date, in one step that only one of many processes makes. */
export function ensureSchema(
  database: SqliteDatabase,
  { migrate, name }: Pick<SqliteSettings, "migrate" | "name">,
  plan: SchemaPlan,
  transact: <T>(work: () => T) => T,
): void {
  if (versionOf(database, plan) >= plan.steps.length) return;
  if (migrate) transact(() => migrateFrom(versionOf(database, plan), database, plan));
  else if (!isKeptByOthers(database, plan)) throw schemaMissing(name);
}

function migrateFrom(version: number, database: SqliteDatabase, { key, steps }: SchemaPlan): void {
  const latest = steps.length;
  if (version >= latest) return;
  for (const step of steps.slice(version).flat()) database.exec(step);
  database.exec(
    `CREATE TABLE IF NOT EXISTS ${versionTable} (table_name TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL)`,
  );
  const insert = `INSERT INTO ${versionTable} (table_name, version) VALUES (?, ?)`;
  const update = `UPDATE ${versionTable} SET version = ? WHERE table_name = ?`;
  if (changesOf(database.prepare(update).run(latest, key)) === 0) database.prepare(insert).run(key, latest);
}

// Without a version of ours the tables were made by the application's own migrations, which then know what they do.
function isKeptByOthers(database: SqliteDatabase, plan: SchemaPlan): boolean {
  return hasTables(database, plan.tables) && versionOf(database, plan) === 0;
}

/** The version of the tables, 0 where there are none. Later versions than ours are only additions. */
function versionOf(database: SqliteDatabase, { key, tables }: SchemaPlan): number {
  if (!hasTables(database, [...tables, versionTable])) return 0;
  const row = firstRow(database, `SELECT version FROM ${versionTable} WHERE table_name = ?`, key);
  return Number(row?.version ?? 0);
}

function hasTables(database: SqliteDatabase, tables: readonly string[]): boolean {
  const sql = "SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE";
  return tables.every((table) => firstRow(database, sql, table) !== null);
}
