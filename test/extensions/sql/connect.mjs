// Opens a database of the tests in a process of its own, by its address: a dialect, where it is, and the schema of the tables.
import Libsql from "libsql";
import mysql from "mysql2/promise";
import { Pool } from "pg";
import { dist, importBuilt } from "../../races/library.mjs";

/** @returns the database, and what closes its client. */
export async function connect([dialect, where, schema]) {
  const { sqlDatabase } = await importBuilt(dist, "extensions/sql/index.js");
  const { client, close } = openers[dialect](where, schema);
  return { database: sqlDatabase(client, { timeLimit: "20s", ...(dialect === "postgres" && { schema }) }), close };
}

const openers = {
  sqlite: (path) => {
    const client = new Libsql(path);
    return { client, close: () => client.close() };
  },
  postgres: (url) => {
    const client = new Pool({ connectionString: url, max: 3 });
    return { client, close: () => client.end() };
  },
  mysql: (uri, database) => {
    const client = mysql.createPool({ uri, database, connectionLimit: 3 });
    return { client, close: () => client.end() };
  },
};
