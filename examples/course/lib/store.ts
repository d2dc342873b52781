import type { SessionStore } from "coatcheck";
import { mysqlStore } from "coatcheck/stores/mysql";
import { postgresStore } from "coatcheck/stores/postgres";
import { redisStore } from "coatcheck/stores/redis";
import { sqliteStore } from "coatcheck/stores/sqlite";
import { createPool } from "mysql2/promise";
import { Pool } from "pg";
import { createClient } from "redis";
import { database } from "./database";

/**
 * Where sessions are kept: `DATABASE_URL` says it, a `postgres://`, `mysql://` or `redis://` address. Without one they are in
 * the shop's own SQLite file. (Users and orders are always there.)
 */
export function sessionStore(): SessionStore {
  shared.courseSessionStore ??= storeFor(process.env.DATABASE_URL ?? "");
  return shared.courseSessionStore;
}

// Next bundles this module several times over; the process is what shares the connections.
const shared = globalThis as { courseSessionStore?: SessionStore };

function storeFor(url: string): SessionStore {
  switch (/^(\w+):\/\//.exec(url)?.[1]) {
    case "postgres":
    case "postgresql":
      return postgresStore(listened(new Pool({ connectionString: url })));
    case "mysql":
    case "mariadb":
      return mysqlStore(createPool(url.replace(/^mariadb/, "mysql")));
    case "redis":
    case "rediss":
      return redisStore(listened(createClient({ url })));
    default:
      return sqliteStore(database);
  }
}

// A server that goes away is an "error" event of the client; Node ends the process if nobody listens. Requests meanwhile get
// STORE_UNAVAILABLE, and the client connects again by itself.
function listened<Client extends { on(event: "error", listener: (error: Error) => void): unknown }>(client: Client) {
  client.on("error", (error) => console.error("the session database:", error.message));
  return client;
}
