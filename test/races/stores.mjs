import { fileURLToPath, pathToFileURL } from "node:url";

/**
 * Every store that the race, crash and fault programs run on.
 *
 * - `title`, `service`: as the tests name it, and what has to be there for it.
 * - `module`: the file that opens it, in `test/races/stores/`.
 * - `processes`: how many processes share it, where a race does not ask for fewer.
 * - `isAvailable`: `true`, or what is wrong.
 * - `isRemote`: whether every call goes over a network. Rounds that wait for each other are fewer there.
 */
export const stores = {
  sqlite: { title: "eight processes on SQLite", processes: 8, isAvailable: () => true, isRemote: false },
  memory: { title: "one process in memory", processes: 1, isAvailable: () => true, isRemote: false },
};

/** The module of a store, as a file. */
export function moduleOf(name) {
  return fileURLToPath(new URL(`./stores/${name}.mjs`, import.meta.url));
}

/** What opens a store: `makeTarget`, `openStore`, `dump`. */
export function openModule(name) {
  return import(pathToFileURL(moduleOf(name)).href);
}

/** The stores that more than one process can share: those that outlive a process. */
export const lastingStores = Object.keys(stores).filter((name) => stores[name].processes > 1);
