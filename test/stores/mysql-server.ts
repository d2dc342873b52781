import mysql from "mysql2";
import promised, { type Pool, type PoolOptions } from "mysql2/promise";
import { afterAll } from "vitest";

export const url = process.env.MYSQL_URL ?? "mysql://root@127.0.0.1:3306/test";

/** Whether the server answers. */
export async function hasMysql(): Promise<true | string> {
  const connection = await promised.createConnection({ uri: url, connectTimeout: 3_000 }).catch(() => null);
  if (!connection) return `is not reachable at ${new URL(url).host}`;
  await connection.end();
  return true;
}

/** Pools of mysql2 and databases of their own, which are gone after the tests of the file. */
export function temporaryDatabases() {
  const pools: { end(): unknown }[] = [];
  const databases: string[] = [];
  let admin: Pool | null = null;

  const keep = <T extends { end(): unknown }>(pool: T): T => {
    pools.push(pool);
    return pool;
  };

  /** Makes a database of its own. */
  async function create(): Promise<string> {
    admin ??= promised.createPool({ uri: url, connectionLimit: 1 });
    const name = `coatcheck_test_${process.pid}_${Math.random().toString(36).slice(2, 10)}`;
    databases.push(name);
    await admin.query(`CREATE DATABASE ${name}`);
    return name;
  }

  afterAll(async () => {
    for (const pool of pools) await Promise.resolve(pool.end()).catch(() => undefined);
    for (const name of databases) await admin?.query(`DROP DATABASE IF EXISTS ${name}`);
    await admin?.end();
  });

  return {
    create,
    /** A pool of promises. */
    pool: (database: string, options: PoolOptions = {}) =>
      keep(promised.createPool({ uri: url, database, ...options })),
    /** A pool of callbacks. */
    callbackPool(database: string, options: PoolOptions = {}) {
      const pool = mysql.createPool({ uri: url, database, connectionLimit: 6, ...options } as mysql.PoolOptions);
      pools.push({ end: () => new Promise((resolve) => pool.end(resolve)) });
      return pool;
    },
    /** A connection of promises. */
    connection: async (database: string) => keep(await promised.createConnection({ uri: url, database })),
    /** A connection of callbacks. */
    callbackConnection(database: string) {
      const connection = mysql.createConnection({ uri: url, database });
      pools.push({ end: () => new Promise((resolve) => connection.end(resolve)) });
      return connection;
    },
  };
}

/** A pool whose connections run a statement before they are used. */
export function prepareEach(pool: Pool, sql: string): Pool {
  pool.on("connection", (connection) => void (connection as unknown as mysql.Connection).query(sql));
  return pool;
}
