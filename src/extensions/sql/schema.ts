import { SessionConfigError } from "../../errors.ts";
import { indexOf } from "../../stores/postgres/schema.ts";
import type { SchemaPlan } from "../../stores/sql/plan.ts";
import { bareName, nameOf, type SqlDialect, type SqlPlace } from "./statement.ts";

/**
 * What a column holds: `"user"` an id of a user, `"key"` another text to be looked for (at most 255 bytes, see
 * {@link isSqlKey}), `"text"` any text, `"integer"` a whole number or an instant. Texts compare byte by byte. With `?` it may
 * be null.
 */
export type SqlColumn = "user" | "key" | "text" | "integer" | "user?" | "key?" | "text?" | "integer?";

/** A table. */
export interface SqlTable {
  readonly columns: Readonly<Record<string, SqlColumn>>;
  /** The columns of the primary key. */
  readonly primary: readonly string[];
  /** Other columns that together are unique, by the name of their index. */
  readonly unique?: Readonly<Record<string, readonly string[]>>;
  /** Columns that rows are looked for by, by the name of their index. */
  readonly indexes?: Readonly<Record<string, readonly string[]>>;
}

/** The tables of an extension. */
export interface SqlSchema {
  /** What the version of the tables is kept under: the name of the extension. */
  readonly name: string;
  /**
   * For each version the tables that it adds, by name: `{ lessons: … }` is `coatcheck_lessons`, written `{lessons}` in
   * statements. A published version is never changed.
   */
  readonly versions: readonly Readonly<Record<string, SqlTable>>[];
}

/** The names of all tables of a schema, without the prefix. */
export function tablesOf({ versions }: SqlSchema): readonly string[] {
  return versions.flatMap((version) => Object.keys(version));
}

/** How the tables of a schema come about at a place. */
export function planFor(schema: SqlSchema, place: SqlPlace): SchemaPlan {
  return {
    key: `extension:${bareName(place, schema.name)}`,
    tables: tablesOf(schema).map((table) => bareName(place, table)),
    steps: schema.versions.map((version) =>
      Object.entries(version).flatMap(([name, table]) => statementsOf(place, name, table)),
    ),
  };
}

/**
 * The statements that make the tables of an extension, for those who keep their migrations themselves and pass
 * `{ migrate: false }`.
 *
 * @param schema The tables.
 * @param options.dialect The database.
 * @param options.prefix What the names of the tables begin with (default `"coatcheck_"`).
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: the prefix is no beginning of a name.
 *
 * @example
 * await pool.query(sqlSchema(progressSchema, { dialect: "postgres" }))
 */
export function sqlSchema(
  schema: SqlSchema,
  { dialect, prefix = "coatcheck_" }: { readonly dialect: SqlDialect; readonly prefix?: string },
): string {
  if (isPrefix(prefix)) return planFor(schema, { dialect, prefix, within: undefined }).steps.flat().join("\n");
  throw new SessionConfigError("CONFIG_INVALID", `There is no such schema: prefix ${prefixing}.`);
}

/** What a prefix is made of, in words. */
export const prefixing = "must be letters, digits and underscores, at most 30, and no digit first";

/** Tells whether names of tables may begin with a text. */
export function isPrefix(prefix: unknown): prefix is string {
  return typeof prefix === "string" && /^[A-Za-z_][A-Za-z0-9_]{0,29}$/.test(prefix) && !/^sqlite_/i.test(prefix);
}

type Kind = "user" | "key" | "text" | "integer";

// Bytes in MySQL, as in the session store: the collations that MySQL and MariaDB share ignore trailing spaces. An id of a user
// is 255 characters, each as the six of an escape, and two quotation marks.
const kinds: Record<SqlDialect, Record<Kind, string>> = {
  sqlite: { user: "TEXT", key: "TEXT", text: "TEXT", integer: "INTEGER" },
  postgres: { user: 'text COLLATE "C"', key: 'text COLLATE "C"', text: 'text COLLATE "C"', integer: "bigint" },
  mysql: { user: "VARBINARY(1536)", key: "VARBINARY(255)", text: "MEDIUMBLOB", integer: "BIGINT" },
};

function statementsOf(place: SqlPlace, name: string, table: SqlTable): string[] {
  const { dialect } = place;
  const columns = Object.entries(table.columns).map(([column, kind]) => `  ${column} ${typeOf(dialect, kind)}`);
  const lines = [...columns, `  PRIMARY KEY (${table.primary.join(", ")})`];
  const uniques = Object.entries(table.unique ?? {});
  const indexes = Object.entries(table.indexes ?? {});
  const end = dialect === "mysql" ? ") ENGINE = InnoDB, ROW_FORMAT = DYNAMIC;" : ");";
  // MySQL has no CREATE INDEX IF NOT EXISTS.
  if (dialect === "mysql") {
    lines.push(...uniques.map(([index, keys]) => `  UNIQUE KEY ${index} (${keys.join(", ")})`));
    lines.push(...indexes.map(([index, keys]) => `  KEY ${index} (${keys.join(", ")})`));
  }
  const made = [`CREATE TABLE IF NOT EXISTS ${nameOf(place, name)} (`, lines.join(",\n"), end].join("\n");
  if (dialect === "mysql") return [made];
  return [
    made,
    ...uniques.map((index) => indexStatement(place, name, index, "UNIQUE INDEX")),
    ...indexes.map((index) => indexStatement(place, name, index, "INDEX")),
  ];
}

function typeOf(dialect: SqlDialect, column: SqlColumn): string {
  const kind = column.replace("?", "") as Kind;
  return kinds[dialect][kind] + (column.endsWith("?") ? "" : " NOT NULL");
}

function indexStatement(
  place: SqlPlace,
  name: string,
  [index, keys]: readonly [string, readonly string[]],
  what: string,
): string {
  const indexName = indexOf(bareName(place, name), index);
  return `CREATE ${what} IF NOT EXISTS ${indexName} ON ${nameOf(place, name)} (${keys.join(", ")});`;
}
