import type { SessionStore } from "../store/port.ts";
import { processNeighbours } from "./cached/neighbours.ts";
import { type CachedOptions, readOptions } from "./cached/options.ts";
import { type CachedStore, createCached } from "./cached/store.ts";

export type { BusListener, SessionBus } from "../store/bus.ts";
export type { CachedOptions } from "./cached/options.ts";
export type { CachedStore } from "./cached/store.ts";

/**
 * Keeps copies of sessions in the memory of this process, so that most reads ask no store. A store over a store.
 *
 * **What a copy decides.** A copy may only say yes. A session that is missing, expired or superseded by a copy, and a token
 * that does not match it, are confirmed in the store before the visitor is answered. Every change of a session, and
 * `requireUser({ freshFor })`, read the store first. What is not in the store is never kept.
 *
 * **How old a copy may be.** At most `ttl`, counted from the instant at which the read was sent, whatever happens to the bus.
 * So a session that is revoked on one machine, or a token that a sign-in there took the place of, may be accepted on another
 * for at most `ttl`. In the process that made the change no copy outlives it, and with a `bus` the other machines learn of it as soon as the message arrives. When the bus
 * reports a gap, everything is forgotten. A message that is lost costs what is left of `ttl`, and nothing else.
 *
 * **When something fails.** A failing bus fails no call (see `onBusError`); listening is tried again in the background. A
 * failing store fails what needs it; while a copy is young enough, reading it goes on.
 *
 * Nothing happens until the first call. What is in a copy is answered at once, without a promise. Records make way by use
 * when they take more than `maxBytes`.
 *
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: an option is wrong, or `ttl` is not given. Calls throw what the store
 *   underneath throws.
 *
 * @example
 * const store = cached(postgresStore(pool), { ttl: "5s", bus: postgresBus(client) })
 * const sessions = createSessions({ store })
 */
export function cached(store: SessionStore, options: CachedOptions): CachedStore {
  return createCached(store, readOptions(store, options), processNeighbours);
}
