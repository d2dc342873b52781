import { firstRow, type SqliteDatabase } from "./database.ts";
import { createLine, type Write } from "./line.ts";
import type { SqliteSettings } from "./options.ts";

/** An open database with the ways to read and to write it. */
export interface Connection {
  readonly database: SqliteDatabase;
  /** Does the work in a transaction that holds the write lock from its beginning, and leaves none open. */
  readonly transact: Transact;
  readonly write: Write;
}

/** Runs synchronous work in one transaction; inside of another it is a part of that. */
export type Transact = <T>(work: () => T) => T;

/** What is asked for to set a database up. */
export type ConnectionSettings = Pick<SqliteSettings, "name" | "runtime" | "timeLimitMs" | "pragmas" | "durability">;

/** Sets a database up. May be tried again after it has failed. */
export function setUp(database: SqliteDatabase, isOurs: boolean, settings: ConnectionSettings): Connection {
  const transact = createTransact(database, createBegin(database, isOurs || !settings.pragmas));
  if (isOurs) setBusyTimeout(database, 0);
  if (settings.pragmas) setPragmas(database, settings.durability);
  return { database, transact, write: createLine(settings, transact) };
}

// In WAL mode readers and the one writer never wait for each other. better-sqlite3 is built to fall back to NORMAL there.
function setPragmas(database: SqliteDatabase, durability: SqliteSettings["durability"]): void {
  firstRow(database, "PRAGMA journal_mode = WAL");
  database.exec(`PRAGMA synchronous = ${durability === "full" ? "FULL" : "NORMAL"}`);
}

function createTransact(database: SqliteDatabase, begin: () => void): Transact {
  let isInside = false;
  return (work) => {
    if (isInside) return work();
    begin();
    isInside = true;
    try {
      const result = work();
      database.exec("COMMIT");
      return result;
    } catch (error) {
      rollBack(database);
      throw error;
    } finally {
      isInside = false;
    }
  };
}

function rollBack(database: SqliteDatabase): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // SQLite has rolled back by itself, as it does when the disk is full.
  }
}

// Not a prepared statement: one of libsql that found the file locked keeps its read transaction open until it is collected
// as garbage, and until then every read sees the past and no write succeeds.
function createBegin(database: SqliteDatabase, isQuick: boolean): () => void {
  const begin = () => void database.exec("BEGIN IMMEDIATE");
  if (isQuick) return begin;
  const timeout = Number(firstRow(database, "PRAGMA busy_timeout")?.timeout ?? 0);
  return timeout === 0 ? begin : () => hurry(database, timeout, begin);
}

// The application's own statements on its handle shall wait as long as it has set; only ours must not block. In WAL mode
// nothing but the beginning of a write waits for a lock.
function hurry(database: SqliteDatabase, timeout: number, begin: () => void): void {
  setBusyTimeout(database, 0);
  try {
    begin();
  } finally {
    setBusyTimeout(database, timeout);
  }
}

// SQLite waits by blocking the process; calls wait without.
function setBusyTimeout(database: SqliteDatabase, timeout: number): void {
  database.exec(`PRAGMA busy_timeout = ${timeout}`);
}
