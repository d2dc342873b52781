import mysql from "mysql2/promise";
import { importBuilt } from "../../races/library.mjs";

/** A pool of mysql2, as the documentation advises it. */
export async function openStore({ dist, url, connections = 10, timeLimit }) {
  const { mysqlStore } = await importBuilt(dist, "stores/mysql.js");
  const pool = mysql.createPool({ uri: url, connectionLimit: connections, connectTimeout: timeLimit });
  return { store: mysqlStore(pool, { timeLimit }), close: () => pool.end() };
}
