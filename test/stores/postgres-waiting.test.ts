import type { PoolClient } from "pg";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RecordChange } from "../../src/store/port.ts";
import { tableOf } from "../../src/stores/postgres/schema.ts";
import { postgresStore } from "../../src/stores/postgres.ts";
import { record } from "../drivers/sqlite-files.ts";
import { describeWith } from "../require-services.ts";
import { administer, dropSchema, freshSchema, isReachable, openPool } from "./postgres-clients.ts";

const now = record().createdAt;

/** What another transaction does to the row while a statement of the store waits for it. */
const others = {
  signsIn: "UPDATE $t SET generation = 2, user_id = 'ann', digest = 'new', version = version + 1",
  rotates: "UPDATE $t SET digest = 'new', previous_digest = 'digest-1', version = version + 1",
  setsTheKey: `UPDATE $t SET data = data || '{"a":"theirs"}', version = version + 1`,
  setsAnother: `UPDATE $t SET data = data || '{"b":"theirs"}', version = version + 1`,
  touches: `UPDATE $t SET last_seen_at = ${now + 50}, idle_expires_at = ${now + 60}`,
  expires: `UPDATE $t SET idle_expires_at = ${now}`,
  destroys: "DELETE FROM $t",
  changesUser: "UPDATE $t SET user_id = 'bob', generation = 2",
};

await describeWith("a statement that waits in PostgreSQL for another transaction", isReachable, () => {
  const schema = freshSchema();
  const pool = openPool();
  const table = tableOf("coatcheck_sessions", schema);
  const store = postgresStore(pool, { schema, timeLimit: "30s" });
  let other: PoolClient;

  beforeEach(async () => {
    await store.create(record({ userId: "ann", data: { a: "1" } }));
    other = await pool.connect();
  });
  afterEach(async () => {
    other.release();
    await administer(`TRUNCATE ${table}`);
  });
  afterAll(async () => {
    await pool.end();
    await dropSchema(schema);
  });

  /** Has the other transaction hold the row until the call waits for it. */
  async function overtaken<T>(statement: string, call: () => PromiseLike<T> | T): Promise<T> {
    await other.query("BEGIN");
    await other.query(statement.replace("$t", table));
    const answer = Promise.resolve(call());
    const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%${schema}%'`;
    await expect.poll(() => administer(waiting), { timeout: 20_000 }).toEqual([{ n: 1 }]);
    await other.query("COMMIT");
    return answer;
  }

  const update = (change: RecordChange) => store.update("session-1", change, now);
  const token = { from: "digest-1", to: "mine", graceEndsAt: now + 1 };
  const touch = { lastSeenAt: now + 40, idleExpiresAt: now + 45, ifSeenBefore: now + 1 };

  test.each<[string, keyof typeof others, RecordChange, string, object?]>([
    ["of a generation that is over", "signsIn", { set: { a: "2" }, generation: 1 }, "replaced"],
    [
      "without a generation",
      "signsIn",
      { set: { b: "2" } },
      "updated",
      { generation: 2, data: { a: "1", b: "2" }, version: 3 },
    ],
    ["that expects a text that is no more", "setsTheKey", { set: { a: "2" }, expect: { a: "1" } }, "conflict"],
    ["that expects no text where one is now", "setsAnother", { set: { b: "2" }, expect: { b: null } }, "conflict"],
    [
      "of another key",
      "setsAnother",
      { set: { c: "3" }, expect: { a: "1" } },
      "updated",
      { data: { a: "1", b: "theirs", c: "3" } },
    ],
    ["that rotates a token that was rotated", "rotates", { token }, "conflict"],
    ["of a session that has expired", "expires", { set: { a: "2" } }, "missing"],
    ["of a session that was destroyed", "destroys", { set: { a: "2" } }, "missing"],
    ["that touches what was touched", "touches", { touch }, "updated", { lastSeenAt: now + 50, version: 1 }],
    [
      "that sets and touches what was touched",
      "touches",
      { touch, set: { b: "2" } },
      "updated",
      { lastSeenAt: now + 50, version: 2 },
    ],
  ])("an update %s judges what is there now", async (_, statement, change, outcome, parts) => {
    const result = await overtaken(others[statement], () => update(change));
    expect(result).toMatchObject(parts ? { outcome, record: parts } : { outcome });
    if (parts) expect(await store.find(["session-1"], now)).toMatchObject([parts]);
  });

  test.each<[keyof typeof others, number | undefined, string]>([
    ["signsIn", 1, "replaced"],
    ["signsIn", undefined, "destroyed"],
    ["setsTheKey", 1, "destroyed"],
    ["destroys", 1, "missing"],
    ["destroys", undefined, "missing"],
  ])(
    "while another %s, destroy with generation %s answers what is true then",
    async (statement, generation, answer) => {
      expect(await overtaken(others[statement], () => store.destroy("session-1", generation))).toBe(answer);
      expect(await store.find(["session-1"], now)).toEqual([answer === "replaced" ? expect.anything() : null]);
    },
  );

  test.each<[keyof typeof others, string[]]>([
    ["rotates", ["session-1"]],
    ["changesUser", []],
    ["destroys", []],
  ])("while another %s, all sessions of the user are destroyed that are theirs", async (statement, ids) => {
    expect(await overtaken(others[statement], () => store.byUser.destroy("ann"))).toEqual(ids);
  });

  describe("controls", () => {
    test("a condition in a sub-query would be asked of the row as it was", async () => {
      const joined = `UPDATE ${table} SET data = data || '{"b":"mine"}' WHERE id = 'session-1' AND NOT EXISTS
        (SELECT FROM ${table} AS now WHERE now.id = 'session-1' AND now.data ? 'b')`;
      await overtaken(others.setsAnother, () => pool.query(joined));
      expect(await store.find(["session-1"], now)).toMatchObject([{ data: { b: "mine" } }]);
    });

    test("a removal by ids that were read before would miss a sign-in", async () => {
      await store.create(record({ id: "session-2" }));
      const ids = (await store.byUser.list("ann", now)).map(({ id }) => id);
      await store.update("session-2", { fields: { userId: "ann" }, raiseGeneration: true }, now);
      await pool.query(`DELETE FROM ${table} WHERE id = ANY($1)`, [ids]);
      expect(await store.byUser.list("ann", now)).toHaveLength(1);
      expect(await store.byUser.destroy("ann")).toEqual(["session-2"]);
    });
  });

  test("a sweep waits for nobody, and leaves what is being changed", async () => {
    await store.create(record({ id: "session-2" }));
    await other.query("BEGIN");
    await other.query(`${others.touches.replace("$t", table)} WHERE id = 'session-1'`);
    expect(await store.sweep(now + 5_000, 10)).toBe(1);
    await other.query("COMMIT");
    expect(await store.find(["session-1", "session-2"], now)).toMatchObject([{ id: "session-1" }, null]);
  });
});
