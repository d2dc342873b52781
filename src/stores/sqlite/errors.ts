import { isSessionError, SessionStoreError } from "../../errors.ts";

/** The primary result codes that mean something to this store. @see {@link https://www.sqlite.org/rescode.html Result codes} */
const names: Record<number, string> = {
  1: "ERROR",
  5: "BUSY",
  6: "LOCKED",
  8: "READONLY",
  10: "IOERR",
  11: "CORRUPT",
  13: "FULL",
  14: "CANTOPEN",
  15: "PROTOCOL",
  26: "NOTADB",
};

const locked = new Set(["BUSY", "LOCKED", "PROTOCOL"]);

// A handle that its owner is using (a transaction, a query half read) is free again soon, just like a locked file.
const inUse = /within a transaction|busy executing/;

const locking = "Another connection kept the database locked for longer than the time limit of the store.";
const damaged = "The file is damaged, or is not a SQLite database. Restore it from a backup.";

const hints: Record<string, string> = {
  BUSY: locking,
  LOCKED: locking,
  PROTOCOL: locking,
  READONLY: "The process must be allowed to write to the file and to its folder.",
  IOERR: "The disk could not be read or written. Look at error.cause.",
  CORRUPT: damaged,
  NOTADB: damaged,
  FULL: "The disk is full.",
  CANTOPEN: "The folder of the file must exist, and the process must be allowed to write to it.",
};

/** Tells an error that is gone when the other connection has finished. */
export function isBusy(error: unknown): boolean {
  return locked.has(resultOf(error)) || inUse.test(messageOf(error));
}

/** Tells an error of reading one row: a blob stands where a text or a number should be. */
export function isRowError(error: unknown): boolean {
  return resultOf(error) === "ERROR" && messageOf(error).includes("JSON");
}

/** What a driver threw, as our error. The driver's own is the cause; no value of a statement is quoted. */
export function storeError(store: string, task: string, error: unknown): Error {
  if (isSessionError(error)) return error;
  if (/no such (table|column)/.test(messageOf(error))) return schemaMissing(store, error);
  const hint = hints[resultOf(error)] ?? "Look at error.cause for what the driver said.";
  return new SessionStoreError("STORE_UNAVAILABLE", `The store "${store}" could not ${task}.`, { hint, cause: error });
}

/** The error for a database without our tables, or with an older form of them. */
export function schemaMissing(store: string, cause?: unknown): SessionStoreError {
  return new SessionStoreError("STORE_SCHEMA_MISSING", `The store "${store}" does not find its table as it needs it.`, {
    hint: "Leave out { migrate: false } to have it made, or run the statements of sqliteSchema() yourself.",
    cause,
  });
}

/** The error for a call after `close`. */
export function closedError(store: string): SessionStoreError {
  return new SessionStoreError("STORE_UNAVAILABLE", `The store "${store}" is closed.`, {
    hint: "Make a new one with sqliteStore().",
  });
}

// better-sqlite3, libsql and bun:sqlite say "SQLITE_BUSY_SNAPSHOT"; node:sqlite gives the number, extended. The first two
// open files themselves, and give words only where that fails.
function resultOf(error: unknown): string {
  const { code, errcode } = (error ?? {}) as { readonly code?: unknown; readonly errcode?: unknown };
  if (typeof errcode === "number") return names[errcode & 255] ?? "";
  if (/unable to open|cannot open/i.test(messageOf(error))) return "CANTOPEN";
  return typeof code === "string" ? (/^SQLITE_([A-Z]+)/.exec(code)?.[1] ?? "") : "";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "";
}
