import type { Connection } from "../../stores/sqlite/connection.ts";
import {
  changesOf,
  prepare,
  type SqliteDatabase,
  type SqliteStatement,
  type SqliteValue,
} from "../../stores/sqlite/database.ts";
import { createLink, type Link } from "../../stores/sqlite/link.ts";
import { ensureSchema } from "../../stores/sqlite/schema.ts";
import type { Backend, BackendPlan } from "./backend.ts";
import type { SqlSettings } from "./options.ts";
import { followAtOnce, type SqlAnswer, type SqlStep } from "./steps.ts";
import { decodeRow, encodeValue } from "./values.ts";

/** The way to a SQLite database, for the tables of any number of schemas. */
export interface SqliteBackend {
  open(plan: BackendPlan): Backend;
  close(): void | PromiseLike<void>;
}

/** Makes the way to a SQLite database. Every transaction is one synchronous step: nothing comes between its statements. */
export function createSqlite(source: string | SqliteDatabase, settings: SqlSettings): SqliteBackend {
  const link = createLink(source, { ...settings, durability: "full" }, (connection) => connection);
  return { open: (plan) => createBackend(link, settings, plan), close: link.close };
}

function createBackend(link: Link<Connection>, settings: SqlSettings, { plan, translate }: BackendPlan): Backend {
  const prepared = new Map<string, SqliteStatement>();
  let isReady = false;

  function makeReady({ database, transact }: Connection): void {
    if (isReady) return;
    ensureSchema(database, settings, plan, transact);
    isReady = true;
  }

  function statementOf(database: SqliteDatabase, sql: string): SqliteStatement {
    const statement = prepared.get(sql) ?? prepare(database, sql);
    prepared.set(sql, statement);
    return statement;
  }

  function take({ database }: Connection, { kind, sql, values }: SqlStep): SqlAnswer {
    const statement = statementOf(database, translate(kind, sql));
    const encoded = values.map(encodeValue) as SqliteValue[];
    if (kind !== "read") return changesOf(statement.run(...encoded));
    return statement.all(...encoded).map((row) => decodeRow(row as object));
  }

  return {
    async send(task, step) {
      const way = step.kind === "read" ? link.read : link.write;
      return way(task, (connection) => {
        makeReady(connection);
        return step.kind === "read" ? take(connection, step) : connection.transact(() => take(connection, step));
      });
    },
    async transact(task, begin) {
      return link.write(task, (connection) => {
        makeReady(connection);
        return connection.transact(() => followAtOnce(begin(), (step) => take(connection, step)));
      });
    },
  };
}
