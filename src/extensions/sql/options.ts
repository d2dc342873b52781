import { type Duration, parseDuration } from "../../duration.ts";
import { SessionConfigError } from "../../errors.ts";
import { type Runtime, systemRuntime } from "../../runtime.ts";
import { isClient, type MysqlClient } from "../../stores/mysql/client.ts";
import { kindOf, type PostgresClient } from "../../stores/postgres/client.ts";
import { commonProblems, isTableName, naming, unknownOptions } from "../../stores/sql/options.ts";
import type { SqliteDatabase } from "../../stores/sqlite/database.ts";
import { isPrefix, prefixing } from "./schema.ts";
import type { SqlDialect } from "./statement.ts";

/** The application's own client, as the session stores accept them, told apart by its methods; or the path of a SQLite file. */
export type SqlClient = string | SqliteDatabase | PostgresClient | MysqlClient;

/** The options of `sqlDatabase`. */
export interface SqlDatabaseOptions {
  /** What the name of every table begins with (default `"coatcheck_"`). */
  readonly prefix?: string;
  /** The schema of PostgreSQL, or the database of MySQL, of the tables (default: the one of the connection). */
  readonly schema?: string;
  /**
   * Whether the tables of an extension are made, or brought up to date, at its first statement (default `true`). With `false`
   * a call answers `STORE_SCHEMA_MISSING` while they are not there.
   */
  readonly migrate?: boolean;
  /** Whether a SQLite database is set to WAL mode and `synchronous=FULL` (default `true`). */
  readonly pragmas?: boolean;
  /** Whether PostgreSQL keeps statements prepared (default `true`); see the option of `postgresStore`. */
  readonly prepare?: boolean;
  /** How long a call waits, as in the session stores (default `"2s"`). */
  readonly timeLimit?: Duration;
  /** What the database is called in errors (default: its dialect). */
  readonly name?: string;
  /** The clock and the timers by which calls wait (default: those of the machine). */
  readonly runtime?: Runtime;
}

interface CompleteOptions extends Required<Omit<SqlDatabaseOptions, "schema" | "name">> {
  readonly schema: string | undefined;
  readonly name: string | undefined;
}

/** The options with their defaults. */
export interface SqlSettings extends Omit<CompleteOptions, "timeLimit" | "name"> {
  readonly dialect: SqlDialect;
  readonly name: string;
  readonly timeLimitMs: number;
}

const defaults: CompleteOptions = {
  prefix: "coatcheck_",
  schema: undefined,
  migrate: true,
  pragmas: true,
  prepare: true,
  timeLimit: "2s",
  name: undefined,
  runtime: systemRuntime,
};

/** Checks the options and fills in the defaults. @throws {@link SessionConfigError} `CONFIG_INVALID`: every problem at once. */
export function readOptions(client: unknown, options: SqlDatabaseOptions): SqlSettings {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const { timeLimit, ...settings }: CompleteOptions = { ...defaults, ...given };
  const [dialect, timeLimitMs] = [dialectOf(client), parseDuration(timeLimit)];
  const name = settings.name ?? dialect ?? "sql";
  const problems = [...unknownOptions(given, defaults), ...problemsOf({ ...settings, name })];
  if (dialect === null)
    problems.unshift("it needs a client of SQLite, PostgreSQL or MySQL, or the path of a SQLite file");
  if (timeLimitMs === null) problems.push('timeLimit must be a duration, such as "2s"');
  if (problems.length === 0 && dialect && timeLimitMs !== null) return { ...settings, dialect, name, timeLimitMs };
  throw new SessionConfigError("CONFIG_INVALID", `sqlDatabase cannot be made: ${problems.join("; ")}.`, {
    hint: "Pass the client that the application has: a Pool of pg, a pool of mysql2, a SQLite handle.",
  });
}

function problemsOf(settings: Omit<CompleteOptions, "timeLimit">): string[] {
  const { prefix, schema, pragmas, prepare } = settings;
  const problems = commonProblems({ ...settings, table: "any" });
  if (!isPrefix(prefix)) problems.push(`prefix ${prefixing}`);
  if (schema !== undefined && !isTableName(schema)) problems.push(`schema ${naming}`);
  if (typeof pragmas !== "boolean") problems.push("pragmas must be true or false");
  if (typeof prepare !== "boolean") problems.push("prepare must be true or false");
  return problems;
}

// A handle of bun:sqlite has what PGlite has, and a connection of mysql2 what a Client of pg has: hence this order.
function dialectOf(client: unknown): SqlDialect | null {
  if (typeof client === "string") return client === "" || /^\w+:\/\//.test(client) ? null : "sqlite";
  const { prepare, exec } = (client ?? {}) as Record<string, unknown>;
  if (typeof prepare === "function" && typeof exec === "function") return "sqlite";
  if (isClient(client)) return "mysql";
  return kindOf(client) === null ? null : "postgres";
}
