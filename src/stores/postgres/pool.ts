import { insideTransaction } from "./errors.ts";

/** A `Pool` of pg, as far as it lends connections. */
export interface LendingPool {
  connect(then: (error: unknown, connection?: Connection) => void): unknown;
}

/** A connection that a pool has lent. */
export interface Connection {
  query(query: object, then: (error: unknown, answer?: unknown) => void): unknown;
  /** Gives the connection back; with an error, or with `true`, it is closed. */
  release(error?: unknown): void;
  once(event: "error", listener: (error: unknown) => void): unknown;
  removeListener(event: "error", listener: (error: unknown) => void): unknown;
  /** What the server said with its last answer: "I" idle, "T" in a transaction, "E" in one that has failed. From pg 8.21 on. */
  getTransactionStatus?(): unknown;
}

type Then<T> = (error: unknown, result?: T) => void;

/** How many connections that were left in a transaction one call closes before it gives up. */
const mostClosed = 32;

/**
 * Tells a pool whose connections may be asked for by ourselves. One that has a `query` of its own, unlike its `connect` (a
 * driver over HTTP, somebody who counts), is asked by that.
 */
export function isLendingPool(client: object): client is LendingPool {
  const { idleCount, totalCount } = client as Record<string, unknown>;
  const counts = typeof idleCount === "number" && typeof totalCount === "number";
  return counts && ownerOf(client, "query") === ownerOf(client, "connect");
}

function ownerOf(object: object | null, method: string): object | null {
  let owner = object;
  while (owner !== null && !Object.hasOwn(owner, method)) owner = Object.getPrototypeOf(owner);
  return owner;
}

/**
 * Makes what `query` of a pool is, but never on a connection that somebody gave back inside of a transaction: a rollback would
 * undo what was acknowledged. Such a connection is closed, which rolls its transaction back, and another one is taken. Where
 * it shows only by the answer that the statement was part of a transaction (whose BEGIN was still on its way), nothing is
 * acknowledged: the connection is closed and the call fails.
 */
export function createPoolQuery(pool: LendingPool, name: string): (query: object) => Promise<unknown> {
  return (query) =>
    new Promise((resolve, reject) => {
      borrow(pool, name, mostClosed, (error, connection) => {
        if (!connection) return reject(error);
        ask(connection, name, query, (failure, answer) => (failure ? reject(failure) : resolve(answer)));
      });
    });
}

/** Lends a connection that nobody left inside of a transaction. Whoever asked gives it back with `release`. */
export function lend(pool: LendingPool, name: string): Promise<Connection> {
  return new Promise((resolve, reject) => {
    borrow(pool, name, mostClosed, (error, connection) => (connection ? resolve(connection) : reject(error)));
  });
}

function borrow(pool: LendingPool, name: string, left: number, then: Then<Connection>): void {
  pool.connect((error, connection) => {
    if (error || !connection) return then(error);
    if (!isInTransaction(connection)) return then(null, connection);
    connection.release(true);
    if (left === 0) return then(insideTransaction(name));
    borrow(pool, name, left - 1, then);
  });
}

// As `query` of a pool does it: a lost connection may be told by the event, by the answer, or by both.
function ask(connection: Connection, name: string, query: object, then: Then<unknown>): void {
  let isDone = false;
  const finish: Then<unknown> = (error, answer) => {
    if (isDone) return;
    isDone = true;
    connection.removeListener("error", finish);
    const failure = error ?? (isInTransaction(connection) ? insideTransaction(name) : undefined);
    connection.release(failure);
    then(failure, answer);
  };
  connection.once("error", finish);
  try {
    connection.query(query, finish);
  } catch (error) {
    finish(error);
  }
}

function isInTransaction(connection: Connection): boolean {
  const status = connection.getTransactionStatus?.();
  return status === "T" || status === "E";
}
