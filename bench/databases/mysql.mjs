// MySQL or MariaDB through mysql2, a pool of ten connections.
import { createRequire } from "node:module";
import mysql from "mysql2/promise";
import { countStatements, newCounter } from "../counting.mjs";
import { expressSession } from "../peers.mjs";
import { perTick, rawRead, rawVisitors } from "../visitors.mjs";

const require = createRequire(import.meta.url);
const url = process.env.MYSQL_URL ?? "mysql://root@127.0.0.1:3306/test";
const database = `coatcheck_bench_${process.pid}`;

export const title = "MySQL or MariaDB (mysql2, a pool of 10)";
export const where = "MYSQL_URL";

/** Connects, in a database of its own. */
export async function open() {
  const counter = newCounter();
  const first = await mysql.createConnection(url);
  await first.query(`CREATE DATABASE ${database}`);
  await first.end();
  const own = new URL(url);
  own.pathname = `/${database}`;
  const pool = mysql.createPool({ uri: String(own), connectionLimit: 10 });
  pool.pool.on("connection", (connection) => {
    countStatements(counter, connection, "query");
    countStatements(counter, connection, "execute");
  });
  const [[{ version }]] = await pool.query("SELECT version() AS version");
  return {
    counter,
    pool,
    database,
    version: `${/mariadb/i.test(version) ? "MariaDB" : "MySQL"} ${version.split("-")[0]}, mysql2 ${require("mysql2/package.json").version}`,
    async close() {
      await pool.query(`DROP DATABASE ${database}`);
      await pool.end();
    },
  };
}

/** What the driver and the server allow. */
export async function limits({ pool }) {
  const visitors = rawVisitors();
  await pool.query(
    "CREATE TABLE raw_sessions (id varchar(64) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY, record text CHARACTER SET utf8mb4 NOT NULL)",
  );
  await pool.query("INSERT INTO raw_sessions VALUES ?", [visitors.map(({ id, json }) => [id, json])]);
  const findOne = async (id) => {
    const [rows] = await pool.execute("SELECT record FROM raw_sessions WHERE id = ?", [id]);
    return rows[0].record;
  };
  // As text: a prepared statement for every number of ids would be parsed as often.
  const findAll = async (ids) => {
    const sql = "SELECT id, record FROM raw_sessions WHERE id IN (?)";
    const [rows] = await pool.query({ sql, values: [ids], rowsAsArray: true });
    return new Map(rows);
  };
  return {
    batched: rawRead("raw, one statement for each tick", visitors, perTick(findAll)),
    single: rawRead("raw, one statement for each read", visitors, findOne),
    write: {
      name: "raw SELECT, then UPDATE",
      run: async (step) => {
        const { id } = visitors[step % visitors.length];
        const json = await findOne(id);
        const changed = json.replace(/"version":\d+/, `"version":${step}`); // an equal value would not be written
        return pool.execute("UPDATE raw_sessions SET record = ? WHERE id = ?", [changed, id]);
      },
    },
  };
}

export async function stores({ pool }) {
  const { mysqlStore } = await import("../../dist/stores/mysql.js");
  return { "coatcheck mysqlStore": { store: mysqlStore(pool), share: 0.6 } };
}

export async function peers({ pool }) {
  const Store = require("express-mysql-session")(require("express-session"));
  const store = new Store({ clearExpired: false, endConnectionOnClose: false }, pool);
  await store.onReady();
  return { "express-session, express-mysql-session": () => expressSession(store) };
}
