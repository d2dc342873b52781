import { type Duration, parseDuration } from "../duration.ts";
import { SessionConfigError } from "../errors.ts";
import { type Runtime, systemRuntime } from "../runtime.ts";
import { type ClientKind, kindOf, type PostgresClient } from "./postgres-client.ts";
import type { PostgresPlace } from "./postgres-schema.ts";
import { isTableName } from "./sql/table-name.ts";

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
  const problems = [...unknownOptions(given), ...problemsOf(settings)];
  if (kind === null) problems.unshift("it needs a Pool of pg, the sql function of postgres.js, or a PGlite");
  if (timeLimitMs === null) problems.push('timeLimit must be a duration, such as "2s"');
  if (problems.length === 0 && kind !== null && timeLimitMs !== null) return { ...settings, kind, timeLimitMs };
  throw new SessionConfigError("CONFIG_INVALID", `postgresStore cannot be made: ${problems.join("; ")}.`, {
    hint: "postgresStore(new Pool({ connectionString })) without options is right for most applications.",
  });
}

function unknownOptions(given: object): string[] {
  return Object.keys(given)
    .filter((name) => !Object.hasOwn(defaults, name))
    .map((name) => `there is no option ${JSON.stringify(name)}`);
}

const naming = "must be letters, digits and underscores, at most 63, and no digit first";

function problemsOf({
  table,
  schema,
  migrate,
  prepare,
  name,
  runtime,
}: Omit<PostgresSettings, "kind" | "timeLimitMs">) {
  const problems: string[] = [];
  if (!isTableName(table)) problems.push(`table ${naming}`);
  if (schema !== undefined && !isTableName(schema)) problems.push(`schema ${naming}`);
  if (typeof migrate !== "boolean") problems.push("migrate must be true or false");
  if (typeof prepare !== "boolean") problems.push("prepare must be true or false");
  if (typeof name !== "string" || name === "") problems.push("name must be a text that is not empty");
  if (!isRuntime(runtime)) problems.push("runtime must have the functions now, after and jitter");
  return problems;
}

function isRuntime(runtime: Runtime): boolean {
  return [runtime?.now, runtime?.after, runtime?.jitter].every((part) => typeof part === "function");
}
