import mysql from "mysql2/promise";
import { importBuilt } from "../library.mjs";

const uri = process.env.MYSQL_URL ?? "mysql://root@127.0.0.1:3306/test";

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

async function ask(sql) {
  const connection = await mysql.createConnection(uri);
  await connection.query(sql);
  await connection.end();
}
