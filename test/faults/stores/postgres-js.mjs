import postgres from "postgres";
import { importBuilt } from "../../races/library.mjs";

/** The `sql` function of postgres.js, as the documentation advises it. */
export async function openStore({ dist, url, connections = 10, timeLimit }) {
  const { postgresStore } = await importBuilt(dist, "stores/postgres.js");
  const sql = postgres(url, {
    max: connections,
    connect_timeout: timeLimit / 1_000,
    fetch_types: false,
    onnotice: () => undefined,
  });
  return { store: postgresStore(sql, { timeLimit }), close: () => sql.end({ timeout: 1 }) };
}
