import pg from "pg";
import { services } from "../../services.mjs";
import { importBuilt } from "../library.mjs";

/** Any number of processes may share one database. */
export const processes = "many";

const { postgres: url } = services;

let count = 0;

/** A schema of its own for one program. */
export function makeTarget() {
  const schema = `coatcheck_races_${process.pid}_${Date.now().toString(36)}_${count++}`;
  return { target: schema, remove: () => drop(schema) };
}

function drop(schema) {
  return withClient(async (client) => {
    await client.query("SET client_min_messages = warning");
    await client.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
  });
}

/** Every row of the schema as text. */
export function dump(schema) {
  return withClient(async (client) => {
    const { rows: tables } = await client.query("SELECT tablename FROM pg_tables WHERE schemaname = $1", [schema]);
    const texts = [];
    for (const { tablename } of tables) {
      const { rows } = await client.query(`SELECT t::text FROM "${schema}"."${tablename}" AS t`);
      texts.push(...rows.map(({ t }) => t));
    }
    return texts.join("\n");
  });
}

async function withClient(work) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Opens the store of a place, in each process anew. */
export async function openStore(dist, target) {
  const { postgresStore } = await importBuilt(dist, "stores/postgres.js");
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  return { store: postgresStore(pool, { schema: target, timeLimit: "30s" }), close: () => pool.end() };
}
