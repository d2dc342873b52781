import { type Duration, parseDuration } from "../../duration.ts";
import { SessionConfigError } from "../../errors.ts";
import { type Runtime, systemRuntime } from "../../runtime.ts";
import { commonProblems, unknownOptions } from "../sql/options.ts";
import type { SqliteSource } from "./database.ts";

/** The options of `sqliteStore`. */
export interface SqliteStoreOptions {
  /** The table of the sessions (default `"coatcheck_sessions"`). */
  readonly table?: string;
  /**
   * Whether the first call makes the table, or brings it up to date (default `true`). With `false` a call answers
   * `STORE_SCHEMA_MISSING` while it is not there.
   */
  readonly migrate?: boolean;
  /**
   * Whether the database is set to WAL mode and to `durability` (default `true`). `false` leaves a handle of yours quite as
   * it is: its own settings then say what is durable, and how long a locked database blocks the process.
   */
  readonly pragmas?: boolean;
  /**
   * What an acknowledged write survives (default `"full"`).
   *
   * `"full"` (`synchronous=FULL`): a crash of the process, of the system, and a loss of power. `"normal"`
   * (`synchronous=NORMAL`): a crash of the process, `kill -9` included; a loss of power or a crash of the system may take
   * the last writes back (up to the last checkpoint), so that a session that was ended just before lives again. The file
   * stays sound in both. Writes are several times as fast with `"normal"`.
   *
   * @see {@link https://www.sqlite.org/pragma.html#pragma_synchronous SQLite: synchronous}
   */
  readonly durability?: "full" | "normal";
  /** How long a call waits for other connections' locks, without blocking the process (default `"2s"`). */
  readonly timeLimit?: Duration;
  /** What the store is called in errors and events (default `"sqlite"`). */
  readonly name?: string;
  /** The clock and the timers by which calls wait (default: those of the machine). */
  readonly runtime?: Runtime;
}

/** The options with their defaults. */
export interface SqliteSettings extends Required<Omit<SqliteStoreOptions, "timeLimit">> {
  readonly timeLimitMs: number;
}

const defaults = {
  table: "coatcheck_sessions",
  migrate: true,
  pragmas: true,
  durability: "full",
  timeLimit: "2s",
  name: "sqlite",
  runtime: systemRuntime,
} as const satisfies SqliteStoreOptions;

/** Checks the options and fills in the defaults. @throws {@link SessionConfigError} `CONFIG_INVALID`: every problem at once. */
export function readOptions(source: SqliteSource, options: SqliteStoreOptions): SqliteSettings {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const { timeLimit, ...settings }: Required<SqliteStoreOptions> = { ...defaults, ...given };
  const timeLimitMs = parseDuration(timeLimit);
  const problems = [...problemsOfSource(source), ...unknownOptions(given, defaults), ...problemsOf(settings, given)];
  if (timeLimitMs === null) problems.push('timeLimit must be a duration, such as "2s"');
  if (problems.length === 0 && timeLimitMs !== null) return { ...settings, timeLimitMs };
  throw new SessionConfigError("CONFIG_INVALID", `sqliteStore cannot be made: ${problems.join("; ")}.`, {
    hint: 'sqliteStore("sessions.db") without options is right for most applications.',
  });
}

function problemsOfSource(source: SqliteSource): string[] {
  if (typeof source === "string" ? source !== "" : typeof source === "function") return [];
  if (typeof source === "object" && typeof source?.prepare === "function" && typeof source.exec === "function")
    return [];
  return ["it needs the path of a file, a database handle with prepare and exec, or a function that gives one"];
}

function problemsOf(settings: Omit<SqliteSettings, "timeLimitMs">, given: SqliteStoreOptions): string[] {
  const { pragmas, durability } = settings;
  const problems = commonProblems(settings);
  if (typeof pragmas !== "boolean") problems.push("pragmas must be true or false");
  if (durability !== "full" && durability !== "normal") problems.push('durability must be "full" or "normal"');
  if (!pragmas && given.durability) problems.push("durability needs pragmas");
  return problems;
}
