import { afterAll, beforeAll, expect, test } from "vitest";
import { tableOf } from "../../src/stores/postgres/schema.ts";
import { statementsOf } from "../../src/stores/postgres/statements.ts";
import { updateOf } from "../../src/stores/postgres/update.ts";
import { postgresStore } from "../../src/stores/postgres.ts";
import { record } from "../drivers/sqlite-files.ts";
import { describeWith } from "../require-services.ts";
import { administer, dropSchema, freshSchema, isReachable, openPool } from "./postgres-clients.ts";

const now = record().createdAt;
const rows = 30_000;

await describeWith("among 30,000 sessions in PostgreSQL", isReachable, () => {
  const schema = freshSchema();
  const pool = openPool({ max: 1 });
  const table = tableOf("coatcheck_sessions", schema);
  const statements = statementsOf(table);
  const sample = `{${Array.from({ length: 100 }, (_, at) => `id${at * 7}`).join()}}`;

  beforeAll(async () => {
    await postgresStore(pool, { schema }).find(["none"], now);
    await pool.query(`INSERT INTO ${table} SELECT 'id' || n, 'd', NULL, NULL, 'user' || n / 3, '{}', NULL, NULL, 1, NULL, 1,
      ${now} + n, ${now} + n, true, 1, 1 FROM generate_series(1, ${rows}) AS n`);
    await pool.query(`ANALYZE ${table}`);
  });
  afterAll(async () => {
    await pool.end();
    await dropSchema(schema);
  });

  async function planOf(text: string, values: unknown[]): Promise<string> {
    const { rows } = await pool.query(`EXPLAIN (COSTS OFF) ${text}`, values);
    return rows.map((row) => row["QUERY PLAN"]).join("\n");
  }

  test.each([
    ["find", statements.find, [sample], "coatcheck_sessions_pkey"],
    ["find of one", statements.findOne, ["id7"], "coatcheck_sessions_pkey"],
    ["list", statements.ofUser, ["user7"], "coatcheck_sessions_by_user"],
    ["destroy by user", statements.removeOfUser, ["user7", null], "coatcheck_sessions_by_user"],
    ["sweep", statements.sweep, [now + 500, 100], "coatcheck_sessions_by_expiry"],
    ["destroy", statements.remove, ["id7"], "coatcheck_sessions_pkey"],
    ["destroy of a generation", statements.removeGeneration, ["id7", 1], "coatcheck_sessions_pkey"],
    ["destroy of a user's own", statements.removeIfOfUser, ["id7", "user2"], "coatcheck_sessions_pkey"],
  ])("%s goes through its index", async (_, text, values, index) => {
    const plan = await planOf(text, values);
    expect(plan).toContain(index);
    expect(plan).not.toContain("Seq Scan");
  });

  test("a plan that is made for all values goes through the indexes too", async () => {
    await pool.query("SET plan_cache_mode = force_generic_plan");
    for (const [at, text] of Object.values(statements).entries()) {
      if (text === statements.insert) continue;
      const name = `plan_${at}`;
      await pool.query(`PREPARE ${name} AS ${text}`);
      const count = new Set(text.match(/\$\d/g)).size;
      const values = Array.from({ length: count }, () => "NULL").join();
      const { rows } = await pool.query(`EXPLAIN (COSTS OFF) EXECUTE ${name}(${values})`);
      expect(rows.map((row) => row["QUERY PLAN"]).join("\n")).not.toContain("Seq Scan");
    }
    await pool.query("RESET plan_cache_mode");
  });

  test("one row is found without being planned anew each time", async () => {
    await pool.query(`PREPARE one AS ${statements.findOne}`);
    for (let time = 0; time < 8; time++) await pool.query("EXECUTE one('id7')");
    const [kept] = (await pool.query("SELECT generic_plans > 0 AS kept FROM pg_prepared_statements WHERE name = 'one'"))
      .rows;
    expect(kept).toEqual({ kept: true });
  });

  test("a step of the sweep visits what it removes, not all that is expired", async () => {
    const plan = await planOf(statements.sweep, [now + rows / 2, 100]);
    expect(plan.match(/by_expiry/g)).toHaveLength(1);
    expect(plan).not.toContain("BitmapAnd");
  });

  test("an update goes through the key, and asks its conditions of the row itself", async () => {
    const change = { set: { a: "1" }, expect: { b: "2", c: null }, generation: 1, remove: ["d"] };
    const bound = updateOf(table, "id7", change, now);
    const plan = await planOf(bound?.text ?? "", bound?.values ?? []);
    expect(plan).toContain("coatcheck_sessions_pkey");
    expect(plan).not.toMatch(/Seq Scan|Join|SubPlan/);
  });

  test("an index that is not there is noticed", async () => {
    await pool.query("BEGIN");
    await pool.query(`DROP INDEX "${schema}".coatcheck_sessions_by_expiry`);
    const plan = await planOf(statements.sweep, [now + 500, 100]);
    await pool.query("ROLLBACK");
    expect(plan).toContain("Seq Scan");
  });

  test("a sweep removes those that expired first, and no more than its limit", async () => {
    const store = postgresStore(pool, { schema });
    expect(await store.sweep(now + 500, 100)).toBe(100);
    const left = await administer(`SELECT min(idle_expires_at) - ${now} AS first, count(*)::int AS all FROM ${table}`);
    expect(left).toEqual([{ first: "101", all: rows - 100 }]);
  });
});
