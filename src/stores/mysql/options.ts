import { type Duration, parseDuration } from "../../duration.ts";
import { SessionConfigError } from "../../errors.ts";
import { type Runtime, systemRuntime } from "../../runtime.ts";
import { commonProblems, isTableName, naming, unknownOptions } from "../sql/options.ts";
import { isClient } from "./client.ts";

/** Where the sessions are in a MySQL or MariaDB server. */
export interface MysqlTableOptions {
  /** The table of the sessions (default `"coatcheck_sessions"`). */
  readonly table?: string;
  /** The database of the table (default: the one that the connections have chosen). */
  readonly database?: string;
}

/** The options of `mysqlStore`. */
export interface MysqlStoreOptions extends MysqlTableOptions {
  /**
   * Whether the first call makes the table, or brings it up to date (default `true`). With `false` a call answers
   * `STORE_SCHEMA_MISSING` while it is not there.
   */
  readonly migrate?: boolean;
  /** How long a call takes at most, waiting for a connection of the pool included (default `"2s"`). */
  readonly timeLimit?: Duration;
  /** What the store is called in errors and events (default `"mysql"`). */
  readonly name?: string;
  /** The clock, the timers and the chance by which calls wait (default: those of the machine). */
  readonly runtime?: Runtime;
}

/** The options with their defaults. */
export interface MysqlSettings extends Required<Omit<MysqlStoreOptions, "timeLimit" | "database">> {
  readonly database: string | null;
  readonly timeLimitMs: number;
}

const defaults = {
  table: "coatcheck_sessions",
  database: null,
  migrate: true,
  timeLimit: "2s",
  name: "mysql",
  runtime: systemRuntime,
} as const;

type Given = Omit<MysqlSettings, "timeLimitMs"> & { readonly timeLimit: Duration };

/** Checks the options and fills in the defaults. @throws {@link SessionConfigError} `CONFIG_INVALID`: every problem at once. */
export function readOptions(client: unknown, options: MysqlStoreOptions): MysqlSettings {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const { timeLimit, ...settings }: Given = { ...defaults, ...given };
  const timeLimitMs = parseDuration(timeLimit);
  const problems = [...problemsOfClient(client), ...unknownOptions(given, defaults), ...problemsOf(settings)];
  if (timeLimitMs === null) problems.push('timeLimit must be a duration, such as "2s"');
  if (problems.length === 0 && timeLimitMs !== null) return { ...settings, timeLimitMs };
  throw new SessionConfigError("CONFIG_INVALID", `mysqlStore cannot be made: ${problems.join("; ")}.`, {
    hint: "mysqlStore(pool) with a pool of mysql2 and no options is right for most applications.",
  });
}

/** What is wrong with the name of a table and of its database. */
export function problemsOfTable({ table, database }: Pick<MysqlSettings, "table" | "database">): string[] {
  return [...(isTableName(table) ? [] : [`table ${naming}`]), ...problemsOfDatabase(database)];
}

function problemsOfDatabase(name: unknown): string[] {
  if (name === null || (typeof name === "string" && /^[A-Za-z0-9_$-]{1,64}$/.test(name))) return [];
  return ["database must be letters, digits, underscores, hyphens and dollars, at most 64"];
}

function problemsOfClient(client: unknown): string[] {
  return isClient(client) ? [] : ["it needs a pool of mysql2 or mysql2/promise"];
}

function problemsOf(settings: Omit<MysqlSettings, "timeLimitMs">): string[] {
  return [...commonProblems(settings), ...problemsOfDatabase(settings.database)];
}
