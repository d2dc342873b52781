import { type Duration, parseDuration } from "../../duration.ts";
import { SessionConfigError } from "../../errors.ts";
import { type Runtime, systemRuntime } from "../../runtime.ts";
import { commonProblems, isTableName, naming, unknownOptions } from "../sql/options.ts";
import { type ClientKind, kindOf, type PostgresClient } from "./client.ts";
import type { PostgresPlace } from "./schema.ts";

/** The options of `postgresStore`. */
export interface PostgresStoreOptions extends PostgresPlace {
  /**
   * Whether the first call makes the schema and the table, or brings the table up to date (default `true`). With `false` a
   * call answers `STORE_SCHEMA_MISSING` while it is not there.
   */
  readonly migrate?: boolean;
  /**
   * Whether the statements are kept prepared on each connection (default `true`). Behind a pooler in transaction mode that
   * keeps no prepared statements (PgBouncer before 1.21) it must be `false`. PGlite and functions of serverless drivers
   * decide for themselves.
   */
  readonly prepare?: boolean;
  /**
   * How long a connection of pg may leave one statement unanswered, and how long a statement is tried again that the server
   * has rolled back for the sake of another one (default `"2s"`). A `Pool` then closes the connection and opens another.
   */
  readonly timeLimit?: Duration;
  /** What the store is called in errors and events (default `"postgres"`). */
  readonly name?: string;
  /** The clock and the timers by which calls are repeated (default: those of the machine). */
  readonly runtime?: Runtime;
}

interface CompleteOptions extends Required<Omit<PostgresStoreOptions, "schema">> {
  readonly schema: string | undefined;
}

/** The options with their defaults. */
export interface PostgresSettings extends Omit<CompleteOptions, "timeLimit"> {
  readonly kind: ClientKind;
  readonly timeLimitMs: number;
}

const defaults: CompleteOptions = {
  table: "coatcheck_sessions",
  schema: undefined,
  migrate: true,
  prepare: true,
  timeLimit: "2s",
  name: "postgres",
  runtime: systemRuntime,
};

/** Checks the options and fills in the defaults. @throws {@link SessionConfigError} `CONFIG_INVALID`: every problem at once. */
export function readOptions(client: PostgresClient, options: PostgresStoreOptions): PostgresSettings {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const { timeLimit, ...settings }: CompleteOptions = { ...defaults, ...given };
  const [kind, timeLimitMs] = [kindOf(client), parseDuration(timeLimit)];
  const problems = [...unknownOptions(given, defaults), ...problemsOf(settings)];
  if (kind === null) problems.unshift("it needs a Pool of pg, the sql function of postgres.js, or a PGlite");
  if (timeLimitMs === null) problems.push('timeLimit must be a duration, such as "2s"');
  if (problems.length === 0 && kind !== null && timeLimitMs !== null) return { ...settings, kind, timeLimitMs };
  throw new SessionConfigError("CONFIG_INVALID", `postgresStore cannot be made: ${problems.join("; ")}.`, {
    hint: "postgresStore(new Pool({ connectionString })) without options is right for most applications.",
  });
}

function problemsOf(settings: Omit<PostgresSettings, "kind" | "timeLimitMs">): string[] {
  const { schema, prepare } = settings;
  const problems = commonProblems(settings);
  if (schema !== undefined && !isTableName(schema)) problems.push(`schema ${naming}`);
  if (typeof prepare !== "boolean") problems.push("prepare must be true or false");
  return problems;
}
