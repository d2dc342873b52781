import type { MysqlClient } from "../../stores/mysql/client.ts";
import type { MysqlValue } from "../../stores/mysql/columns.ts";
import { isDuplicate } from "../../stores/mysql/errors.ts";
import { createLink, type LinkSettings } from "../../stores/mysql/link.ts";
import type { MysqlColumn, MysqlTable, Session } from "../../stores/mysql/session.ts";
import type { Backend, BackendPlan } from "./backend.ts";
import type { Translate } from "./statement.ts";
import { follow, type SqlAnswer, type SqlStep } from "./steps.ts";
import { decodeValue, encodeValue, type SqlRow, type SqlValue } from "./values.ts";

/** Makes the way to tables in a MySQL or MariaDB server. */
export function createMysql(client: MysqlClient, settings: LinkSettings, { plan, translate }: BackendPlan): Backend {
  const { take } = createLink(client, settings, plan);
  return {
    send: (task, step) => take(task, (session) => send(session, translate, step)),
    transact: (task, begin) =>
      take(task, (session) => {
        return session.transact((inside) => follow(begin(), (step) => send(inside, translate, step)));
      }),
  };
}

async function send(session: Session, translate: Translate, { kind, sql, values }: SqlStep): Promise<SqlAnswer> {
  const text = translate(kind, sql);
  const encoded = values.map(bytesOf);
  if (kind === "read") return rowsOf(await session.select(text, encoded));
  return kind === "write" ? session.write(text, encoded) : add(session, text, encoded);
}

// Not INSERT IGNORE, which ignores far more than a key that is taken. The count of an upsert tells nothing either, since mysql2
// lets the server count the rows that it found.
async function add(session: Session, sql: string, values: readonly MysqlValue[]): Promise<number> {
  try {
    return await session.write(sql, values);
  } catch (error) {
    if (isDuplicate(error)) return 0;
    throw error;
  }
}

// Texts as bytes, whatever character set the connection has.
function bytesOf(value: SqlValue): MysqlValue {
  const encoded = encodeValue(value);
  if (typeof encoded === "number") return String(encoded);
  return encoded === null ? null : new TextEncoder().encode(encoded);
}

function rowsOf({ columns, rows }: MysqlTable): readonly SqlRow[] {
  return rows.map((row) => Object.fromEntries(columns.map((column, at) => [column.name, readValue(column, row[at])])));
}

/** The types of whole numbers and of the sums of them. */
const numeric = new Set([0, 1, 2, 3, 8, 9, 246]);
const utf8 = new TextDecoder();

function readValue({ columnType }: MysqlColumn, value: unknown): SqlValue {
  if (value === null || value === undefined) return null;
  if (numeric.has(columnType)) return Number(value);
  return decodeValue(value instanceof Uint8Array ? utf8.decode(value) : value);
}
