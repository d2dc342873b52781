import type { Pool, PoolClient } from "pg";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { postgresStore } from "../../src/stores/postgres.ts";
import { record } from "../drivers/sqlite-files.ts";
import { describeWith } from "../require-services.ts";
import { dropSchema, freshSchema, isReachable, openPool } from "./postgres-clients.ts";

const now = record().createdAt;
const refused = { code: "STORE_UNAVAILABLE", message: expect.stringContaining("inside of a transaction") };

await describeWith("a connection of pg that came back inside of a transaction", isReachable, () => {
  const schema = freshSchema();
  const elsewhere = openPool();
  const outside = postgresStore(elsewhere, { schema });
  const pools: Pool[] = [];

  function open(config = {}): Pool {
    const pool = openPool(config);
    pools.push(pool);
    return pool;
  }

  /** Gives connections back to the pool after these statements. */
  async function leave(pool: Pool, count: number, ...statements: string[]): Promise<PoolClient[]> {
    const connections = await Promise.all(Array.from({ length: count }, () => pool.connect()));
    for (const connection of connections) {
      for (const statement of statements) await connection.query(statement).catch(() => undefined);
      connection.release();
    }
    return connections;
  }

  beforeEach(async () => {
    await outside.create(record({ userId: "ann" }));
  });
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.end()));
    await outside.byUser.destroy("ann");
  });
  afterAll(async () => {
    await elsewhere.end();
    await dropSchema(schema);
  });

  test("is closed, and a sign-out goes through another one, where no rollback undoes it", async () => {
    const pool = open();
    const [left] = await leave(pool, 1, "BEGIN");
    expect(await postgresStore(pool, { schema }).destroy("session-1")).toBe("destroyed");
    await left?.query("ROLLBACK").catch(() => undefined);
    expect(await outside.find(["session-1"], now)).toEqual([null]);
  });

  test("takes the sign-out back with its rollback where a pool is asked by a query of its own: the control", async () => {
    const pool = open();
    const [left] = await leave(pool, 1, "BEGIN");
    pool.query = pool.query.bind(pool);
    expect(await postgresStore(pool, { schema, migrate: false }).destroy("session-1")).toBe("destroyed");
    await left?.query("ROLLBACK");
    expect(await outside.find(["session-1"], now)).toMatchObject([{ id: "session-1" }]);
  });

  test("is closed where that transaction has failed, too", async () => {
    const pool = open({ max: 1 });
    await leave(pool, 1, "BEGIN", "SELECT 1 / 0");
    expect(await postgresStore(pool, { schema }).destroy("session-1")).toBe("destroyed");
    expect(await outside.find(["session-1"], now)).toEqual([null]);
  });

  test("shows no read the past", async () => {
    const pool = open({ max: 1 });
    await leave(pool, 1, "BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT 1");
    await outside.destroy("session-1");
    expect(await postgresStore(pool, { schema, migrate: false }).find(["session-1"], now)).toEqual([null]);
  });

  test("is one of many: all of them are closed, and the pool serves on", async () => {
    const pool = open({ max: 8 });
    let closed = 0;
    pool.on("remove", () => {
      closed += 1;
    });
    await leave(pool, 8, "BEGIN");
    const store = postgresStore(pool, { schema, migrate: false });
    const calls = Array.from({ length: 24 }, () => store.find(["session-1"], now));
    expect(await Promise.all(calls)).toEqual(calls.map(() => [expect.objectContaining({ id: "session-1" })]));
    await expect.poll(() => closed).toBe(8);
  });

  test("with its BEGIN still on its way acknowledges nothing, and is closed", async () => {
    const pool = open({ max: 1 });
    const store = postgresStore(pool, { schema, migrate: false });
    const connection = await pool.connect();
    const begun = connection.query("BEGIN");
    connection.release();
    await expect(Promise.resolve(store.destroy("session-1"))).rejects.toMatchObject(refused);
    await begun;
    expect(await store.find(["session-1"], now)).toMatchObject([{ id: "session-1" }]);
    expect(await store.destroy("session-1")).toBe("destroyed");
  });

  test("is not tried for ever, where every new one is like that", async () => {
    const begin = async (connection: PoolClient) => void (await connection.query("BEGIN"));
    const store = postgresStore(open({ max: 1, onConnect: begin }), { schema, migrate: false });
    await expect(Promise.resolve(store.destroy("session-1"))).rejects.toMatchObject(refused);
    expect(await outside.find(["session-1"], now)).toMatchObject([{ id: "session-1" }]);
  });
});
