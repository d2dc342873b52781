import { chain, type Maybe } from "../maybe.ts";
import { pause } from "../runtime.ts";
import type { ByUser, SessionStore } from "../store/port.ts";
import type { SqliteSource } from "./sqlite/database.ts";
import { createLink, type Link } from "./sqlite/link.ts";
import { readOptions, type SqliteSettings, type SqliteStoreOptions } from "./sqlite/options.ts";
import { create, destroy, destroyByUser, destroyOne, findOne, listByUser, sweepSome, update } from "./sqlite/steps.ts";
import { prepareStore, type StoreConnection } from "./sqlite/store-connection.ts";

export type { SqliteDatabase, SqliteSource, SqliteStatement, SqliteValue } from "./sqlite/database.ts";
export type { SqliteStoreOptions } from "./sqlite/options.ts";
export { sqliteSchema } from "./sqlite/schema.ts";

/** A store in a SQLite database. */
export interface SqliteStore extends SessionStore {
  readonly byUser: ByUser;
  sweep(now: number, limit: number): Maybe<number>;
  /** Closes the database, if the store has opened it from a path. Later calls fail with `STORE_UNAVAILABLE`. */
  close(): Maybe<void>;
}

/**
 * Keeps sessions in a SQLite database, for one machine: any number of processes may share one file.
 *
 * Nothing happens until the first call; it opens the database and makes or updates its tables, which one of many
 * processes does. Calls then answer at once, without a promise: a find is one look-up by key, every write is one
 * transaction. While another connection writes, a call waits for it in later turns of the event loop, up to `timeLimit`,
 * and blocks nothing.
 *
 * **Drivers.** A path is opened with what is there: `bun:sqlite`, `node:sqlite` (Node 22.13 and later), `better-sqlite3`,
 * `libsql`. Or pass a handle of one of these, or a function that gives one: a handle stays yours, and `close` leaves it
 * open. It is set to WAL mode and to `durability` unless `pragmas` is `false`. While it is inside a transaction of yours,
 * a write of a session waits for the end of that, so that your rollback cannot undo an acknowledged sign-out. Do not
 * await one inside the other, and keep no transaction open while sessions are read.
 *
 * **Durable.** By default an acknowledged write survives the loss of power; see `durability`. WAL mode needs shared
 * memory: a file on a network file system (NFS, SMB) is not supported. Back it up with `VACUUM INTO` or the backup
 * command of SQLite, not by copying the file alone.
 *
 * @param pathOrDatabase The path of a file, `":memory:"`, a database handle, or a function that gives one.
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: an option is wrong. Calls throw {@link SessionStoreError}
 *   `STORE_DRIVER_MISSING`: no driver is installed; `STORE_SCHEMA_MISSING`: the table is not there and `migrate` is
 *   `false`; `STORE_UNAVAILABLE`: whatever else the driver threw, or a lock that outlasted the time limit.
 *
 * @example
 * const sessions = createSessions({ store: sqliteStore("sessions.db") })
 *
 * @example
 * const db = new Database("app.db")   // better-sqlite3
 * const sessions = createSessions({ store: sqliteStore(db, { table: "sessions" }) })
 *
 * @see {@link https://www.sqlite.org/wal.html SQLite: write-ahead logging}
 */
export function sqliteStore(pathOrDatabase: SqliteSource, options: SqliteStoreOptions = {}): SqliteStore {
  const settings = readOptions(pathOrDatabase, options);
  const { read, write, close } = createLink(pathOrDatabase, settings, (open) => prepareStore(open, settings));
  return {
    name: settings.name,
    find: (ids) => read("find sessions", ({ statements }) => ids.map((id) => findOne(statements, id))),
    create: (record) => write("create a session", (connection) => create(connection, record)),
    update: (id, change, now) => write("change a session", (connection) => update(connection, id, change, now)),
    destroy: (id, generation) => write("destroy a session", (connection) => destroy(connection, id, generation)),
    byUser: {
      list: (userId) => read("list sessions", (connection) => listByUser(connection, userId)),
      destroy: (userId, except) => write("destroy sessions", (connection) => destroyByUser(connection, userId, except)),
      destroyOne: (userId, id) => write("destroy a session", (connection) => destroyOne(connection, userId, id)),
    },
    sweep: createSweep(write, settings),
    close,
  };
}

const mostAtOnce = 50;

// In small steps with pauses between, so that requests are answered while a large number is removed.
function createSweep(write: Link<StoreConnection>["write"], { runtime }: SqliteSettings): SqliteStore["sweep"] {
  const step = (now: number, limit: number) => {
    return write("sweep sessions", (connection) => sweepSome(connection, now, Math.min(limit, mostAtOnce)));
  };

  async function goOn(now: number, limit: number): Promise<number> {
    await pause(runtime, 1);
    return sweep(now, limit);
  }

  function sweep(now: number, limit: number): Maybe<number> {
    if (limit <= 0) return 0;
    return chain(step(now, limit), (removed) => {
      if (removed < mostAtOnce) return removed;
      return chain(goOn(now, limit - removed), (rest) => removed + rest);
    });
  }

  return sweep;
}
