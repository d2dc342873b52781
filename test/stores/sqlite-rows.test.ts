import { expect, test } from "vitest";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { drivers } from "../drivers/drivers.ts";
import { record } from "../drivers/sqlite-files.ts";
import { describeWith } from "../require-services.ts";

const now = record().createdAt;

/** What somebody, or a failing disk, has put into a row. */
const damages: Record<string, string> = {
  "data that is no JSON": `data = 'garbage'`,
  "data that is empty": `data = ''`,
  "data that ends too early": `data = substr(data, 1, length(data) - 2)`,
  "data that is a list": `data = '["a"]'`,
  "data that is a text": `data = '"a"'`,
  "data that is null": `data = 'null'`,
  "data with a value that is no text": `data = '{"a":1}'`,
  "data that is two values": `data = '{},{}'`,
  "data that closes the list around it": `data = '{}],[{}'`,
  "data with bytes that are not UTF-8": `data = CAST(x'7b2261223a22ff227d' AS TEXT)`,
  "data with a raw NUL": `data = '{"a":"' || char(0) || '"}'`,
  "data that is a blob of no JSON": `data = x'00ff'`,
  "a digest that is a blob": `digest = x'00ff'`,
  "a user with bytes that are not UTF-8": `user_id = CAST(x'61ff' AS TEXT)`,
  "a user whose escapes are broken": `user_id = '"a'`,
  "an instant that is a text": `expires_at = 'soon'`,
  "an instant that is a blob": `idle_expires_at = x'01'`,
  "an instant that is no whole number": `created_at = 1.5`,
  "an instant that is infinite": `expires_at = 9e999`,
  "an instant beyond exact numbers": `expires_at = 9223372036854775807`,
  "a generation that is a text": `generation = 'first'`,
};

for (const { name, isAvailable, open } of drivers) {
  await describeWith(`a damaged row, read with ${name},`, isAvailable, () => {
    test.each(Object.entries(damages))("%s, is corrupt and harms no other", async (_, damage) => {
      const database = open(":memory:");
      const store = sqliteStore(database);
      const sound = record({ id: "sound", userId: "ann", data: { cart: "[1]" } });
      await store.create(sound);
      await store.create(record({ id: "hurt", userId: "ann", data: { cart: "[1]" } }));
      database.exec(`UPDATE coatcheck_sessions SET ${damage} WHERE id = 'hurt'`);

      const corrupt = { id: "hurt", corrupt: expect.any(String) };
      expect(await store.find(["sound", "hurt", "sound", "none"], now)).toEqual([sound, corrupt, sound, null]);
      expect(await store.byUser.list("ann", now)).toEqual([sound]);
      expect(await store.update("hurt", { set: { a: "1" } }, now)).toEqual({ outcome: "missing" });
      expect(await store.update("sound", { set: { a: "1" } }, now)).toMatchObject({ outcome: "updated" });
      expect(await store.destroy("hurt")).toBe("destroyed");
      expect(await store.find(["hurt"], now)).toEqual([null]);
    });

    test("in many random ways never throws and never gives out a part", async () => {
      const database = open(":memory:");
      const store = sqliteStore(database);
      const whole = record({ id: "hurt", userId: "ann", data: { cart: "[1]", "é\u0000": "\ud800" }, device: "ü" });
      await store.create(whole);
      const columns = ["digest", "user_id", "data", "device", "created_at", "idle_expires_at", "version"];
      for (let round = 0; round < 500; round++) {
        const bytes = Buffer.from(crypto.getRandomValues(new Uint8Array(round % 12))).toString("hex");
        const value = round % 2 === 0 ? `x'ff${bytes}'` : `CAST(x'ff${bytes}' AS TEXT)`;
        database.exec(`UPDATE coatcheck_sessions SET ${columns[round % columns.length]} = ${value}`);
        const [found] = await store.find(["hurt"], now);
        expect(found).toMatchObject({ id: "hurt", corrupt: expect.any(String) });
        await store.destroy("hurt");
        await store.create(whole);
      }
    });
  });
}
