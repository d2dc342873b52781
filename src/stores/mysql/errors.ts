import { isSessionError, SessionStoreError } from "../../errors.ts";

/** The error numbers of the servers that mean something to this store. */
const duplicateEntry = 1062;
const rolledBack = new Set([
  1213, // deadlock; also a write that another node of a cluster has won
  1205, // a lock was held for longer than innodb_lock_wait_timeout
  1020, // MariaDB with innodb_snapshot_isolation: the row has changed meanwhile
  1243, // the server does not know the prepared statement: its session was reset
]);
const schema = new Set([1146, 1054, 1932]);
const readOnly = new Set([1290, 1792, 1836]);

// Their messages name servers, users, databases, tables and columns, and never a value.
const quiet = new Set([1040, 1044, 1045, 1046, 1049, 1053, 1054, 1129, 1130, 1142, 1146, 1205, 1213, 1290, 1461, 1836]);

const away = "The server must be running and reachable. The next call connects again.";

const hints: Record<string | number, string> = {
  ECONNREFUSED: away,
  ENOTFOUND: away,
  ETIMEDOUT: away,
  ECONNRESET: away,
  EPIPE: away,
  PROTOCOL_CONNECTION_LOST: away,
  1053: away,
  1927: away,
  4031: away,
  1040: "The server has too many connections: make the pools smaller, or max_connections larger.",
  1044: "The user must be allowed to use the database.",
  1045: "The user or the password is wrong.",
  1046: "Choose a database for the pool's connections, or pass { database }.",
  1049: "The database must exist.",
  1142: "The user needs SELECT, INSERT, UPDATE and DELETE on the table, and CREATE unless { migrate: false }.",
  1205: "Another transaction kept a row locked. Keep no transaction open that touches sessions.",
  1290: "The server is read only: the pool must connect to the primary.",
  1461: "The server has too many prepared statements: make max_prepared_stmt_count larger.",
  1836: "The server is read only: the pool must connect to the primary.",
};

/** Tells the refusal of an id that exists. */
export function isDuplicate(error: unknown): boolean {
  return errnoOf(error) === duplicateEntry;
}

/** Tells an error after which nothing was done, and the same may be tried again. */
export function isRolledBack(error: unknown): boolean {
  return rolledBack.has(errnoOf(error));
}

/** Tells the error for a table that is not there. */
export function isTableMissing(error: unknown): boolean {
  return errnoOf(error) === 1146;
}

/** Tells an error after which a connection is of no more use, though the driver may think so. */
export function spoilsConnection(error: unknown): boolean {
  const errno = errnoOf(error);
  return !(errno > 1000 && errno < 10_000) || readOnly.has(errno) || errno === 1243 || isFatal(error);
}

/** What a driver threw, as our error. Its cause is a copy of the driver's without the statement and its values. */
export function storeError(store: string, task: string, error: unknown): Error {
  if (isSessionError(error)) return error;
  const cause = safeCopy(error);
  if (schema.has(errnoOf(error))) return schemaMissing(store, cause);
  const hint = hints[errnoOf(error)] ?? hints[codeOf(error)] ?? "Look at error.cause for what the server said.";
  return new SessionStoreError("STORE_UNAVAILABLE", `The store "${store}" could not ${task}.`, { hint, cause });
}

/** The error for a database without our table, or with an older form of it. */
export function schemaMissing(store: string, cause?: unknown): SessionStoreError {
  return new SessionStoreError("STORE_SCHEMA_MISSING", `The store "${store}" does not find its table as it needs it.`, {
    hint: "Leave out { migrate: false } to have it made, or run the statement of mysqlSchema() yourself.",
    cause,
  });
}

/** The error for whatever else keeps the store from working: what is wrong, and what to do. */
export function unavailable(store: string, what: string, hint: string): SessionStoreError {
  return new SessionStoreError("STORE_UNAVAILABLE", `The store "${store}" ${what}.`, { hint });
}

// The driver's error carries the whole statement, and a server's message may quote any value: the key of a duplicate, a text
// that does not fit, whatever a trigger says. The code tells the operator what it was.
function safeCopy(error: unknown): Error {
  const { sqlState } = (error ?? {}) as { readonly sqlState?: unknown };
  const [code, errno, message] = [codeOf(error), errnoOf(error), messageOf(error)];
  const isSafe = errno <= 0 || quiet.has(errno);
  const copy = new Error(isSafe ? message || code : `${code} (the message is left out, since it may quote values)`);
  return Object.assign(copy, { code, errno, ...(typeof sqlState === "string" && sqlState !== "" && { sqlState }) });
}

function errnoOf(error: unknown): number {
  const { errno } = (error ?? {}) as { readonly errno?: unknown };
  return typeof errno === "number" ? errno : 0;
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === "string" ? code : "";
}

function isFatal(error: unknown): boolean {
  return (error as { readonly fatal?: unknown } | null)?.fatal === true;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "";
}
