/** A statement as mysql2 takes it. */
export interface MysqlStatement {
  readonly sql: string;
  // biome-ignore lint/suspicious/noExplicitAny: the drivers' own types differ in what they take here.
  readonly values?: any;
  readonly rowsAsArray?: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly typeCast?: any;
}

/** The part of a promised connection of mysql2 that this store uses. */
export interface MysqlConnection {
  query(statement: MysqlStatement): PromiseLike<unknown>;
  execute(statement: MysqlStatement): PromiseLike<unknown>;
  destroy(): void;
  /** Gives a connection back to its pool. */
  release?(): void;
}

/** The part of a promised pool of mysql2 that this store uses. */
export interface MysqlPool {
  getConnection(): PromiseLike<MysqlConnection>;
}

/** What a pool or a connection of `mysql2` (with callbacks) has in common. */
export interface MysqlCallbackClient {
  promise(): MysqlPool | MysqlConnection;
}

/** A pool of `mysql2/promise` or of `mysql2`; or one connection, for scripts. */
export type MysqlClient = MysqlPool | MysqlConnection | MysqlCallbackClient;

/** Tells by its methods whether a value is a client of mysql2. */
export function isClient(client: unknown): client is MysqlClient {
  return isCallbackClient(client) || isPool(client) || isConnection(client);
}

/** The client as a pool of promises. */
export function poolOf(client: MysqlClient): MysqlPool {
  const promised = isCallbackClient(client) ? client.promise() : (client as MysqlPool | MysqlConnection);
  return isPool(promised) ? promised : poolOfOne(promised as MysqlConnection);
}

/** What is inside of a promised connection. */
interface RealConnection {
  on?(event: "error", listener: () => void): unknown;
  listeners?(event: "error"): readonly unknown[];
  readonly stream?: { destroy?(): void };
  readonly config?: { readonly typeCast?: unknown };
}

/** The connection that stays, while a pool wraps it in a new promised one each time. */
export function realOf(connection: MysqlConnection): RealConnection {
  const { connection: inner } = connection as { readonly connection?: object };
  const { connection: innermost } = (inner ?? {}) as { readonly connection?: object };
  return innermost ?? inner ?? connection;
}

function isCallbackClient(client: unknown): client is MysqlCallbackClient {
  return has(client, "promise");
}

// A method that waits for a callback, as the ones of pool clusters and of other drivers do, would never answer.
function isPool(client: unknown): client is MysqlPool {
  return has(client, "getConnection") && has(client, "execute") && (client as MysqlPool).getConnection.length === 0;
}

// The driver "mariadb" answers in another form; it alone has `batch`.
function isConnection(client: unknown): client is MysqlConnection {
  const methods = ["query", "execute", "destroy"];
  return methods.every((name) => has(client, name)) && !has(client, "batch") && !has(client, "getConnection");
}

function has(client: unknown, method: string): boolean {
  return typeof (client as Record<string, unknown> | null | undefined)?.[method] === "function";
}

// One call at a time, so that no statement gets into the transaction of another call.
function poolOfOne(connection: MysqlConnection): MysqlPool {
  let last: Promise<void> = Promise.resolve();
  return {
    async getConnection() {
      const turn = last;
      let release = (): void => undefined;
      last = new Promise((resolve) => {
        release = resolve;
      });
      await turn;
      return {
        connection,
        query: (statement: MysqlStatement) => connection.query(statement),
        execute: (statement: MysqlStatement) => connection.execute(statement),
        destroy: () => {
          connection.destroy();
          release();
        },
        release,
      };
    },
  };
}
