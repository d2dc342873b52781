import pg from "pg";
import { importBuilt } from "../../races/library.mjs";

/** A `Pool` of pg, as the documentation advises it. */
export async function openStore({ dist, url, connections = 10, timeLimit }) {
  const { postgresStore } = await importBuilt(dist, "stores/postgres.js");
  const pool = new pg.Pool({ connectionString: url, max: connections, connectionTimeoutMillis: timeLimit });
  return { store: postgresStore(pool, { timeLimit }), close: () => pool.end() };
}
