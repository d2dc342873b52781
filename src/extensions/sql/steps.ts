import type { SqlRow, SqlValue } from "./values.ts";

/** One statement of a transaction, which `yield*` sends. */
export interface SqlStep {
  /** Whether rows are read, rows are changed, or one row is added unless its key is taken. */
  readonly kind: "read" | "write" | "add";
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** What a step answers: rows where they were read, how many rows otherwise. */
export type SqlAnswer = readonly SqlRow[] | number;

/** The work of a transaction: a generator, so that it runs in one go where the database answers at once. */
export type SqlWork<T> = Generator<SqlStep, T, SqlAnswer>;

/** The statements within a transaction. Each is sent with `yield*`. */
export interface SqlSteps {
  /** Reads rows. To decide by them, end the statement with `{lock}`. */
  read(sql: string, values?: readonly SqlValue[]): SqlWork<readonly SqlRow[]>;
  /** Changes rows, and tells how many met the condition. */
  write(sql: string, values?: readonly SqlValue[]): SqlWork<number>;
  /** Adds one row, and tells whether it did: not where its key, or another unique value of it, is taken. */
  add(sql: string, values?: readonly SqlValue[]): SqlWork<boolean>;
}

/** The statements as steps of any transaction. */
export const steps: SqlSteps = {
  *read(sql, values = []) {
    return (yield { kind: "read", sql, values }) as readonly SqlRow[];
  },
  *write(sql, values = []) {
    return (yield { kind: "write", sql, values }) as number;
  },
  *add(sql, values = []) {
    return (yield { kind: "add", sql, values }) === 1;
  },
};

/** Sends the steps of a work, each when the one before is answered. */
export async function follow<T>(work: SqlWork<T>, send: (step: SqlStep) => Promise<SqlAnswer>): Promise<T> {
  let next = work.next();
  while (!next.done) next = work.next(await send(next.value));
  return next.value;
}

/** Sends the steps of a work to a database that answers at once. */
export function followAtOnce<T>(work: SqlWork<T>, send: (step: SqlStep) => SqlAnswer): T {
  let next = work.next();
  while (!next.done) next = work.next(send(next.value));
  return next.value;
}
