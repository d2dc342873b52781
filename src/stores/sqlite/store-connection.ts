import type { Connection } from "./connection.ts";
import type { SqliteSettings } from "./options.ts";
import { ensureSchema, storePlan } from "./schema.ts";
import { prepareStatements, type Statements } from "./statements.ts";

/** An open database with everything that the store asks of it. */
export interface StoreConnection extends Connection {
  readonly statements: Statements;
}

/** Makes the table of a store and prepares its statements. */
export function prepareStore(connection: Connection, settings: SqliteSettings): StoreConnection {
  const { database, transact } = connection;
  ensureSchema(database, settings, storePlan(settings.table), transact);
  return { ...connection, statements: prepareStatements(database, settings.table) };
}
