import { importBuilt } from "../library.mjs";
import * as sqlite from "./sqlite.mjs";

export const { processes, makeTarget } = sqlite;

/**
 * SQLite behind a cache: each process has its own, and there is no bus, so that no process hears what the others do.
 *
 * All requests read through the caches, and what they change rests on the store: no write may be lost, nothing that has
 * ended may live again, and no token that was replaced may write, however old the copies are. What the programs look at
 * afterwards they read without copies (see `exact` in the worker): for as long as `ttl` a copy may say yes to a session that
 * another process has just ended, and this is no resurrection. The tests of G11 measure that bound.
 */
export async function openStore(dist, target) {
  const { cached } = await importBuilt(dist, "stores/cached.js");
  const { store, close } = await sqlite.openStore(dist, target);
  return { store: cached(store, { ttl: "5s" }), close };
}
