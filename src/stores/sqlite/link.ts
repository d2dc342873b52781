import { chain, isPromise, type Maybe } from "../../maybe.ts";
import { type Connection, type ConnectionSettings, setUp } from "./connection.ts";
import type { SqliteDatabase, SqliteSource } from "./database.ts";
import { openFile } from "./drivers.ts";
import { closedError, storeError } from "./errors.ts";
import { attempt, guarded } from "./patience.ts";

/** The way to a database. */
export interface Link<C extends Connection> {
  /** Takes a step that reads. `task` says in an error what could not be done. */
  read<T>(task: string, step: (connection: C) => T): Maybe<T>;
  /** Takes a step that writes. */
  write<T>(task: string, step: (connection: C) => T): Maybe<T>;
  close(): Maybe<void>;
}

/**
 * Makes the way to a database that is opened at the first step. A failure to open is forgotten: the next step tries again.
 *
 * @param prepare Makes of a connection what the steps need: the tables, the statements.
 */
export function createLink<C extends Connection>(
  source: SqliteSource,
  settings: ConnectionSettings,
  prepare: (connection: Connection) => C,
): Link<C> {
  let opened: Maybe<C> | null = null;
  let isClosed = false;

  const keep = (connection: C): C => {
    opened = connection;
    return connection;
  };

  const forget = (error: unknown): never => {
    opened = null;
    throw error;
  };

  function open(): Maybe<C> {
    if (isClosed) throw closedError(settings.name);
    if (opened) return opened;
    const coming = connect(source, settings, prepare);
    opened = isPromise(coming) ? coming.then(keep, forget) : coming;
    return opened;
  }

  function close(): Maybe<void> {
    if (isClosed) return;
    isClosed = true;
    if (opened === null || typeof source !== "string") return;
    const closing = chain(opened, ({ database }) => void database.close());
    return isPromise(closing) ? closing.then(undefined, () => undefined) : closing;
  }

  return {
    read: (task, step) => chain(open(), (connection) => attempt(settings, task, () => step(connection))),
    write: (task, step) => chain(open(), (connection) => connection.write(task, () => step(connection))),
    close,
  };
}

function connect<C>(
  source: SqliteSource,
  settings: ConnectionSettings,
  prepare: (connection: Connection) => C,
): Maybe<C> {
  const isOurs = typeof source === "string";
  return chain(openSource(source, settings.name), (database) => {
    const step = () => prepare(setUp(database, isOurs, settings));
    return guarded(
      () => attempt(settings, "prepare its table", step),
      (error) => {
        if (isOurs) database.close();
        throw error;
      },
    );
  });
}

function openSource(source: SqliteSource, name: string): Maybe<SqliteDatabase> {
  const open = (): Maybe<SqliteDatabase> => {
    if (typeof source === "string") return openFile(source);
    return typeof source === "function" ? source() : source;
  };
  return guarded(open, (error) => {
    throw storeError(name, "open its database", error);
  });
}
