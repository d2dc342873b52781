import type { Maybe } from "../maybe.ts";
import type { ByUser, SessionStore } from "../store/port.ts";
import { listenForErrors, type PostgresClient } from "./postgres/client.ts";
import { createLink } from "./postgres/link.ts";
import { type PostgresStoreOptions, readOptions } from "./postgres/options.ts";
import { storePlan, tableOf } from "./postgres/schema.ts";
import { statementsOf } from "./postgres/statements.ts";
import { create, destroy, destroyByUser, destroyOne, find, listByUser, sweep, update } from "./postgres/steps.ts";

export type { BusListener, SessionBus } from "../store/bus.ts";
export { type PostgresBusOptions, postgresBus } from "./postgres/bus.ts";
export type {
  PgLike,
  PgliteLike,
  PostgresClient,
  PostgresFunction,
  PostgresJsLike,
} from "./postgres/client.ts";
export type { PostgresStoreOptions } from "./postgres/options.ts";
export { type PostgresPlace, postgresSchema } from "./postgres/schema.ts";

/** A store in a PostgreSQL database. */
export interface PostgresStore extends SessionStore {
  readonly byUser: ByUser;
  sweep(now: number, limit: number): Maybe<number>;
}

/**
 * Keeps sessions in a PostgreSQL database (12 or later), for any number of processes and machines.
 *
 * Nothing happens until the first call; it makes or updates the table, which one of many processes does. Every call is then
 * one statement and one round trip: a find of many sessions at once too, and an update with all its conditions. Reads only
 * read. Statements are exact in READ COMMITTED; where a stricter isolation is the default, what the server undoes is sent
 * again.
 *
 * **Clients.** A `Pool` of pg, or one built like it; the `sql` function of postgres.js; PGlite; or a function whose `query`
 * sends one statement, as serverless drivers have it. The client stays yours: the store never ends it. A `Client` of pg
 * works, but one statement waits for the other, and it does not come back when its connection is lost. A `Pool` announces
 * lost idle connections as an event, which ends the process where nobody listens: where nobody does, the store listens.
 * Give the `Pool` a `connectionTimeoutMillis`. Give connections back to the pool without an open transaction: a change on such
 * a one is not kept before that commits. With pg 8.21 or later such a connection is closed, and another one taken.
 *
 * **Durable.** With `fsync` and `synchronous_commit` as PostgreSQL has them by default, an acknowledged write survives the
 * loss of power. Reads must go to the primary.
 *
 * @param client The client, told apart by its methods.
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: an option is wrong. Calls reject with {@link SessionStoreError}
 *   `STORE_SCHEMA_MISSING`: the table is not there and `migrate` is `false`; `STORE_CONFLICT`: others changed the session
 *   again and again; `STORE_UNAVAILABLE`: whatever else the client rejected with, as a copy without values.
 *
 * @example
 * const pool = new Pool({ connectionString: "postgres://…", connectionTimeoutMillis: 2_000 })
 * const sessions = createSessions({ store: postgresStore(pool) })
 *
 * @example
 * const sessions = createSessions({ store: postgresStore(sql, { schema: "auth", prepare: false }) })   // postgres.js
 *
 * @see {@link https://www.postgresql.org/docs/current/transaction-iso.html PostgreSQL: transaction isolation}
 */
export function postgresStore(client: PostgresClient, options: PostgresStoreOptions = {}): PostgresStore {
  const settings = readOptions(client, options);
  const table = tableOf(settings.table, settings.schema);
  const place = { name: settings.name, table, statements: statementsOf(table) };
  const ask = createLink(client, settings, storePlan(settings.table, settings.schema));
  listenForErrors(client);
  return {
    name: settings.name,
    find: (ids) => ask("find sessions", (run) => find(run, place, ids)),
    create: (record) => ask("create a session", (run) => create(run, place, record)),
    update: (id, change, now) => ask("change a session", (run) => update(run, place, id, change, now)),
    destroy: (id, generation) => ask("destroy a session", (run) => destroy(run, place, id, generation)),
    byUser: {
      list: (userId) => ask("list sessions", (run) => listByUser(run, place, userId)),
      destroy: (userId, except) => ask("destroy sessions", (run) => destroyByUser(run, place, userId, except)),
      destroyOne: (userId, id) => ask("destroy a session", (run) => destroyOne(run, place, userId, id)),
    },
    sweep: (now, limit) => ask("sweep sessions", (run) => sweep(run, place, now, limit)),
  };
}
