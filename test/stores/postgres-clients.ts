import { PGlite } from "@electric-sql/pglite";
import { Client, Pool, type PoolConfig } from "pg";
import postgres from "postgres";
import type { PostgresClient } from "../../src/stores/postgres.ts";

/** Where the server of the tests is. */
export const url = process.env.DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/postgres";

/** A client that a test has opened. */
export interface Opened {
  readonly client: PostgresClient;
  close(): Promise<unknown>;
}

/** A pool of pg. */
export function openPool(config: PoolConfig = {}): Pool {
  return new Pool({ connectionString: url, max: 4, connectionTimeoutMillis: 30_000, ...config });
}

/** One statement through a client: the shape of serverless drivers. Made to answer in another way than the store asks for. */
export function functionOver(pool: Pool): PostgresClient {
  const sql = () => undefined;
  const made = { arrayMode: true, fullResults: true };
  return Object.assign(sql, {
    async query(text: string, values: unknown[] = [], options: Partial<typeof made> = {}) {
      const { arrayMode, fullResults } = { ...made, ...options };
      const { rows } = arrayMode
        ? await pool.query({ text, values, rowMode: "array" })
        : await pool.query(text, values);
      return fullResults ? { rows } : rows;
    },
  });
}

/** Every kind of client, each opened anew. */
export const clients: Readonly<Record<string, () => Opened>> = {
  "a Pool of pg": () => {
    const pool = openPool();
    return { client: pool, close: () => pool.end() };
  },
  "a Client of pg": () => {
    const client = new Client({ connectionString: url });
    const connected = client.connect();
    return { client, close: () => connected.then(() => client.end()) };
  },
  "postgres.js": () => {
    const sql = postgres(url, { max: 4, onnotice: () => undefined });
    return { client: sql, close: () => sql.end() };
  },
  "postgres.js that asks for no types": () => {
    const sql = postgres(url, { max: 4, fetch_types: false, prepare: false });
    return { client: sql, close: () => sql.end() };
  },
  "a function that sends one statement": () => {
    const pool = openPool();
    return { client: functionOver(pool), close: () => pool.end() };
  },
};

/** PGlite, which is a server of its own. */
export function openPglite(): PGlite {
  return new PGlite();
}

/** Whether the server answers. */
export async function isReachable(): Promise<true | string> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 30_000 });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch (error) {
    return `is not reachable at ${new URL(url).host}: ${(error as Error).message}`;
  }
}

/** Runs statements beside the store, on a connection of their own. */
export async function administer(...statements: string[]): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) rows = (await client.query(statement)).rows ?? [];
    return rows;
  } finally {
    await client.end();
  }
}

let count = 0;

/** The name of a schema that no other test has. Drop it with {@link dropSchema}. */
export function freshSchema(): string {
  return `coatcheck_test_${process.pid}_${Date.now().toString(36)}_${count++}`;
}

/** Removes a schema and what is in it. */
export async function dropSchema(schema: string): Promise<void> {
  await administer("SET client_min_messages = warning", `DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
}
