import { SessionConfigError } from "../../errors.ts";
import type { Maybe } from "../../maybe.ts";
import { isTableName } from "../sql/options.ts";
import { planOf, type SchemaPlan, versionTable } from "../sql/plan.ts";
import type { PostgresValue, Row } from "./client.ts";
import { isMissing } from "./errors.ts";

/** Where the sessions are. */
export interface PostgresPlace {
  /** The table of the sessions (default `"coatcheck_sessions"`). */
  readonly table?: string;
  /** The schema of the table (default: the one that `search_path` leads to). */
  readonly schema?: string;
}

/** The lock that one migration holds at a time, in any database: a number that nobody else has a reason to use. */
const lock = 7_215_309_661_004;

/** The name of a table as statements write it. */
export function tableOf(table: string, schema?: string): string {
  return schema === undefined ? `"${table}"` : `"${schema}"."${table}"`;
}

// The steps from each version to the next. A published step is never changed, and a new one only adds (a column that may
// be null, an index), so that older and newer processes share a database. Texts compare byte by byte, whatever the
// collation of the database; idle_expires_at is never later than expires_at, so that its index serves the sweep.
const steps: readonly ((table: string, schema?: string) => string)[] = [
  (table, schema) => `
CREATE TABLE IF NOT EXISTS ${tableOf(table, schema)} (
  id text COLLATE "C" NOT NULL PRIMARY KEY,
  digest text COLLATE "C" NOT NULL,
  previous_digest text COLLATE "C",
  previous_grace_ends_at bigint,
  user_id text COLLATE "C",
  data jsonb NOT NULL,
  device text COLLATE "C",
  actor text COLLATE "C",
  created_at bigint NOT NULL,
  authenticated_at bigint,
  last_seen_at bigint NOT NULL,
  idle_expires_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  persistent boolean NOT NULL,
  generation bigint NOT NULL,
  version bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS ${indexOf(table, "by_user")} ON ${tableOf(table, schema)} (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS ${indexOf(table, "by_expiry")} ON ${tableOf(table, schema)} (idle_expires_at);`,
];

// PostgreSQL cuts names at 63 bytes, and two indexes cut to the same name would be one. A table whose name leaves no room
// keeps a part of it: two such tables beside each other are told apart by its length and its end.
/** The name of an index as statements write it. */
export function indexOf(table: string, purpose: string): string {
  const room = 63 - purpose.length - 1;
  if (table.length <= room) return `"${table}_${purpose}"`;
  return `"${table.slice(0, room - 14)}_${table.slice(-13)}_${purpose}"`;
}

/**
 * The statements that make the store's table, for those who keep their migrations themselves and pass
 * `{ migrate: false }`.
 *
 * @param place.table The name of the table (default `"coatcheck_sessions"`).
 * @param place.schema The schema, which must be there (default: the first of `search_path`).
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: that is no name.
 *
 * @example
 * await pool.query(postgresSchema())
 */
export function postgresSchema({ table = "coatcheck_sessions", schema }: PostgresPlace = {}): string {
  if (isTableName(table) && (schema === undefined || isTableName(schema))) {
    return steps.map((step) => step(table, schema)).join("\n");
  }
  throw new SessionConfigError("CONFIG_INVALID", "The names of table and schema are letters, digits and underscores.");
}

/** What the table of a store comes about by. */
export function storePlan(table: string, schema?: string): SchemaPlan {
  return planOf(
    table,
    steps.map((step) => step(table, schema)),
  );
}

type Run = (text: string, values: PostgresValue[]) => Maybe<readonly Row[]>;

/**
 * Makes tables or brings them up to date. Costs one read where they are current. Otherwise it is one statement, which one
 * process at a time runs, and which leaves everything or nothing behind.
 */
export async function ensureSchema(run: Run, plan: SchemaPlan, schema?: string): Promise<void> {
  if ((await versionOf(run, plan.key, schema)) < plan.steps.length) await run(migration(plan, schema), []);
}

async function versionOf(run: Run, key: string, schema?: string): Promise<number> {
  try {
    const rows = await run(`SELECT version FROM ${tableOf(versionTable, schema)} WHERE table_name = $1::text`, [key]);
    return Number(rows[0]?.version ?? 0);
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

// A DO block, since some clients send one statement at a time and it is one; each statement in it sees what was committed
// while it waited for the lock. Names that are there already are no news to anybody, hence the message level: some clients
// print notices.
function migration({ key, steps }: SchemaPlan, schema?: string): string {
  const kept = tableOf(versionTable, schema);
  const version = `(SELECT version FROM ${kept} WHERE table_name = '${key}')`;
  return `DO $coatcheck$
BEGIN
  PERFORM set_config('client_min_messages', 'warning', true);
  PERFORM pg_advisory_xact_lock(${lock});
${schema === undefined ? "" : `IF to_regnamespace('"${schema}"') IS NULL THEN CREATE SCHEMA "${schema}"; END IF;`}
IF to_regclass('${kept}') IS NULL THEN
  CREATE TABLE ${kept} (table_name text NOT NULL PRIMARY KEY, version int NOT NULL);
END IF;
${steps.map((step, at) => `IF coalesce(${version}, 0) < ${at + 1} THEN\n${step.join("\n")}\nEND IF;`).join("\n")}
INSERT INTO ${kept} AS kept (table_name, version) VALUES ('${key}', ${steps.length})
  ON CONFLICT (table_name) DO UPDATE SET version = greatest(kept.version, excluded.version);
END
$coatcheck$`;
}
