import pg from "pg";
import { importBuilt } from "../library.mjs";

/** Any number of processes may share one database. */
export const processes = "many";

const url = process.env.DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/postgres";

let count = 0;

/** A schema of its own for one program. */
export function makeTarget() {
  const schema = `coatcheck_races_${process.pid}_${Date.now().toString(36)}_${count++}`;
  return { target: schema, remove: () => drop(schema) };
}

async function drop(schema) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("SET client_min_messages = warning");
    await client.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
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
