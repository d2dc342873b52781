import { SessionConfigError } from "../../errors.ts";
import { qualified } from "../../stores/mysql/schema.ts";
import { tableOf } from "../../stores/postgres/schema.ts";
import type { SqlStep } from "./steps.ts";

/** The databases, by how they write statements. MariaDB is `"mysql"`. */
export type SqlDialect = "sqlite" | "postgres" | "mysql";

/** Where tables are, and how they are called. */
export interface SqlPlace {
  readonly dialect: SqlDialect;
  /** What the name of every table begins with. */
  readonly prefix: string;
  /** The schema of PostgreSQL, or the database of MySQL, that is not the one of the connection. */
  readonly within: string | undefined;
}

/** The full name of a table, without quotation marks. */
export function bareName({ prefix }: SqlPlace, table: string): string {
  return prefix + table;
}

/** The name of a table as statements write it. */
export function nameOf(place: SqlPlace, table: string): string {
  const { dialect, within } = place;
  const name = bareName(place, table);
  if (dialect === "mysql") return qualified({ database: within ?? null }, name);
  return dialect === "postgres" ? tableOf(name, within) : `"${name}"`;
}

/** So many question marks, for a list of values: `marks(3)` is `"?, ?, ?"`. */
export function marks(count: number): string {
  return Array.from({ length: count }, () => "?").join(", ");
}

/** Writes a statement of ours in the words of a database. */
export type Translate = (kind: SqlStep["kind"], sql: string) => string;

/**
 * Makes the translation for the tables of a schema. A statement is written once, for all:
 *
 * - `{lessons}` stands for the table of that name; `{lock}`, at the end of a read in a transaction, keeps others from the rows.
 * - `?` stands for a value, in order. `LIMIT` and `OFFSET` take figures only.
 * - `INSERT INTO {t} AS kept (…) VALUES (…) ON CONFLICT (key) DO UPDATE SET a = excluded.a, b = kept.b + 1` is an upsert. MySQL
 *   sets its columns one after the other, and sees those set before: put a column that others depend on last.
 */
export function createTranslation(place: SqlPlace, tables: readonly string[]): Translate {
  const names = new Map(tables.map((table) => [table, nameOf(place, table)]));
  names.set("lock", place.dialect === "sqlite" ? "" : "FOR UPDATE");
  const known = new Map<string, string>();

  function translate(kind: SqlStep["kind"], sql: string): string {
    const named = sql.replace(/\{(\w+)\}/g, (_, name: string) => names.get(name) ?? unknownTable(name));
    return dialects[place.dialect](kind, named);
  }

  return (kind, sql) => {
    const key = `${kind} ${sql}`;
    const found = known.get(key) ?? translate(kind, sql);
    known.set(key, found);
    return found;
  };
}

const dialects: Record<SqlDialect, Translate> = {
  sqlite: (kind, sql) => (kind === "add" ? `${sql} ON CONFLICT DO NOTHING` : sql),
  postgres: (kind, sql) => asOneText(kind, numbered(sql)),
  mysql: (_, sql) => {
    const isUpsert = sql.includes("ON CONFLICT");
    return isUpsert ? inWordsOfMysql(sql) : sql;
  },
};

function numbered(sql: string): string {
  let count = 0;
  return sql.replace(/\?/g, () => `$${++count}`);
}

// Clients of PostgreSQL differ in what they make of a number, and can be told to; one JSON text is the same with all of them.
function asOneText(kind: SqlStep["kind"], sql: string): string {
  if (kind === "read") return `WITH answer AS (${sql}) SELECT row_to_json(answer)::text AS value FROM answer`;
  const change = kind === "add" ? `${sql} ON CONFLICT DO NOTHING` : sql;
  return `WITH changed AS (${change} RETURNING 1) SELECT count(*)::text AS value FROM changed`;
}

function inWordsOfMysql(sql: string): string {
  return sql
    .replace(/ AS kept\b/, "")
    .replace(/ON CONFLICT \([^)]*\) DO UPDATE SET/, "ON DUPLICATE KEY UPDATE")
    .replace(/\bexcluded\.(\w+)/g, "VALUES($1)")
    .replace(/\bkept\./g, "");
}

function unknownTable(name: string): never {
  throw new SessionConfigError(
    "CONFIG_INVALID",
    `A statement names a table ${JSON.stringify(name)}, which its schema has not.`,
  );
}
