import { afterAll, beforeAll, expect, test } from "vitest";
import { postgresStore } from "../../src/stores/postgres.ts";
import { record } from "../drivers/sqlite-files.ts";
import { describeWith } from "../require-services.ts";
import { dropSchema, freshSchema, isReachable, openPool } from "./postgres-clients.ts";

const now = record().createdAt;

/** What somebody has put into a row. */
const damages: Record<string, string> = {
  "data that is a list": `data = '["a"]'`,
  "data that is a text": `data = '"a"'`,
  "data that is null": `data = 'null'`,
  "data with a value that is no text": `data = '{"a":1}'`,
  "data with a null": `data = '{"a":null}'`,
  "data with a nested object": `data = '{"a":{}}'`,
  "data whose escapes are broken": String.raw`data = '{"a":"\"a"}'`,
  "a key whose escapes are broken": String.raw`data = '{"\"a":"a"}'`,
  "data with the sign of damaged bytes": `data = '{"a":"\ufffd"}'`,
  "a user with the separator of columns": `user_id = E'ann\\x1f', digest = 'x'`,
  "a user whose escapes are broken": `user_id = '"a'`,
  "an instant beyond exact numbers": `expires_at = 9223372036854775807`,
  "a generation beyond exact numbers": `generation = 9007199254740993`,
};

await describeWith("a damaged row in PostgreSQL", isReachable, () => {
  const schema = freshSchema();
  const pool = openPool();
  const store = postgresStore(pool, { schema });
  const table = `"${schema}".coatcheck_sessions`;
  beforeAll(async () => void (await store.find(["none"], now)));
  afterAll(async () => {
    await pool.end();
    await dropSchema(schema);
  });

  test.each(Object.entries(damages))("%s, is corrupt and harms no other", async (_, damage) => {
    const sound = record({ id: "sound", userId: "ann", data: { cart: "[1]" } });
    await store.create(sound);
    await store.create(record({ id: "hurt", userId: "ann", data: { cart: "[1]" } }));
    await pool.query(`UPDATE ${table} SET ${damage} WHERE id = 'hurt'`);

    const corrupt = { id: "hurt", corrupt: expect.any(String) };
    expect(await store.find(["sound", "hurt", "sound", "none"], now)).toEqual([sound, corrupt, sound, null]);
    expect(await store.byUser.list("ann", now)).toEqual([sound]);
    expect(await store.update("hurt", { remove: ["b"] }, now)).toEqual({ outcome: "missing" });
    expect(await store.update("hurt", { fields: { persistent: true } }, now)).toEqual({ outcome: "missing" });
    expect(await store.update("sound", { set: { a: "1" } }, now)).toMatchObject({ outcome: "updated" });
    expect(await store.destroy("hurt")).toBe("destroyed");
    expect(await store.destroy("sound")).toBe("destroyed");
  });

  test("that the server itself cannot read is corrupt and harms no other", async () => {
    const failing = {
      connect: () => undefined,
      query: async (query: { text: string; values: string[] }) => {
        if (/^SELECT version/.test(query.text)) return { rows: [{ version: 1 }] };
        if (query.values[0]?.includes("hurt")) throw Object.assign(new Error("missing chunk"), { code: "XX001" });
        return pool.query(query);
      },
    };
    const sound = record({ id: "sound" });
    await store.create(sound);
    const corrupt = { id: "hurt", corrupt: expect.any(String) };
    expect(await postgresStore(failing, { schema }).find(["sound", "hurt"], now)).toEqual([sound, corrupt]);
    await store.destroy("sound");
  });

  test("with bytes that are no UTF-8 in a database that checks none is corrupt, if a driver repairs them", async () => {
    const repaired = {
      connect: () => undefined,
      query: async ({ text }: { text: string }) =>
        /^SELECT version/.test(text)
          ? { rows: [{ version: 1 }] }
          : { rows: [{ v: `hurt\u001fdig\ufffdest${"\u001f".repeat(14)}{}` }] },
    };
    const [found] = await postgresStore(repaired, { schema }).find(["hurt"], now);
    expect(found).toEqual({ id: "hurt", corrupt: expect.any(String) });
  });
});
