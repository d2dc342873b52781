import { isSessionError, SessionStoreError } from "../../errors.ts";
import type { MysqlClient } from "../../stores/mysql/client.ts";
import { kindOf, type PostgresClient } from "../../stores/postgres/client.ts";
import type { SqliteDatabase } from "../../stores/sqlite/database.ts";
import type { Backend, BackendPlan } from "./backend.ts";
import { createMysql } from "./mysql.ts";
import { readOptions, type SqlClient, type SqlDatabaseOptions, type SqlSettings } from "./options.ts";
import { createPostgres } from "./postgres.ts";
import { planFor, type SqlSchema, tablesOf } from "./schema.ts";
import { createSqlite } from "./sqlite.ts";
import { createTranslation, type SqlDialect } from "./statement.ts";
import { type SqlAnswer, type SqlSteps, type SqlWork, steps } from "./steps.ts";
import type { SqlRow, SqlValue } from "./values.ts";

/** The tables of one extension. Statements are written once for all databases; see the guide. */
export interface SqlTables {
  readonly dialect: SqlDialect;
  /** Reads rows. `task` says in an error what could not be done, such as `"read the lessons"`. */
  read(task: string, sql: string, values?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /**
   * Changes rows with one statement, and tells how many met the condition. It is committed when this answers. Of an upsert the
   * number tells nothing.
   */
  write(task: string, sql: string, values?: readonly SqlValue[]): Promise<number>;
  /** Adds one row with an INSERT, and tells whether it did: not where its key, or another unique value of it, is taken. */
  add(task: string, sql: string, values?: readonly SqlValue[]): Promise<boolean>;
  /**
   * Does work in a transaction: committed when it returns, undone when it throws, and what it throws is thrown on as it is. The
   * work is a generator, each of whose statements is sent with `yield*`; in SQLite all of it runs in one go. It may be begun
   * anew, so that it must change nothing but rows.
   *
   * @example
   * await tables.transact("claim a seat", function* (sql) {
   *   const taken = yield* sql.write("UPDATE {seats} SET used = used + 1 WHERE id = ? AND used < places", [id])
   *   return taken === 1 && (yield* sql.add("INSERT INTO {claims} (seat, user_id) VALUES (?, ?)", [id, userId]))
   * })
   */
  transact<T>(task: string, work: (sql: SqlSteps) => SqlWork<T>): Promise<T>;
}

/** A database for the tables of extensions. */
export interface SqlDatabase {
  readonly dialect: SqlDialect;
  readonly name: string;
  /** The tables of an extension, which are made at its first statement. */
  tables(schema: SqlSchema): SqlTables;
  /** Closes the database, if it was opened from a path. */
  close(): Promise<void>;
}

/**
 * Gives extensions a place for their tables in the database that the application has: SQLite, PostgreSQL, MySQL or MariaDB.
 *
 * It takes the client of the application, as `sqliteStore`, `postgresStore` and `mysqlStore` do, and what they say about
 * clients, waiting and durability holds here too; one client may serve sessions and extensions. Nothing happens until the
 * first statement of an extension: it makes the tables of that extension, which one of many processes does. Transactions need
 * a client that can keep a connection: in PostgreSQL a `Pool` of pg, postgres.js or PGlite.
 *
 * @param client The client, told apart by its methods, or the path of a SQLite file.
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: an option is wrong, or that is no client. Calls reject with
 *   {@link SessionStoreError} `STORE_SCHEMA_MISSING`: the tables are not there and `migrate` is `false`;
 *   `STORE_CAPABILITY_MISSING`: a transaction on a client that cannot have one; `STORE_CONFLICT`, `STORE_UNAVAILABLE`: as
 *   the stores do.
 *
 * @example
 * const database = sqlDatabase(new Pool({ connectionString }))
 * const extensions = { progress: progress({ data: sqlProgress(database), courses }) }
 */
export function sqlDatabase(client: SqlClient, options: SqlDatabaseOptions = {}): SqlDatabase {
  const settings = readOptions(client, options);
  const { dialect, name, prefix, schema: within } = settings;
  const { open, close } = openers[dialect](client as never, settings);
  return {
    dialect,
    name,
    tables(schema) {
      const place = { dialect, prefix, within };
      const backend = open({ plan: planFor(schema, place), translate: createTranslation(place, tablesOf(schema)) });
      return createTables(settings, schema, backend);
    },
    close: async () => close(),
  };
}

interface Opener {
  open(plan: BackendPlan): Backend;
  close(): void | PromiseLike<void>;
}

const openers: Record<SqlDialect, (client: never, settings: SqlSettings) => Opener> = {
  sqlite: (source: string | SqliteDatabase, settings) => createSqlite(source, settings),
  postgres: (client: PostgresClient, settings) => {
    const kind = kindOf(client) ?? "pg";
    return { open: (plan) => createPostgres(client, { ...settings, kind }, plan), close: () => undefined };
  },
  mysql: (client: MysqlClient, settings) => {
    const database = settings.schema ?? null;
    return { open: (plan) => createMysql(client, { ...settings, database }, plan), close: () => undefined };
  },
};

function createTables(settings: SqlSettings, schema: SqlSchema, backend: Backend): SqlTables {
  const tell = (error: unknown): never => {
    throw isSessionError(error, "STORE_SCHEMA_MISSING") ? schemaMissing(settings, schema, error) : error;
  };
  const send = <T extends SqlAnswer>(
    task: string,
    kind: "read" | "write" | "add",
    sql: string,
    values: readonly SqlValue[] = [],
  ) => backend.send(task, { kind, sql, values }).catch(tell) as Promise<T>;
  return {
    dialect: settings.dialect,
    read: (task, sql, values) => send(task, "read", sql, values),
    write: (task, sql, values) => send(task, "write", sql, values),
    add: async (task, sql, values) => (await send(task, "add", sql, values)) === 1,
    transact: (task, work) => transact(backend, task, work).catch(tell),
  };
}

/** What the author's own code has thrown, to tell it from what a driver has. */
interface Thrown {
  readonly error: unknown;
}

async function transact<T>(backend: Backend, task: string, work: (sql: SqlSteps) => SqlWork<T>): Promise<T> {
  let thrown: Thrown | null = null;
  function* attempt(): SqlWork<T> {
    thrown = null;
    try {
      return yield* work(steps);
    } catch (error) {
      thrown = { error };
      throw error;
    }
  }
  try {
    return await backend.transact(task, attempt);
  } catch (error) {
    throw (thrown as Thrown | null)?.error ?? error;
  }
}

function schemaMissing({ name }: SqlSettings, schema: SqlSchema, cause: unknown): SessionStoreError {
  const what = `The database "${name}" does not have the tables of "${schema.name}" as they are needed.`;
  return new SessionStoreError("STORE_SCHEMA_MISSING", what, {
    hint: "Leave out { migrate: false } to have them made, or run the statements of sqlSchema() yourself.",
    cause,
  });
}
