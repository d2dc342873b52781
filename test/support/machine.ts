import type { SessionStore } from "../../src/index.ts";
import type { Copies } from "../../src/stores/cached/copies.ts";
import type { Neighbours } from "../../src/stores/cached/neighbours.ts";
import { readOptions } from "../../src/stores/cached/options.ts";
import { createCached } from "../../src/stores/cached/store.ts";
import type { CachedOptions, CachedStore } from "../../src/stores/cached.ts";

const nobody: Neighbours = { join: () => undefined, tell: () => undefined };

/** The cache of a machine of its own: `cached`, but for what several caches of one process do for each other. */
export function machine(store: SessionStore, options: Partial<CachedOptions> = {}, copies?: Copies): CachedStore {
  const given = { ttl: "5s", onBusError: () => undefined, ...options } as const;
  return createCached(store, readOptions(store, given), nobody, copies);
}
