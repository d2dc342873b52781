import { fileURLToPath, pathToFileURL } from "node:url";
import { areInstalled } from "../servers/binaries.mjs";
import { reach, services } from "../services.mjs";

/**
 * Every store that the race, crash and fault programs run on.
 *
 * - `title`: as the tests name it. `moduleOf` is the file that opens it, in `test/races/stores/`.
 * - `processes`: how many processes share it, where a race does not ask for fewer.
 * - `isAvailable`: `true`, or what is wrong.
 * - `isCached`: whether each process reads through copies of its own.
 * - `isRemote`: whether every call goes over a network. Rounds that wait for each other are fewer there.
 */
export const stores = {
  sqlite: { title: "eight processes on SQLite", processes: 8, isAvailable: () => true, isRemote: false },
  "cached-sqlite": {
    title: "eight processes on SQLite, each behind a cache",
    processes: 8,
    isAvailable: () => true,
    isRemote: false,
    isCached: true,
  },
  memory: { title: "one process in memory", processes: 1, isAvailable: () => true, isRemote: false },
  postgres: {
    title: "eight processes on PostgreSQL",
    processes: 8,
    isAvailable: () => reach(services.postgres),
    isRemote: true,
  },
  mysql: {
    title: "eight processes on MySQL or MariaDB",
    processes: 8,
    isAvailable: () => reach(services.mysql),
    isRemote: true,
  },
  redis: { title: "eight processes on Redis", processes: 8, isAvailable: () => reach(services.redis), isRemote: true },
  "redis-cluster": {
    title: "eight processes on a Redis Cluster",
    processes: 8,
    isAvailable: () => areInstalled("redis-server", "redis-cli"),
    isRemote: true,
  },
};

/** The module of a store, as a file. */
export function moduleOf(name) {
  return fileURLToPath(new URL(`./stores/${name}.mjs`, import.meta.url));
}

/** What opens a store: `makeTarget`, `openStore`, `dump`, and for some `release`, after the last target. */
export function openModule(name) {
  return import(pathToFileURL(moduleOf(name)).href);
}

/** The stores that more than one process can share: those that outlive a process. A cache does not. */
export const lastingStores = Object.keys(stores).filter((name) => stores[name].processes > 1 && !stores[name].isCached);
