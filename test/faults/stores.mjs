import { fileURLToPath } from "node:url";
import * as mariadbServer from "../servers/mariadb.mjs";
import * as postgresServer from "../servers/postgres.mjs";
import * as clusterServer from "../servers/redis-cluster-durable.mjs";
import * as redisServer from "../servers/redis-durable.mjs";

/**
 * Every client of every store that has a server which can fail.
 *
 * - `server`: the server of the tests' own that it talks to.
 * - `module`: the file that opens it, in `test/faults/stores/`.
 * - `without`: programs that say nothing of it.
 * - `isCluster`: whether the server is one. `brief`: the programs that `npm test` has time for, where another client of the store runs them all.
 */
export const faultStores = {
  "postgres/pg": { server: postgresServer, module: moduleOf("pg") },
  "postgres/postgres.js": {
    server: postgresServer,
    module: moduleOf("postgres-js"),
    brief: ["killed-store", "lost-answers"],
  },
  "mysql/mysql2": { server: mariadbServer, module: moduleOf("mysql2") },
  "redis/node-redis": { server: redisServer, module: moduleOf("node-redis"), without: ["exhausted-pool"] },
  "redis/ioredis": {
    server: redisServer,
    module: moduleOf("ioredis"),
    without: ["exhausted-pool"],
    brief: ["killed-store", "lost-answers"],
  },
  "redis-cluster/node-redis": { server: clusterServer, module: moduleOf("node-redis-cluster"), isCluster: true },
  "redis-cluster/ioredis": {
    server: clusterServer,
    module: moduleOf("ioredis-cluster"),
    isCluster: true,
    brief: ["killed-primary"],
  },
};

function moduleOf(name) {
  return fileURLToPath(new URL(`./stores/${name}.mjs`, import.meta.url));
}
