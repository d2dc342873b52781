import { type SchemaPlan, versionTable } from "../sql/plan.ts";
import { isTableMissing, schemaMissing, unavailable } from "./errors.ts";
import type { MysqlSettings } from "./options.ts";
import { qualified } from "./schema.ts";
import type { Session } from "./session.ts";

/** Where tables are wanted, and whether they may be made. */
export type MigrationSettings = Pick<MysqlSettings, "database" | "migrate" | "name">;

/** Tells whether the tables must be made or brought up to date; throws where they must and may not. */
export async function isSchemaBehind(
  session: Session,
  settings: MigrationSettings,
  plan: SchemaPlan,
): Promise<boolean> {
  const found = await inspect(session, settings, plan);
  const isBehind = !isUpToDate(found, plan);
  if (isBehind && settings.migrate) return true;
  // Without a version of ours the tables were made by the application's own migrations, which then know what they do.
  if (isBehind && (!isComplete(found, plan) || found.version > 0)) throw schemaMissing(settings.name);
  requireInnodb(found, settings);
  return false;
}

interface Found {
  /** The engine of each table that is there. */
  readonly engines: readonly string[];
  readonly version: number;
}

function isComplete({ engines }: Found, { tables }: SchemaPlan): boolean {
  return engines.length === tables.length;
}

function isUpToDate(found: Found, plan: SchemaPlan): boolean {
  return isComplete(found, plan) && found.version >= plan.steps.length;
}

async function inspect(session: Session, settings: MigrationSettings, { key, tables }: SchemaPlan): Promise<Found> {
  const names = tables.map((table) => `'${table}'`).join(", ");
  const wanted = `TABLE_SCHEMA = ${schemaOf(settings)} AND TABLE_NAME IN (${names})`;
  const engines = `(SELECT GROUP_CONCAT(ENGINE) FROM information_schema.TABLES WHERE ${wanted})`;
  const version = `(SELECT CONCAT(version) FROM ${qualified(settings, versionTable)} WHERE table_name = '${key}')`;
  try {
    return foundIn(await session.run(`SELECT ${engines}, ${version}`));
  } catch (error) {
    if (isTableMissing(error)) return foundIn(await session.run(`SELECT ${engines}, NULL`));
    throw error;
  }
}

function foundIn([row]: readonly (readonly unknown[])[]): Found {
  const [engines, version] = row ?? [];
  return { engines: textOf(engines)?.split(",") ?? [], version: Number(textOf(version) ?? 0) };
}

function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}

function schemaOf({ database }: Pick<MysqlSettings, "database">): string {
  return database === null ? "DATABASE()" : `'${database}'`;
}

/** Makes the tables or brings them up to date, which one of many processes does. */
export async function migrate(session: Session, settings: MigrationSettings, plan: SchemaPlan): Promise<void> {
  const lock = `CONCAT('coatcheck.', SHA1(CONCAT(${schemaOf(settings)}, '.', '${plan.key}')))`;
  const [row] = await session.run(`SELECT CONCAT(GET_LOCK(${lock}, 30))`);
  if (textOf(row?.[0]) !== "1") throw migrationsBusy(settings.name);
  try {
    await takeSteps(session, settings, plan);
  } finally {
    // A connection that is closed gives its locks back as well.
    if (session.isSound()) await session.run(`DO RELEASE_LOCK(${lock})`);
  }
}

async function takeSteps(session: Session, settings: MigrationSettings, plan: SchemaPlan): Promise<void> {
  const found = await inspect(session, settings, plan);
  const done = found.engines.length === 0 ? 0 : found.version;
  for (const step of plan.steps.slice(done).flat()) await session.run(step);
  requireInnodb(await inspect(session, settings, plan), settings);
  if (done < plan.steps.length) await keepVersion(session, settings, plan);
}

async function keepVersion(session: Session, settings: MigrationSettings, { key, steps }: SchemaPlan): Promise<void> {
  const table = qualified(settings, versionTable);
  await session.run(
    `CREATE TABLE IF NOT EXISTS ${table} (table_name VARBINARY(64) NOT NULL PRIMARY KEY, version INT NOT NULL) ENGINE = InnoDB`,
  );
  const [row] = await session.run(`SELECT 1 FROM ${table} WHERE table_name = '${key}'`);
  await session.run(
    row
      ? `UPDATE ${table} SET version = ${steps.length} WHERE table_name = '${key}'`
      : `INSERT INTO ${table} (table_name, version) VALUES ('${key}', ${steps.length})`,
  );
}

function migrationsBusy(name: string): Error {
  return unavailable(name, "could not get the lock for making its table", "Another process makes it. Try again.");
}

// Without NO_ENGINE_SUBSTITUTION a server takes another engine in silence, and a table of MyISAM keeps no promise.
function requireInnodb({ engines }: Found, { name }: MigrationSettings): void {
  const other = engines.find((engine) => engine.toLowerCase() !== "innodb");
  if (other === undefined) return;
  throw unavailable(
    name,
    `needs a table of the engine InnoDB, and this one is of ${other}`,
    "Convert it with ALTER TABLE … ENGINE = InnoDB.",
  );
}
