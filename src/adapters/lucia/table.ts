import type { Maybe } from "../../maybe.ts";
import { invalid } from "./options.ts";

/** A row of Lucia's table, as far as it matters. */
export interface LuciaRow {
  readonly userId: string;
  /** In epoch milliseconds. */
  readonly expiresAt: number;
}

/**
 * The table that Lucia 3 keeps its sessions in. `luciaSqliteTable`, `luciaPostgresTable` and `luciaMysqlTable` make one over
 * the client that an application has; for Prisma, MongoDB and others the three functions are a few lines.
 *
 * Each is one statement. What they throw becomes `STORE_UNAVAILABLE`, and signs nobody out.
 */
export interface LuciaTable {
  /** The row with exactly this id, expired or not, or `null`. Never an older state than the last acknowledged deletion. */
  find(id: string): Maybe<LuciaRow | null>;
  /** Removes the row with this id. One that is not there is no error. */
  delete(id: string): Maybe<unknown>;
  /** Removes every row of a user. */
  deleteUser(userId: string): Maybe<unknown>;
}

/** What Lucia's table and its columns are called. */
export interface LuciaTableNames {
  /** The table (default `"session"`), with its schema where it needs one: `"auth.session"`. */
  readonly table?: string;
  /** The column of the session id (default `"id"`). */
  readonly id?: string;
  /** The column of the user id (default `"user_id"`; `"userId"` with Prisma). */
  readonly userId?: string;
  /** The column of the end (default `"expires_at"`; `"expiresAt"` with Prisma). */
  readonly expiresAt?: string;
}

const defaults = { table: "session", id: "id", userId: "user_id", expiresAt: "expires_at" };
const identifier = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;

/**
 * The names, each checked and in the quotes of the database: they are part of statements.
 *
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: a name is not letters, digits and underscores.
 */
export function quotedNames(names: LuciaTableNames, quote: '"' | "`"): Required<LuciaTableNames> {
  const { table, id, userId, expiresAt } = { ...defaults, ...names };
  const quoted = (name: unknown, option: string) => {
    if (typeof name === "string" && identifier.test(name)) return quote + name + quote;
    throw invalid(
      `${option} of the Lucia table is not a name.`,
      "Use letters, digits and underscores, and no digit first.",
    );
  };
  return {
    table: String(table)
      .split(".", 2)
      .map((part) => quoted(part, "table"))
      .join("."),
    id: quoted(id, "id"),
    userId: quoted(userId, "userId"),
    expiresAt: quoted(expiresAt, "expiresAt"),
  };
}

/** Above this a number counts milliseconds, below it seconds: as seconds it is the year 5138, as milliseconds it is 1973. */
const leastMilliseconds = 100_000_000_000;

/**
 * Reads a row as a driver gives it. The end may be a `Date`, a number of seconds or of milliseconds, or a text; a text
 * without a zone is UTC, as Lucia reads it. A row for another spelling of the id, which a collation may find, is none.
 *
 * @throws TypeError: the end is none of these, and the row says nothing of whom to let in.
 */
export function readRow(row: unknown, id: string): LuciaRow | null {
  if (typeof row !== "object" || row === null) return null;
  const { session_id, user_id, ends } = row as Readonly<Record<string, unknown>>;
  if (session_id !== id) return null;
  if (user_id === null || user_id === undefined) return null;
  return { userId: String(user_id), expiresAt: instantOf(ends) };
}

function instantOf(end: unknown): number {
  const instant = end instanceof Date ? end.getTime() : typeof end === "string" ? parseEnd(end) : numberOf(Number(end));
  if (end === null || !Number.isFinite(instant)) throw new TypeError("The end of a Lucia session is not an instant.");
  return Math.floor(instant);
}

function parseEnd(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return numberOf(Number(text));
  return Date.parse(/[zZ]$|[+-]\d\d:?\d\d$/.test(text) ? text : `${text.replace(" ", "T")}Z`);
}

function numberOf(number: number): number {
  return number < leastMilliseconds ? number * 1_000 : number;
}
