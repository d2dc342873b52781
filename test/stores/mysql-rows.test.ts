import { beforeAll, expect, test } from "vitest";
import { type MysqlStore, mysqlStore } from "../../src/stores/mysql.ts";
import { record } from "../drivers/sqlite-files.ts";
import { describeWith } from "../require-services.ts";
import { hasMysql, temporaryDatabases } from "./mysql-server.ts";

const now = record().createdAt;

/** What somebody, or a failing disk, has put into a row. */
const damages: Record<string, string> = {
  "data that is no JSON": `data = 'garbage'`,
  "data that is empty": `data = ''`,
  "data that ends too early": `data = '{"a":"1'`,
  "data that is a list": `data = '["a"]'`,
  "data that is a text": `data = '"a"'`,
  "data that is null": `data = 'null'`,
  "data with a value that is no text": `data = '{"a":1}'`,
  "data that is two values": `data = '{},{}'`,
  "data with bytes that are not UTF-8": `data = x'7b2261223a22ff227d'`,
  "data with a raw NUL": `data = x'7b2261223a2200227d'`,
  "a digest that is no text": `digest = x'00ff'`,
  "a digest with a NUL": `digest = x'610061'`,
  "a digest with bytes that are not UTF-8": `digest = x'61ff'`,
  "a device with bytes that are not UTF-8": `device = x'61ff'`,
  "an actor whose escapes are broken": `actor = '"a'`,
  "a previous digest with a NUL": `previous_digest = x'00'`,
  "an instant beyond exact numbers": "expires_at = 9223372036854775807",
  "a generation far below zero": "generation = -9223372036854775808",
};

await describeWith("a damaged row in MySQL", hasMysql, () => {
  const databases = temporaryDatabases();
  let pool: ReturnType<typeof databases.pool>;
  let store: MysqlStore;
  beforeAll(async () => {
    pool = databases.pool(await databases.create());
    store = mysqlStore(pool);
  });

  test.each(Object.entries(damages))("%s, is corrupt and harms no other", async (_, damage) => {
    const sound = record({ id: "sound", userId: "ann", data: { cart: "[1]" } });
    await store.create(sound);
    await store.create(record({ id: "hurt", userId: "ann", data: { cart: "[1]" } }));
    await pool.query(`UPDATE coatcheck_sessions SET ${damage} WHERE id = 'hurt'`);

    const corrupt = { id: "hurt", corrupt: expect.any(String) };
    expect(await store.find(["sound", "hurt", "sound", "none"], now)).toEqual([sound, corrupt, sound, null]);
    expect(await store.byUser.list("ann", now)).toEqual([sound]);
    expect(await store.update("hurt", { set: { a: "1" } }, now)).toEqual({ outcome: "missing" });
    expect(await store.update("sound", { set: { a: "1" } }, now)).toMatchObject({ outcome: "updated" });
    expect((await store.byUser.destroy("ann")).toSorted()).toEqual(["hurt", "sound"]);
    expect(await store.find(["hurt", "sound"], now)).toEqual([null, null]);
  });

  test("in a table that was altered until a column may be null, is corrupt", async () => {
    await pool.query("ALTER TABLE coatcheck_sessions MODIFY version BIGINT NULL");
    await store.create(record({ id: "hurt" }));
    await pool.query("UPDATE coatcheck_sessions SET version = NULL WHERE id = 'hurt'");
    expect(await store.find(["hurt"], now)).toEqual([{ id: "hurt", corrupt: expect.any(String) }]);
  });

  test("users that differ in case, trailing space or accent are different users", async () => {
    const users = ["a", "a ", "A", "á", "a\u0301", "ａ", "a\t"];
    for (const userId of users) await store.create(record({ id: `of ${userId}`, userId }));
    for (const userId of users) {
      expect((await store.byUser.list(userId, now)).map(({ id }) => id)).toEqual([`of ${userId}`]);
    }
    expect(await store.byUser.destroy("a")).toEqual(["of a"]);
    expect(await store.byUser.list("a ", now)).toHaveLength(1);
  });

  test("ids that differ in case or trailing space are different sessions", async () => {
    expect(await store.create(record({ id: "x" }))).toBe("created");
    expect(await store.create(record({ id: "X" }))).toBe("created");
    expect(await store.create(record({ id: "x " }))).toBe("created");
    expect(await store.create(record({ id: "x" }))).toBe("exists");
    expect(await store.destroy("x ")).toBe("destroyed");
    expect(await store.find(["x", "x "], now)).toEqual([record({ id: "x" }), null]);
  });

  test("the longest user ids are kept whole, and longer values are refused and not cut", async () => {
    for (const unit of ["x", "€", "\ud800", "\u0000"]) {
      const userId = unit.repeat(255);
      await store.create(record({ id: `long ${unit.charCodeAt(0)}`, userId }));
      expect(await store.byUser.list(userId, now)).toMatchObject([{ userId }]);
    }
    const tooLong = store.create(record({ id: "longer", userId: "€".repeat(600) }));
    await expect(Promise.resolve(tooLong)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(await store.find(["longer"], now)).toEqual([null]);
  });
});
