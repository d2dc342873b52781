// PostgreSQL through pg, a pool of ten connections.
import { createRequire } from "node:module";
import pg from "pg";
import { countStatements, newCounter } from "../counting.mjs";
import { expressSession, luciaPostgres } from "../peers.mjs";
import { perTick, rawRead, rawVisitors } from "../visitors.mjs";

const require = createRequire(import.meta.url);
const connectionString = process.env.DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/postgres";
const schema = `coatcheck_bench_${process.pid}`;

export const title = "PostgreSQL (pg, a pool of 10)";
export const where = "DATABASE_URL";

/** Connects, in a schema of its own. */
export async function open() {
  const counter = newCounter();
  class Client extends pg.Client {}
  countStatements(counter, Client.prototype, "query");
  const pool = new pg.Pool({ connectionString, max: 10, Client, options: `-c search_path=${schema}` });
  await pool.query(`CREATE SCHEMA ${schema}`);
  const { rows } = await pool.query("SHOW server_version");
  return {
    counter,
    Client,
    pool,
    schema,
    version: `PostgreSQL ${rows[0].server_version}, pg ${require("pg/package.json").version}`,
    async close() {
      await pool.query(`DROP SCHEMA ${schema} CASCADE`);
      await pool.end();
    },
  };
}

/** What the driver and the server allow. */
export async function limits({ pool }) {
  const visitors = rawVisitors();
  await pool.query("CREATE TABLE raw_sessions (id text PRIMARY KEY, record text NOT NULL)");
  for (const { id, json } of visitors) await pool.query("INSERT INTO raw_sessions VALUES ($1, $2)", [id, json]);
  const findOne = async (id) => {
    const text = "SELECT record FROM raw_sessions WHERE id = $1";
    const { rows } = await pool.query({ name: "raw_one", text, values: [id] });
    return rows[0].record;
  };
  const findAll = async (ids) => {
    const text = "SELECT id, record FROM raw_sessions WHERE id = ANY($1)";
    const { rows } = await pool.query({ name: "raw_many", text, values: [ids], rowMode: "array" });
    return new Map(rows);
  };
  const replace = (id, json) => {
    const text = "UPDATE raw_sessions SET record = $2 WHERE id = $1";
    return pool.query({ name: "raw_write", text, values: [id, json] });
  };
  return {
    batched: rawRead("raw, one statement for each tick", visitors, perTick(findAll)),
    single: rawRead("raw, one statement for each read", visitors, findOne),
    write: {
      name: "raw SELECT, then UPDATE",
      run: async (step) => {
        const { id } = visitors[step % visitors.length];
        return replace(id, await findOne(id));
      },
    },
  };
}

export async function stores({ pool, schema }) {
  const { postgresStore } = await import("../../dist/stores/postgres.js");
  return { "coatcheck postgresStore": { store: postgresStore(pool, { schema }), share: 0.6 } };
}

export async function peers({ pool, schema }) {
  const Store = require("connect-pg-simple")(require("express-session"));
  const store = new Store({ pool, schemaName: schema, createTableIfMissing: true, pruneSessionInterval: false });
  return {
    "express-session, connect-pg-simple": () => expressSession(store),
    "lucia (session and user)": () => luciaPostgres(pool),
  };
}
