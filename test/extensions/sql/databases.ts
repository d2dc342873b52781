import { PGlite } from "@electric-sql/pglite";
import mysql from "mysql2";
import promised from "mysql2/promise";
import { Pool } from "pg";
import postgres from "postgres";
import { afterAll, onTestFinished } from "vitest";
import { type SqlDatabase, type SqlDatabaseOptions, sqlDatabase } from "../../../src/extensions/sql/index.ts";
import { drivers, libsql, type TestDriver } from "../../drivers/drivers.ts";
import { temporaryFiles } from "../../drivers/sqlite-files.ts";
import type { Availability } from "../../require-services.ts";
import { reach, services } from "../../services.mjs";

/** A kind of client, whose databases are gone after the test that makes them. */
export interface TestClient {
  readonly name: string;
  readonly isAvailable: Availability;
  /** A database with nothing in it, through a client of its own; `reopen` gives the same through another client. */
  make(options?: SqlDatabaseOptions): Promise<TestDatabase>;
}

export interface TestDatabase {
  readonly database: SqlDatabase;
  /** What the client of the database is, for statements of one's own. */
  readonly client: unknown;
  /** Where another process finds the database: the arguments of `connect.mjs`. Empty where none can. */
  readonly address: readonly string[];
  /** The same tables through another client of the same kind, as another process would have it; PGlite has one only. */
  reopen(options?: SqlDatabaseOptions): SqlDatabase;
}

/** Closes something when the test is over, the last thing first. */
function later(close: () => unknown): void {
  onTestFinished(async () => void (await close()));
}

const unique = () => `ct_${process.pid}_${Math.random().toString(36).slice(2, 10)}`;

function sqliteClient({ name, isAvailable, open: openHandle }: TestDriver): TestClient {
  const files = temporaryFiles();
  return {
    name: `SQLite (${name})`,
    isAvailable,
    async make(options) {
      const path = files.path();
      const open = (more?: SqlDatabaseOptions) => {
        const client = openHandle(path);
        later(() => client.close());
        return { client, database: sqlDatabase(client, { ...options, ...more }) };
      };
      return { ...open(), address: ["sqlite", path], reopen: (more) => open(more).database };
    },
  };
}

type PostgresHandle = Pool | postgres.Sql;

function postgresClient(name: string, open: () => PostgresHandle): TestClient {
  return {
    name,
    isAvailable: () => reach(services.postgres),
    async make(options) {
      const schema = unique();
      later(() => dropSchema(schema));
      const again = (more?: SqlDatabaseOptions) => {
        const client = open();
        later(() => client.end());
        return { client, database: sqlDatabase(client, { schema, ...options, ...more }) };
      };
      const address = ["postgres", services.postgres, schema];
      return { ...again(), address, reopen: (more) => again(more).database };
    },
  };
}

async function dropSchema(schema: string): Promise<void> {
  const pool = new Pool({ connectionString: services.postgres, max: 1 });
  await pool.query(`SET client_min_messages = warning; DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
  await pool.end();
}

// One for all tests of a file, since it takes long to begin.
function pglite(): TestClient {
  let client: PGlite | null = null;
  afterAll(() => client?.close());

  function begin(): PGlite {
    if (client) return client;
    client = new PGlite();
    return client;
  }

  return {
    name: "PGlite",
    isAvailable: () => true,
    async make(options) {
      const [only, schema] = [begin(), unique()];
      const open = (more?: SqlDatabaseOptions) => sqlDatabase(only, { schema, ...options, ...more });
      return { client: only, database: open(), address: [], reopen: open };
    },
  };
}

type MysqlHandle = promised.Pool | mysql.Pool;

function mysqlClient(name: string, open: (options: mysql.PoolOptions) => MysqlHandle): TestClient {
  return {
    name,
    isAvailable: () => reach(services.mysql),
    async make(options) {
      const database = unique();
      const admin = await promised.createConnection({ uri: services.mysql });
      await admin.query(`CREATE DATABASE ${database}`);
      later(async () => {
        await admin.query(`DROP DATABASE IF EXISTS ${database}`);
        await admin.end();
      });
      const again = (more?: SqlDatabaseOptions) => {
        const client = open({ uri: services.mysql, database, connectionLimit: 3 });
        later(() => new Promise((resolve) => endOf(client, resolve)));
        return { client, database: sqlDatabase(client, { ...options, ...more }) };
      };
      const address = ["mysql", services.mysql, database];
      return { ...again(), address, reopen: (more) => again(more).database };
    },
  };
}

function endOf(client: MysqlHandle, then: (value?: unknown) => void): void {
  if ("promise" in client) client.end(() => then());
  else client.end().then(then, then);
}

const ownForms = {
  bigNumberStrings: true,
  supportBigNumbers: true,
  typeCast: () => "a form of one's own",
} satisfies mysql.PoolOptions;

/** One client for each server: enough for what does not depend on the client. */
export const servers: readonly TestClient[] = [
  sqliteClient(libsql),
  postgresClient("PostgreSQL (pg)", () => new Pool({ connectionString: services.postgres, max: 3 })),
  mysqlClient("MySQL (mysql2/promise)", (options) => promised.createPool(options)),
];

/** Every kind of client. */
export const clients: readonly TestClient[] = [
  ...servers,
  ...drivers.filter((driver) => driver !== libsql).map(sqliteClient),
  postgresClient("PostgreSQL (postgres.js)", () => postgres(services.postgres, { max: 3, onnotice: () => undefined })),
  pglite(),
  mysqlClient("MySQL (mysql2)", (options) => mysql.createPool(options)),
  mysqlClient("MySQL (values in forms of one's own)", (options) => promised.createPool({ ...options, ...ownForms })),
];
