import Libsql from "libsql";
import { afterAll } from "vitest";
import { memoryStore, type SessionStore } from "../../src/index.ts";
import { cached } from "../../src/stores/cached.ts";
import { mysqlStore } from "../../src/stores/mysql.ts";
import { postgresStore } from "../../src/stores/postgres.ts";
import { redisStore } from "../../src/stores/redis.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { reach, services } from "../services.mjs";
import { hasMysql, temporaryDatabases } from "../stores/mysql-server.ts";
import { openPool } from "../stores/postgres-clients.ts";
import { freshPrefix, reachRedis, clients as redisClients } from "../stores/redis-clients.ts";

/** A place where sessions can be kept. */
export interface Place {
  readonly name: string;
  isAvailable(): true | string | Promise<boolean | string>;
  /** Called while tests are collected; the store is opened before they run. */
  prepare(): () => SessionStore | Promise<SessionStore>;
}

export const places: readonly Place[] = [
  { name: "memory", isAvailable: () => true, prepare: () => () => memoryStore() },
  { name: "SQLite", isAvailable: () => true, prepare: () => () => sqliteStore(new Libsql(":memory:")) },
  {
    name: "a cache in front of a store",
    isAvailable: () => true,
    prepare: () => () => cached(memoryStore(), { ttl: "5s" }),
  },
  {
    name: "PostgreSQL",
    isAvailable: () => reach(services.postgres),
    prepare() {
      const schema = `coatcheck_authjs_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
      const pool = openPool();
      afterAll(async () => {
        await pool.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
        await pool.end();
      });
      return () => postgresStore(pool, { schema });
    },
  },
  {
    name: "MySQL or MariaDB",
    isAvailable: hasMysql,
    prepare() {
      const databases = temporaryDatabases();
      return async () => mysqlStore(databases.pool(await databases.create()));
    },
  },
  {
    name: "Redis",
    isAvailable: () => reachRedis(),
    prepare() {
      const prefix = freshPrefix();
      const client = redisClients[1]?.open();
      return () => redisStore(client as never, { prefix, onWarning: null });
    },
  },
];
