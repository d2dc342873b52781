import { beforeAll, describe, expect, test } from "vitest";
import type { SessionRecord } from "../../src/store/record.ts";
import { type MysqlStore, mysqlStore } from "../../src/stores/mysql.ts";
import { record } from "../drivers/sqlite-files.ts";
import { describeWith } from "../require-services.ts";
import { hasMysql, temporaryDatabases } from "./mysql-server.ts";
import { before, type Interference, spyOn } from "./mysql-spy.ts";

const now = record().createdAt;
const write = /^UPDATE `/;
const lock = /FOR UPDATE$/;

// Each test puts another call just between two statements of a call: the orders that chance would take long to find.
await describeWith("between two statements of a call to MySQL", hasMysql, () => {
  const databases = temporaryDatabases();
  let pool: ReturnType<typeof databases.pool>;
  let other: MysqlStore;
  beforeAll(async () => {
    pool = databases.pool(await databases.create(), { connectionLimit: 12 });
    other = mysqlStore(pool);
    await other.find(["none"], now);
  });
  const held = (pattern: RegExp, act: () => Promise<unknown>) => mysqlStore(spyOn(pool, before(pattern, act)));

  let ids = 0;
  async function stored(parts: Partial<SessionRecord> = {}): Promise<SessionRecord> {
    const made = record({ id: `race-${++ids}`, ...parts });
    expect(await other.create(made)).toBe("created");
    return made;
  }
  const find = async (id: string) => (await other.find([id], now))[0];

  describe("of a change", () => {
    test("another change is kept", async () => {
      const { id } = await stored();
      const store = held(write, async () => other.update(id, { set: { b: "2" } }, now));
      expect(await store.update(id, { set: { a: "1" } }, now)).toMatchObject({
        outcome: "updated",
        record: { data: { a: "1", b: "2" }, version: 3 },
      });
    });

    test("a touch is kept, and its instants are in the answer", async () => {
      const { id } = await stored();
      const touch = { lastSeenAt: now + 5, idleExpiresAt: now + 1_500, ifSeenBefore: now + 1 };
      const store = held(write, async () => other.update(id, { touch }, now));
      const answer = await store.update(id, { set: { a: "1" } }, now);
      expect(answer).toEqual({ outcome: "updated", record: await find(id) });
      expect(await find(id)).toMatchObject({ lastSeenAt: now + 5, idleExpiresAt: now + 1_500, data: { a: "1" } });
    });

    test("a touch that moves the deadline alone is kept", async () => {
      const { id } = await stored();
      const touch = { lastSeenAt: now, idleExpiresAt: now + 1_500, ifSeenBefore: now + 1 };
      const store = held(write, async () => other.update(id, { touch }, now));
      const answer = await store.update(id, { set: { a: "1" } }, now);
      expect(answer).toMatchObject({ record: { idleExpiresAt: now + 1_500 } });
    });

    test("a sign-in turns it away, and a destroy too", async () => {
      const [one, two] = [await stored(), await stored()];
      const signIn = { token: { from: one.digest, to: "next", graceEndsAt: now }, raiseGeneration: true } as const;
      const late = held(write, async () => other.update(one.id, signIn, now));
      expect(await late.update(one.id, { generation: 1, set: { a: "1" } }, now)).toEqual({ outcome: "replaced" });
      const later = held(write, async () => other.destroy(two.id));
      expect(await later.update(two.id, { set: { a: "1" } }, now)).toEqual({ outcome: "missing" });
      expect(await find(two.id)).toBeNull();
    });

    test("a record made anew under its id is another record", async () => {
      const made = await stored({ data: { old: "1" } });
      const anew = { ...made, digest: "another", data: { new: "1" } };
      const store = held(write, async () => {
        await other.destroy(made.id);
        await other.create(anew);
      });
      const change = { token: { from: made.digest, to: "next", graceEndsAt: now }, set: { a: "1" } };
      expect(await store.update(made.id, change, now)).toEqual({ outcome: "conflict" });
      expect(await find(made.id)).toEqual(anew);
    });

    test("the control: without the condition the other change is lost", async () => {
      const { id } = await stored();
      const interrupt = before(write, async () => other.update(id, { set: { b: "2" } }, now));
      const dropCondition: Interference = async (statement) => {
        await interrupt(statement);
        if (!write.test(statement.sql)) return undefined;
        const sql = statement.sql.replace(/ AND version = .*$/, "");
        return { ...statement, sql, values: statement.values.slice(0, sql.split("?").length - 1) };
      };
      await mysqlStore(spyOn(pool, dropCondition)).update(id, { set: { a: "1" } }, now);
      expect(await find(id)).toMatchObject({ data: { a: "1" }, version: 2 });
    });
  });

  describe("of a destroy with a generation", () => {
    test("a session that has come of another generation is replaced, not destroyed", async () => {
      const { id } = await stored({ generation: 2 });
      const store = held(/^SELECT CONCAT\(generation\)/, async () => other.destroy(id));
      expect(await store.destroy(id, 1)).toBe("missing");
      const next = await stored({ generation: 2 });
      expect(await other.destroy(next.id, 1)).toBe("replaced");
    });

    test("a session that gets just this generation is destroyed after all", async () => {
      const made = await stored({ generation: 1 });
      const store = held(/^SELECT CONCAT\(generation\)/, async () =>
        other.update(made.id, { raiseGeneration: true }, now),
      );
      expect(await store.destroy(made.id, 2)).toBe("destroyed");
      expect(await find(made.id)).toBeNull();
    });
  });

  describe("of destroying the sessions of a user", () => {
    test("a sign-in lives and is listed, and one handed on or ended by others is not named", async () => {
      const userId = "between";
      const [gone, handed, ended] = [await stored({ userId }), await stored({ userId }), await stored({ userId })];
      const late = await stored();
      const store = held(lock, async () => {
        await other.update(late.id, { fields: { userId } }, now);
        await other.update(handed.id, { fields: { userId: "somebody else" } }, now);
        await other.destroy(ended.id);
      });
      expect(await store.byUser.destroy(userId)).toEqual([gone.id]);
      expect((await other.byUser.list(userId, now)).map(({ id }) => id)).toEqual([late.id]);
      expect(await find(handed.id)).toMatchObject({ userId: "somebody else" });
    });

    test("sign-ins do not wait for it", async () => {
      const userId = "not waiting";
      await stored({ userId });
      const late = await stored();
      const store = held(/^DELETE FROM `/, async () => {
        await other.update(late.id, { fields: { userId } }, now);
        await stored({ userId });
      });
      expect(await store.byUser.destroy(userId)).toHaveLength(1);
      expect(await other.byUser.list(userId, now)).toHaveLength(2);
    });

    test("a failure in the middle destroys none, and leaves no lock", async () => {
      const userId = "half";
      const made = await stored({ userId });
      const store = held(/^DELETE FROM `/, () => Promise.reject(new Error("no")));
      await expect(Promise.resolve(store.byUser.destroy(userId))).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
      expect(await find(made.id)).toEqual(made);
      expect(await other.byUser.destroy(userId)).toEqual([made.id]);
    });
  });

  test("a touch that comes between two statements of a sweep saves its session", async () => {
    const made = await stored({ idleExpiresAt: 10 });
    const store = held(/^DELETE FROM `/, async () =>
      pool.query(`UPDATE coatcheck_sessions SET idle_expires_at = 99 WHERE id = '${made.id}'`),
    );
    expect(await store.sweep(10, 10)).toBe(0);
    expect(await find(made.id)).toMatchObject({ idleExpiresAt: 99 });
  });
});
