import { SessionStoreError } from "../../errors.ts";
import type { Maybe } from "../../maybe.ts";
import type { SqliteDatabase } from "./database.ts";

type Driver = new (path: string) => SqliteDatabase;

interface NodeModules {
  createRequire(from: string): (name: string) => unknown;
}

// Literal names, since bundlers turn `import(variable)` into a failure; both comments, since otherwise they bundle the
// driver, or fail where it is not installed.
const installed: Readonly<Record<string, () => Promise<unknown>>> = {
  // @ts-expect-error: an optional peer, which is absent where this package is built.
  "better-sqlite3": () => import(/* webpackIgnore: true */ /* turbopackIgnore: true */ "better-sqlite3"),
  libsql: () => import(/* webpackIgnore: true */ /* turbopackIgnore: true */ "libsql"),
};

/**
 * Opens a file with the first driver that is there: the one of Bun or of Node (from 22.13 on), better-sqlite3, libsql. At
 * once with a driver of the runtime, by a promise with the others, which must be loaded first.
 *
 * @throws {@link SessionStoreError} `STORE_DRIVER_MISSING`: there is none.
 */
export function openFile(path: string): Maybe<SqliteDatabase> {
  const bun = builtIn<{ readonly Database: Driver }>("bun:sqlite");
  const Driver = bun?.Database ?? builtIn<{ readonly DatabaseSync?: Driver }>("node:sqlite")?.DatabaseSync;
  return Driver ? new Driver(path) : openWithInstalled(path);
}

async function openWithInstalled(path: string): Promise<SqliteDatabase> {
  const failures: unknown[] = [];
  for (const [name, load] of Object.entries(installed)) {
    const Found = await load()
      .then(driverOf)
      .catch((error) => void failures.push(error));
    const Driver = Found ?? fromApplication(name);
    if (Driver) return new Driver(path);
  }
  throw new SessionStoreError("STORE_DRIVER_MISSING", "There is no SQLite driver for the path given to sqliteStore.", {
    hint: 'Run "npm install better-sqlite3" or "npm install libsql", use Node 22.13 or later, or pass a database handle.',
    cause: failures.length === 0 ? undefined : new AggregateError(failures, "The drivers could not be loaded."),
  });
}

// Where this package is linked or bundled, a driver may be found from the application's folder only.
function fromApplication(name: string): Driver | undefined {
  try {
    const require = builtIn<NodeModules>("node:module")?.createRequire(`${process.cwd()}/`);
    return driverOf(require?.(name));
  } catch {
    return undefined;
  }
}

// Both are CommonJS: what is required is the class, what is imported has it as the default.
function driverOf(module: unknown): Driver | undefined {
  const found = (module as { readonly default?: unknown } | undefined)?.default ?? module;
  return typeof found === "function" ? (found as Driver) : undefined;
}

// Next's edge sandbox throws when this property is merely read, and other edge runtimes have no `process`.
function builtIn<T>(name: string): T | undefined {
  try {
    return globalThis.process?.getBuiltinModule?.(name) as T | undefined;
  } catch {
    return undefined;
  }
}
