import { SessionConfigError } from "../../errors.ts";
import { planOf, type SchemaPlan } from "../sql/plan.ts";
import { sizes } from "./columns.ts";
import { type MysqlSettings, type MysqlTableOptions, problemsOfTable } from "./options.ts";

type Place = Pick<MysqlSettings, "table" | "database">;

// The steps from each version to the next, one statement each, for the servers commit after every one. A published step is
// never changed, and a new one only adds (a column that may be null, an index), so that older and newer processes share a
// database. Bytes everywhere: the collations that MySQL and MariaDB share ignore trailing spaces. idle_expires_at is never
// later than expires_at, so that its index serves the sweep. DYNAMIC, since user_id is longer than the 767 bytes that
// indexes of other formats hold.
const steps: readonly ((table: string) => string)[] = [
  (table) => `CREATE TABLE IF NOT EXISTS ${table} (
  id VARBINARY(${sizes.id}) NOT NULL PRIMARY KEY,
  digest VARBINARY(${sizes.digest}) NOT NULL,
  previous_digest VARBINARY(${sizes.previousDigest}),
  previous_grace_ends_at BIGINT,
  user_id VARBINARY(${sizes.userId}),
  data MEDIUMBLOB NOT NULL,
  device MEDIUMBLOB,
  actor MEDIUMBLOB,
  created_at BIGINT NOT NULL,
  authenticated_at BIGINT,
  last_seen_at BIGINT NOT NULL,
  idle_expires_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  persistent TINYINT NOT NULL,
  generation BIGINT NOT NULL,
  version BIGINT NOT NULL,
  KEY by_user (user_id),
  KEY by_expiry (idle_expires_at)
) ENGINE = InnoDB, ROW_FORMAT = DYNAMIC;`,
];

/**
 * The statement that makes the store's table, for those who keep their migrations themselves and pass
 * `{ migrate: false }`. It is the same for MySQL and MariaDB.
 *
 * @param options.table The name of the table (default `"coatcheck_sessions"`).
 * @param options.database The database of the table (default: the one that the connection has chosen).
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: that is no name of a table or of a database.
 *
 * @example
 * await pool.query(mysqlSchema())
 *
 * @see {@link https://dev.mysql.com/doc/refman/8.4/en/innodb-row-format.html MySQL: InnoDB row formats}
 */
export function mysqlSchema(options: MysqlTableOptions = {}): string {
  const place: Place = { table: options.table ?? "coatcheck_sessions", database: options.database ?? null };
  const problems = problemsOfTable(place);
  if (problems.length === 0) return steps.map((step) => step(qualified(place, place.table))).join("\n");
  throw new SessionConfigError("CONFIG_INVALID", `There is no such schema: ${problems.join("; ")}.`);
}

/** A table's name as statements need it. */
export function qualified({ database }: Pick<Place, "database">, table: string): string {
  return database === null ? `\`${table}\`` : `\`${database}\`.\`${table}\``;
}

/** What the table of a store comes about by. */
export function storePlan(place: Place): SchemaPlan {
  return planOf(
    place.table,
    steps.map((step) => step(qualified(place, place.table))),
  );
}
