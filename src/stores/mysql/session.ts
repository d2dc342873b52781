import type { Runtime } from "../../runtime.ts";
import { type MysqlConnection, type MysqlStatement, realOf } from "./client.ts";
import type { MysqlValue } from "./columns.ts";
import { spoilsConnection, unavailable } from "./errors.ts";
import type { MysqlSettings } from "./options.ts";

/** A row as the values of its columns, each as bytes. */
export type MysqlRow = readonly unknown[];

/** A column of an answer. @see {@link https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html MySQL: types of fields} */
export interface MysqlColumn {
  readonly name: string;
  readonly columnType: number;
}

/** Rows with their columns. */
export interface MysqlTable {
  readonly columns: readonly MysqlColumn[];
  readonly rows: readonly MysqlRow[];
}

/** A connection that is lent to one call. */
export interface Session {
  /** Asks with a prepared statement. */
  read(sql: string, values: readonly MysqlValue[]): Promise<readonly MysqlRow[]>;
  /** Asks with a prepared statement for rows with the names of their columns, each value as the driver makes it. */
  select(sql: string, values: readonly MysqlValue[]): Promise<MysqlTable>;
  /** Changes rows with a prepared statement, which is committed when this answers how many. */
  write(sql: string, values: readonly MysqlValue[]): Promise<number>;
  /** Runs a statement that is not worth preparing. */
  run(sql: string): Promise<readonly MysqlRow[]>;
  /** Does work in a transaction, which is committed when this answers, and rolled back when it fails. */
  transact<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** Whether the connection may go back to its pool. */
  isSound(): boolean;
}

/** A clock that runs out. */
export interface Deadline {
  /** Waits for an answer, and fails with `STORE_UNAVAILABLE` when the time is up. */
  wait<T>(answer: PromiseLike<T>): Promise<T>;
  hasPassed(): boolean;
}

const inTransaction = 1;

/** Lends a connection to a call that has until `deadline`. */
export function createSession(
  connection: MysqlConnection,
  { name }: Pick<MysqlSettings, "name">,
  deadline: Deadline,
): Session {
  const [form, plainForm] = hasOwnForm(connection) ? [{ typeCast: keepBytes }, { typeCast: keepPlain }] : [{}, {}];
  let isSound = true;

  async function send(how: "query" | "execute", statement: MysqlStatement): Promise<readonly unknown[]> {
    try {
      return (await deadline.wait(connection[how]({ rowsAsArray: true, ...statement }))) as readonly unknown[];
    } catch (error) {
      if (spoilsConnection(error)) isSound = false;
      throw error;
    }
  }

  async function ask(how: "query" | "execute", sql: string, values?: readonly MysqlValue[]): Promise<unknown> {
    return (await send(how, { sql, ...(values && { values }), ...form }))[0];
  }

  async function select(sql: string, values: readonly MysqlValue[]): Promise<MysqlTable> {
    const [rows, columns] = await send("execute", { sql, values, ...plainForm });
    return { columns: columns as readonly MysqlColumn[], rows: rowsOf(rows) };
  }

  async function change(sql: string, values: readonly MysqlValue[]): Promise<Change> {
    return (await ask("execute", sql, values)) as Change;
  }

  async function write(sql: string, values: readonly MysqlValue[]): Promise<number> {
    const { affectedRows, serverStatus } = await change(sql, values);
    if (((serverStatus ?? 0) & inTransaction) === 0) return Number(affectedRows);
    isSound = false;
    throw unavailable(
      name,
      "got a connection that is inside of a transaction, whose end would decide about the change",
      "Give connections back to the pool only after COMMIT or ROLLBACK.",
    );
  }

  const run = async (sql: string) => rowsOf(await ask("query", sql));
  const read = async (sql: string, values: readonly MysqlValue[]) => rowsOf(await ask("execute", sql, values));

  async function transact<T>(work: (session: Session) => Promise<T>): Promise<T> {
    await run("START TRANSACTION");
    try {
      const inside = async (sql: string, values: readonly MysqlValue[]) =>
        Number((await change(sql, values)).affectedRows);
      const result = await work({ ...session, write: inside });
      await run("COMMIT");
      return result;
    } catch (error) {
      if (isSound) await rollBack();
      throw error;
    }
  }

  // A connection that is closed rolls back as well.
  async function rollBack(): Promise<void> {
    try {
      await run("ROLLBACK");
    } catch {
      isSound = false;
    }
  }

  const session: Session = { read, select, write, run, transact, isSound: () => isSound };
  return session;
}

interface Change {
  readonly affectedRows: number | string;
  readonly serverStatus?: number;
}

/** Makes a clock that runs out in `ms` milliseconds. */
export function createDeadline(runtime: Runtime, name: string, ms: number): Deadline {
  const end = runtime.now() + ms;
  const remaining = () => Math.max(0, end - runtime.now());
  return {
    hasPassed: () => runtime.now() >= end,
    wait: (answer) =>
      new Promise((resolve, reject) => {
        const cancel = runtime.after(remaining(), () => reject(timedOut(name, ms)));
        const settle = <V>(next: (value: V) => void) => {
          return (value: V) => {
            cancel();
            next(value);
          };
        };
        answer.then(settle(resolve), settle(reject));
      }),
  };
}

function timedOut(name: string, ms: number): Error {
  return unavailable(
    name,
    `was not answered within ${ms} ms`,
    "The server must be reachable and not overloaded, and the pool large enough.",
  );
}

// A pool that is set to make something of its own of values would do so with ours. To ask for them by a function is slow, so
// that it is done there only.
function hasOwnForm(connection: MysqlConnection): boolean {
  const { config } = realOf(connection);
  return typeof config?.typeCast === "function";
}

function keepBytes(field: { buffer(): unknown }): unknown {
  return field.buffer();
}

function keepPlain(_field: unknown, next: () => unknown): unknown {
  return next();
}

function rowsOf(answer: unknown): readonly MysqlRow[] {
  return Array.isArray(answer) ? (answer as readonly MysqlRow[]) : [];
}
