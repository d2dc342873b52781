import type { SessionStore } from "coatcheck";
import { type SqlDatabase, sqlDatabase } from "coatcheck/extensions/sql";
import { mysqlStore } from "coatcheck/stores/mysql";
import { postgresStore } from "coatcheck/stores/postgres";
import { redisStore } from "coatcheck/stores/redis";
import { sqliteStore } from "coatcheck/stores/sqlite";
import { createPool } from "mysql2/promise";
import { Pool } from "pg";
import { createClient } from "redis";
import { database } from "./database";

/** Where sessions are kept, and the tables of the extensions: on one connection wherever both can be. */
interface Places {
  readonly sessions: SessionStore;
  readonly extensions: SqlDatabase;
}

/**
 * `DATABASE_URL` says where: a `postgres://`, `mysql://` or `redis://` address. Without one all of it is in the shop's own SQLite
 * file, and beside Redis, which has no tables, the extensions are there. (Users and invoices always are.)
 */
export function places(): Places {
  shared.coursePlaces ??= placesAt(process.env.DATABASE_URL ?? "");
  return shared.coursePlaces;
}

// Next bundles this module several times over; the process is what shares the connections.
const shared = globalThis as { coursePlaces?: Places };

function placesAt(url: string): Places {
  switch (/^(\w+):\/\//.exec(url)?.[1]) {
    case "postgres":
    case "postgresql": {
      const pool = listened(new Pool({ connectionString: url }));
      return { sessions: postgresStore(pool), extensions: sqlDatabase(pool) };
    }
    case "mysql":
    case "mariadb": {
      const pool = createPool(url.replace(/^mariadb/, "mysql"));
      return { sessions: mysqlStore(pool), extensions: sqlDatabase(pool) };
    }
    case "redis":
    case "rediss":
      return { sessions: redisStore(listened(createClient({ url }))), extensions: sqlDatabase(database) };
    default:
      return { sessions: sqliteStore(database), extensions: sqlDatabase(database) };
  }
}

// A server that goes away is an "error" event of the client; Node ends the process if nobody listens. Requests meanwhile get
// STORE_UNAVAILABLE, and the client connects again by itself.
function listened<Client extends { on(event: "error", listener: (error: Error) => void): unknown }>(client: Client) {
  client.on("error", (error) => console.error("the session database:", error.message));
  return client;
}
