import { SessionConfigError } from "../../errors.ts";
import { sizes } from "./columns.ts";
import { isTableMissing, schemaMissing, unavailable } from "./errors.ts";
import { type MysqlSettings, type MysqlTableOptions, problemsOfTable } from "./options.ts";
import type { Session } from "./session.ts";

type Place = Pick<MysqlSettings, "table" | "database">;

/** Which version of the schema each session table of a database has. */
const versions = "coatcheck_migrations";

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

const latest = steps.length;

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
export function qualified({ database }: Place, table: string): string {
  return database === null ? `\`${table}\`` : `\`${database}\`.\`${table}\``;
}

/** Tells whether the table must be made or brought up to date; throws where it must and may not. */
export async function isSchemaBehind(session: Session, settings: MysqlSettings): Promise<boolean> {
  const found = await inspect(session, settings);
  if (!isUpToDate(found) && settings.migrate) return true;
  // Without a version of ours the table was made by the application's own migrations, which then know what they do.
  if (!isUpToDate(found) && (found.engine === null || found.version > 0)) throw schemaMissing(settings.name);
  requireInnodb(found, settings);
  return false;
}

interface Found {
  /** The engine of the table, `null` where there is none. */
  readonly engine: string | null;
  readonly version: number;
}

function isUpToDate({ engine, version }: Found): boolean {
  return engine !== null && version >= latest;
}

async function inspect(session: Session, place: Place): Promise<Found> {
  const { table } = place;
  const engine = `(SELECT ENGINE FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${schemaOf(place)} AND TABLE_NAME = '${table}')`;
  const version = `(SELECT CONCAT(version) FROM ${qualified(place, versions)} WHERE table_name = '${table}')`;
  try {
    return foundIn(await session.run(`SELECT ${engine}, ${version}`));
  } catch (error) {
    if (isTableMissing(error)) return foundIn(await session.run(`SELECT ${engine}, NULL`));
    throw error;
  }
}

function foundIn([row]: readonly (readonly unknown[])[]): Found {
  const [engine, version] = row ?? [];
  return { engine: textOf(engine), version: Number(textOf(version) ?? 0) };
}

function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}

function schemaOf({ database }: Place): string {
  return database === null ? "DATABASE()" : `'${database}'`;
}

/** Makes the table or brings it up to date, which one of many processes does. */
export async function migrate(session: Session, settings: MysqlSettings): Promise<void> {
  const lock = `CONCAT('coatcheck.', SHA1(CONCAT(${schemaOf(settings)}, '.', '${settings.table}')))`;
  const [row] = await session.run(`SELECT CONCAT(GET_LOCK(${lock}, 30))`);
  if (textOf(row?.[0]) !== "1") throw migrationsBusy(settings.name);
  try {
    await takeSteps(session, settings);
  } finally {
    // A connection that is closed gives its locks back as well.
    if (session.isSound()) await session.run(`DO RELEASE_LOCK(${lock})`);
  }
}

async function takeSteps(session: Session, settings: MysqlSettings): Promise<void> {
  const found = await inspect(session, settings);
  const done = found.engine === null ? 0 : found.version;
  for (const step of steps.slice(done)) await session.run(step(qualified(settings, settings.table)));
  requireInnodb(await inspect(session, settings), settings);
  if (done < latest) await keepVersion(session, settings);
}

async function keepVersion(session: Session, settings: MysqlSettings): Promise<void> {
  const table = qualified(settings, versions);
  await session.run(
    `CREATE TABLE IF NOT EXISTS ${table} (table_name VARBINARY(64) NOT NULL PRIMARY KEY, version INT NOT NULL) ENGINE = InnoDB`,
  );
  const [row] = await session.run(`SELECT 1 FROM ${table} WHERE table_name = '${settings.table}'`);
  await session.run(
    row
      ? `UPDATE ${table} SET version = ${latest} WHERE table_name = '${settings.table}'`
      : `INSERT INTO ${table} (table_name, version) VALUES ('${settings.table}', ${latest})`,
  );
}

function migrationsBusy(name: string): Error {
  return unavailable(name, "could not get the lock for making its table", "Another process makes it. Try again.");
}

// Without NO_ENGINE_SUBSTITUTION a server takes another engine in silence, and a table of MyISAM keeps no promise.
function requireInnodb({ engine }: Found, { name }: MysqlSettings): void {
  if (engine?.toLowerCase() === "innodb") return;
  throw unavailable(
    name,
    `needs a table of the engine InnoDB, and this one is of ${engine}`,
    "Convert it with ALTER TABLE … ENGINE = InnoDB.",
  );
}
