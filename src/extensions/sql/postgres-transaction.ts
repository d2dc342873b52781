import { SessionStoreError } from "../../errors.ts";
import {
  type ClientKind,
  createSend,
  type PgLike,
  type PostgresClient,
  type Send,
} from "../../stores/postgres/client.ts";
import type { LinkSettings } from "../../stores/postgres/link.ts";
import { type Connection, type LendingPool, lend } from "../../stores/postgres/pool.ts";

type Work<T> = (send: Send) => Promise<T>;

/**
 * Does work in a transaction on one connection: committed when it answers, rolled back when it fails.
 *
 * @throws {@link SessionStoreError} `STORE_CAPABILITY_MISSING`: the client cannot keep a connection for a transaction.
 */
export function withinTransaction<T>(client: PostgresClient, settings: LinkSettings, work: Work<T>): Promise<T> {
  return transactions[settings.kind](client as never, settings, work as Work<unknown>) as Promise<T>;
}

type Transaction = (client: never, settings: LinkSettings, work: Work<unknown>) => Promise<unknown>;

const transactions: Record<ClientKind, Transaction> = {
  pg: async (client: LendingPool, settings, work) => {
    if (!isPool(client)) throw incapable(settings);
    return onConnection(await lend(client, settings.name), settings, work);
  },
  "postgres.js": (sql: { begin(work: (inside: PostgresClient) => unknown): Promise<unknown> }, settings, work) => {
    return sql.begin((inside) => work(createSend(inside, "postgres.js", settings)));
  },
  pglite: (database: { transaction(work: (inside: PostgresClient) => unknown): Promise<unknown> }, settings, work) => {
    return database.transaction((inside) => work(createSend(inside, "pglite", settings)));
  },
  function: async (_, settings) => {
    throw incapable(settings);
  },
};

// A Client of pg is one connection for everybody: whatever else is sent by it would get into the transaction.
function isPool(client: LendingPool): boolean {
  return typeof (client as { readonly totalCount?: unknown }).totalCount === "number";
}

async function onConnection<T>(connection: Connection, settings: LinkSettings, work: Work<T>): Promise<T> {
  const send = createSend(connection as unknown as PgLike, "pg", settings);
  let lost: unknown;
  const lose = (error: unknown) => {
    lost = error ?? true;
  };
  connection.once("error", lose);
  try {
    const result = await betweenBeginAndEnd(send, work);
    connection.release(lost);
    return result;
  } catch (error) {
    connection.release(lost ?? (await rollBack(send)));
    throw error;
  } finally {
    connection.removeListener("error", lose);
  }
}

async function betweenBeginAndEnd<T>(send: Send, work: Work<T>): Promise<T> {
  await send("BEGIN", []);
  const result = await work(send);
  await send("COMMIT", []);
  return result;
}

/** Rolls back, and answers the error where that fails: closing the connection then does it. */
async function rollBack(send: Send): Promise<unknown> {
  try {
    await send("ROLLBACK", []);
    return undefined;
  } catch (error) {
    return error;
  }
}

function incapable({ name }: LinkSettings): SessionStoreError {
  return new SessionStoreError("STORE_CAPABILITY_MISSING", `The client of "${name}" has no transactions of its own.`, {
    hint: "Pass a Pool of pg, the sql function of postgres.js, or a PGlite.",
  });
}
