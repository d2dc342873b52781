import mysql from "mysql2/promise";
import { services } from "../../services.mjs";
import { importBuilt } from "../library.mjs";

const { mysql: uri } = services;

/** Any number of processes may share one server. */
export const processes = "many";

let rooms = 0;

/** A place for one program: a database of its own. */
export async function makeTarget() {
  const name = `coatcheck_races_${process.pid}_${Date.now().toString(36)}_${++rooms}`;
  await ask(`CREATE DATABASE ${name}`);
  return { target: name, remove: () => ask(`DROP DATABASE IF EXISTS ${name}`) };
}

/** Opens the store of a place, in each process anew. */
export async function openStore(dist, target) {
  const { mysqlStore } = await importBuilt(dist, "stores/mysql.js");
  const pool = mysql.createPool({ uri, database: target, connectionLimit: 8 });
  return { store: mysqlStore(pool), close: () => pool.end() };
}

/** Every row of the database as text. */
export async function dump(target) {
  const tables = await ask("SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ?", [target]);
  const texts = [];
  for (const { name } of tables) {
    for (const row of await ask(`SELECT * FROM ${target}.${name}`))
      texts.push(Object.values(row).map(textOf).join(" "));
  }
  return texts.join("\n");
}

function textOf(value) {
  if (Buffer.isBuffer(value)) return value.toString("latin1");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

async function ask(sql, values) {
  const connection = await mysql.createConnection(uri);
  try {
    const [rows] = await connection.query(sql, values);
    return rows;
  } finally {
    await connection.end();
  }
}
