import { fileURLToPath } from "node:url";
import * as mariadbServer from "../servers/mariadb.mjs";
import * as postgresServer from "../servers/postgres.mjs";
import * as redisServer from "../servers/redis-durable.mjs";

/**
 * Every client of every store that has a server which can fail.
 *
 * - `server`: the server of the tests' own that it talks to.
 * - `module`: the file that opens it, in `test/faults/stores/`.
 * - `without`: programs that say nothing of it.
 * - `isBrief`: the programs that `npm test` has time for, where another client of the store runs them all.
 * - `suffers`: what no setting of the client makes it survive without a restart. The documentation says so.
 */
export const faultStores = {
  "postgres/pg": { server: postgresServer, module: moduleOf("pg") },
  "postgres/postgres.js": {
    server: postgresServer,
    module: moduleOf("postgres-js"),
    suffers: ["blackHole", "halfOpen"],
    isBrief: ["killed-store", "lost-answers"],
  },
  "mysql/mysql2": { server: mariadbServer, module: moduleOf("mysql2") },
  "redis/node-redis": { server: redisServer, module: moduleOf("node-redis"), without: ["exhausted-pool"] },
  "redis/ioredis": {
    server: redisServer,
    module: moduleOf("ioredis"),
    without: ["exhausted-pool"],
    isBrief: ["killed-store", "lost-answers"],
  },
};

function moduleOf(name) {
  return fileURLToPath(new URL(`./stores/${name}.mjs`, import.meta.url));
}
