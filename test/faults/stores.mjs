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
 * - `isCluster`: whether the server is a cluster.
 * - `brief`: the programs that `npm test` has time for, where that is not all of them.
 */
export const faultStores = {
  "postgres/pg": { server: postgresServer, module: moduleOf("pg") },
  "postgres/postgres.js": { server: postgresServer, module: moduleOf("postgres-js"), brief: ["network"] },
  "mysql/mysql2": { server: mariadbServer, module: moduleOf("mysql2"), brief: ["killed-store", "network"] },
  "redis/node-redis": {
    server: redisServer,
    module: moduleOf("node-redis"),
    without: ["exhausted-pool"],
    brief: ["killed-store", "network", "flood"],
  },
  "redis/ioredis": {
    server: redisServer,
    module: moduleOf("ioredis"),
    without: ["exhausted-pool"],
    brief: ["killed-store", "lost-answers"],
  },
  "redis-cluster/node-redis": {
    server: clusterServer,
    module: moduleOf("node-redis-cluster"),
    isCluster: true,
    brief: ["moved-slots"],
  },
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
