import { type Duration, parseDuration } from "../duration.ts";
import { SessionConfigError } from "../errors.ts";
import { type Runtime, systemRuntime } from "../runtime.ts";
import { isClient } from "./mysql-client.ts";
import { isTableName } from "./sql/table-name.ts";

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
  const problems = [...problemsOfClient(client), ...unknownOptions(given), ...problemsOf(settings)];
  if (timeLimitMs === null) problems.push('timeLimit must be a duration, such as "2s"');
  if (problems.length === 0 && timeLimitMs !== null) return { ...settings, timeLimitMs };
  throw new SessionConfigError("CONFIG_INVALID", `mysqlStore cannot be made: ${problems.join("; ")}.`, {
    hint: "mysqlStore(pool) with a pool of mysql2 and no options is right for most applications.",
  });
}

/** What is wrong with the name of a table and of its database. */
export function problemsOfTable({ table, database }: Pick<MysqlSettings, "table" | "database">): string[] {
  const problems: string[] = [];
  if (!isTableName(table))
    problems.push("table must be letters, digits and underscores, at most 63, and no digit first");
  if (database !== null && !isDatabaseName(database))
    problems.push("database must be letters, digits, underscores, hyphens and dollars, at most 64");
  return problems;
}

function isDatabaseName(name: unknown): boolean {
  return typeof name === "string" && /^[A-Za-z0-9_$-]{1,64}$/.test(name);
}

function problemsOfClient(client: unknown): string[] {
  return isClient(client) ? [] : ["it needs a pool of mysql2 or mysql2/promise"];
}

function unknownOptions(given: object): string[] {
  return Object.keys(given)
    .filter((name) => !Object.hasOwn(defaults, name))
    .map((name) => `there is no option ${JSON.stringify(name)}`);
}

function problemsOf(settings: Omit<MysqlSettings, "timeLimitMs">): string[] {
  const { migrate, name, runtime } = settings;
  const problems = problemsOfTable(settings);
  if (typeof migrate !== "boolean") problems.push("migrate must be true or false");
  if (typeof name !== "string" || name === "") problems.push("name must be a text that is not empty");
  if (
    typeof runtime?.now !== "function" ||
    typeof runtime.after !== "function" ||
    typeof runtime.jitter !== "function"
  ) {
    problems.push("runtime must have the functions now, after and jitter");
  }
  return problems;
}
