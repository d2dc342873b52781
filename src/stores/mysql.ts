import { pause } from "../runtime.ts";
import type { ByUser, SessionStore } from "../store/port.ts";
import { destroyByUser, destroyOne } from "./mysql/by-user.ts";
import type { MysqlClient } from "./mysql/client.ts";
import { createLink, type Link } from "./mysql/link.ts";
import { type MysqlSettings, type MysqlStoreOptions, readOptions } from "./mysql/options.ts";
import { qualified, storePlan } from "./mysql/schema.ts";
import { createStatements, mostIds, type Statements } from "./mysql/statements.ts";
import { create, destroy, find, listByUser, sweepSome, update } from "./mysql/steps.ts";

export type { MysqlCallbackClient, MysqlClient, MysqlConnection, MysqlPool, MysqlStatement } from "./mysql/client.ts";
export type { MysqlStoreOptions, MysqlTableOptions } from "./mysql/options.ts";
export { mysqlSchema } from "./mysql/schema.ts";

/** A store in a MySQL or MariaDB server. */
export interface MysqlStore extends SessionStore {
  readonly byUser: ByUser;
  sweep(now: number, limit: number): Promise<number>;
}

/**
 * Keeps sessions in MySQL (8.0 and later) or MariaDB (10.6 and later), for any number of machines.
 *
 * Nothing happens until the first call; it makes or updates the table, which one of many processes does. A find is one
 * statement for any number of ids; a create, a destroy and a touch or change cost one or two. A change is read, decided, and
 * written on the condition that the row still is what was read; where it is not, this begins anew, within `timeLimit`. No
 * transaction is open while the process thinks.
 *
 * **Clients.** A pool of `mysql2/promise` or of `mysql2`. One connection works too, one call after another; it is not
 * replaced when it is lost. The pool stays yours: the store never ends it. Its connections must commit by themselves
 * (`autocommit = 1`, the default), or calls fail with `STORE_UNAVAILABLE`. Give connections back to the pool without an open
 * transaction: a read on such a one would see the past. All calls must reach the primary, reads as well.
 *
 * **Durable.** An acknowledged write survives a crash of the server and a loss of power with the defaults of InnoDB
 * (`innodb_flush_log_at_trx_commit = 1`).
 *
 * @param client A pool of mysql2.
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: the client or an option is wrong. Calls throw
 *   {@link SessionStoreError} `STORE_SCHEMA_MISSING`: the table is not there and `migrate` is `false`; `STORE_CONFLICT`:
 *   other writers were faster until the time limit; `STORE_UNAVAILABLE`: whatever else the server or the driver said, or no
 *   answer within the time limit. The driver's error is the cause, without the statement and its values.
 *
 * @example
 * const pool = mysql.createPool({ uri: "mysql://app@db.example/shop", connectionLimit: 10 })
 * const sessions = createSessions({ store: mysqlStore(pool) })
 *
 * @see {@link https://dev.mysql.com/doc/refman/8.4/en/innodb-parameters.html#sysvar_innodb_flush_log_at_trx_commit MySQL: innodb_flush_log_at_trx_commit}
 */
export function mysqlStore(client: MysqlClient, options: MysqlStoreOptions = {}): MysqlStore {
  const settings = readOptions(client, options);
  const statements = createStatements(qualified(settings, settings.table));
  const { take } = createLink(client, settings, storePlan(settings));
  return {
    name: settings.name,
    find: (ids) => (ids.length === 0 ? [] : take("find sessions", (session) => find(session, statements, ids))),
    create: (record) => take("create a session", (session) => create(session, statements, record)),
    update: (id, change, now) =>
      take("change a session", (session, tries) => update(session, statements, id, change, now, tries)),
    destroy: (id, generation) => take("destroy a session", (session) => destroy(session, statements, id, generation)),
    byUser: {
      list: (userId) => take("list sessions", (session) => listByUser(session, statements, userId)),
      destroy: (userId, except) =>
        take("destroy sessions", (session) => destroyByUser(session, statements, userId, except)),
      destroyOne: (userId, id) => take("destroy a session", (session) => destroyOne(session, statements, userId, id)),
    },
    sweep: createSweep(take, statements, settings),
  };
}

// In small steps, each a transaction of its own, so that locks are short and replicas keep up.
function createSweep(take: Link["take"], statements: Statements, { runtime }: MysqlSettings): MysqlStore["sweep"] {
  return async (now, limit) => {
    let left = limit;
    while (left > 0) {
      const size = Math.min(left, mostIds);
      const { seen, removed } = await take("sweep sessions", (session) => sweepSome(session, statements, now, size));
      left -= removed;
      if (seen < size) break;
      await pause(runtime, 1);
    }
    return limit - left;
  };
}
