import { connect } from "node:net";
import postgres from "postgres";
import { importBuilt } from "../../races/library.mjs";

/** The `sql` function of postgres.js, as the documentation advises it. */
export async function openStore({ dist, url, connections = 10, timeLimit }) {
  const { postgresStore } = await importBuilt(dist, "stores/postgres.js");
  const sql = postgres(url, {
    max: connections,
    connect_timeout: timeLimit / 1_000,
    // In seconds. The client would wait longer and longer, up to twenty seconds.
    backoff: (attempt) => Math.min(attempt / 10, 1),
    // Its answer being lost would end the process.
    fetch_types: false,
    socket: (place) => openSocket(place, timeLimit),
    onnotice: () => undefined,
  });
  return { store: postgresStore(sql, { timeLimit }), close: () => sql.end({ timeout: 1 }) };
}

/** A socket that ends when nothing has come or gone for a while: the client itself would wait for an answer for ever. */
function openSocket({ host: [host], port: [port] }, timeLimit) {
  const socket = connect({ host, port, timeout: timeLimit });
  return socket.once("timeout", () => socket.destroy(new Error("The server does not answer.")));
}
