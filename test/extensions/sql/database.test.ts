import { Client } from "pg";
import { describe, expect, test } from "vitest";
import { isSessionError } from "../../../src/errors.ts";
import { marks, type SqlSchema, type SqlTables, sqlDatabase, sqlSchema } from "../../../src/extensions/sql/index.ts";
import { describeWith } from "../../require-services.ts";
import { services } from "../../services.mjs";
import { clients, type TestDatabase } from "./databases.ts";

const seats: SqlSchema = {
  name: "seats",
  versions: [
    {
      halls: { columns: { id: "key", used: "integer", places: "integer", note: "text?" }, primary: ["id"] },
      claims: {
        columns: { hall: "key", user_id: "user", at: "integer" },
        primary: ["hall", "user_id"],
        indexes: { by_user: ["user_id"] },
      },
    },
  ],
};

const addHall = "INSERT INTO {halls} (id, used, places, note) VALUES (?, 0, ?, ?)";

describe("sqlDatabase", () => {
  test.each<[string, unknown, object, string]>([
    ["nothing", null, {}, "it needs a client"],
    ["an address", "postgres://localhost/app", {}, "it needs a client"],
    ["a prefix with a quote", "a.db", { prefix: 'a"; DROP TABLE users; --' }, "prefix must be letters"],
    ["a prefix that is too long", "a.db", { prefix: "a".repeat(31) }, "prefix must be letters"],
    ["a schema with a quote", "a.db", { schema: 'a"b' }, "schema must be letters"],
    ["an unknown option", "a.db", { tabel: "a" }, 'there is no option "tabel"'],
    ["no duration", "a.db", { timeLimit: "soon" }, "timeLimit must be"],
  ])("refuses %s", (_, client, options, problem) => {
    expect(failureOf(() => sqlDatabase(client as string, options))).toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining(problem),
    });
  });

  test("refuses a statement about a table that the schema has not", async () => {
    const tables = sqlDatabase(":memory:").tables(seats);
    await expect(tables.read("look", "SELECT 1 FROM {users}")).rejects.toMatchObject({ code: expect.any(String) });
  });

  test("tells the statements of a schema, for migrations of one's own", () => {
    expect(sqlSchema(seats, { dialect: "postgres", prefix: "my_" })).toContain('CREATE TABLE IF NOT EXISTS "my_halls"');
    expect(() => sqlSchema(seats, { dialect: "mysql", prefix: "1" })).toThrow("prefix must be letters");
  });
});

for (const client of clients) {
  await describeWith(`sqlDatabase on ${client.name}`, client.isAvailable, () => {
    const open = async (): Promise<TestDatabase & { tables: SqlTables }> => {
      const made = await client.make();
      return { ...made, tables: made.database.tables(seats) };
    };

    test("gives texts and numbers back exactly, whatever they are", async () => {
      const { tables } = await open();
      const texts = [
        "plain",
        "",
        "a\0b",
        "\ud800",
        "\ufffd",
        '"quoted"',
        "Grüße 🎉",
        "trailing ",
        "'; DROP TABLE x; --",
      ];
      for (const [at, text] of texts.entries()) await tables.add("add", addHall, [`h${at}`, 2 ** 53 - 1 - at, text]);
      const rows = await tables.read("read", "SELECT id, places, note FROM {halls} ORDER BY id");
      expect(rows).toEqual(texts.map((note, at) => ({ id: `h${at}`, places: 2 ** 53 - 1 - at, note })));
    });

    test("keeps keys apart that differ in case, in an accent or in a space at the end", async () => {
      const { tables } = await open();
      for (const id of ["a", "A", "á", "a "]) expect(await tables.add("add", addHall, [id, 1, null])).toBe(true);
      const [row] = await tables.read("count", "SELECT count(*) AS total, sum(places) AS places FROM {halls}");
      expect(row).toEqual({ total: 4, places: 4 });
    });

    test("adds a row unless its key is taken, and tells which", async () => {
      const { tables } = await open();
      const added = await Promise.all(Array.from({ length: 8 }, () => tables.add("add", addHall, ["one", 5, null])));
      expect(added.filter(Boolean)).toHaveLength(1);
    });

    test("writes with one conditional statement, exactly under races", async () => {
      const { tables, reopen } = await open();
      await tables.add("add", addHall, ["hall", 5, null]);
      const others = [tables, reopen().tables(seats), reopen().tables(seats)];
      const claim = "UPDATE {halls} SET used = used + 1 WHERE id = ? AND used < places";
      const claims = Array.from({ length: 24 }, (_, at) => others[at % 3]?.write("claim", claim, ["hall"]));
      const done = await Promise.all(claims);
      expect(done.filter((count) => count === 1)).toHaveLength(5);
      expect(await tables.read("read", "SELECT used FROM {halls}")).toEqual([{ used: 5 }]);
    });

    test("upserts, with what is kept and what is new", async () => {
      const { tables } = await open();
      const upsert = `INSERT INTO {halls} AS kept (id, used, places) VALUES (?, 1, ?)
        ON CONFLICT (id) DO UPDATE SET used = kept.used + 1,
          places = CASE WHEN excluded.places > kept.places THEN excluded.places ELSE kept.places END`;
      for (const places of [3, 9, 4]) await tables.write("upsert", upsert, ["a", places]);
      expect(await tables.read("read", "SELECT used, places FROM {halls}")).toEqual([{ used: 3, places: 9 }]);
    });

    test("commits a transaction as a whole, and begins it anew where the database undid it", async () => {
      const { tables, reopen } = await open();
      await tables.add("add", addHall, ["hall", 4, null]);
      const others = [tables, reopen().tables(seats)];
      const claims = Array.from({ length: 12 }, (_, at) =>
        others[at % 2]?.transact("claim", function* (sql) {
          const [hall] = yield* sql.read("SELECT used, places FROM {halls} WHERE id = ? {lock}", ["hall"]);
          if (Number(hall?.used) >= Number(hall?.places)) return false;
          yield* sql.write("UPDATE {halls} SET used = used + 1 WHERE id = ?", ["hall"]);
          return yield* sql.add("INSERT INTO {claims} (hall, user_id, at) VALUES (?, ?, ?)", ["hall", `u${at}`, at]);
        }),
      );
      expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(4);
      expect(await tables.read("read", "SELECT count(*) AS claims FROM {claims}")).toEqual([{ claims: 4 }]);
    });

    test("undoes a transaction that throws, and throws the same", async () => {
      const { tables } = await open();
      const refusal = new Error("sold out");
      const work = tables.transact("claim", function* (sql) {
        yield* sql.add(addHall, ["hall", 4, null]);
        throw refusal;
      });
      await expect(work).rejects.toBe(refusal);
      expect(await tables.read("read", "SELECT id FROM {halls}")).toEqual([]);
    });

    test("takes lists of values", async () => {
      const { tables } = await open();
      for (const id of ["a", "b", "c"]) await tables.add("add", addHall, [id, 1, null]);
      const rows = await tables.read("read", `SELECT id FROM {halls} WHERE id IN (${marks(2)}) ORDER BY id`, [
        "c",
        "a",
      ]);
      expect(rows).toEqual([{ id: "a" }, { id: "c" }]);
    });

    test("makes the tables once, when several call at once", async () => {
      const { database, reopen } = await open();
      const all = [database, reopen(), reopen(), database].map((one) => one.tables(seats));
      const reads = all.map((tables) => tables.read("read", "SELECT id FROM {halls}"));
      expect(await Promise.all(reads)).toEqual([[], [], [], []]);
    });

    test("adds the tables of a later version beside the data of the one before", async () => {
      const { tables, reopen } = await open();
      await tables.add("add", addHall, ["hall", 4, null]);
      const later = { ...seats, versions: [...seats.versions, { doors: { columns: { id: "key" }, primary: ["id"] } }] };
      const next = reopen().tables(later as SqlSchema);
      await next.add("add", "INSERT INTO {doors} (id) VALUES (?)", ["door"]);
      expect(await next.read("read", "SELECT {halls}.id FROM {halls}, {doors}")).toEqual([{ id: "hall" }]);
    });

    test("makes nothing with migrate: false, and says what is missing", async () => {
      const { reopen } = await open();
      const tables = reopen({ migrate: false }).tables(seats);
      const calls = [
        tables.read("read", "SELECT id FROM {halls}"),
        tables.add("add", addHall, ["a", 1, null]),
        tables.transact("claim", function* (sql) {
          return yield* sql.read("SELECT id FROM {halls}");
        }),
      ];
      const missing = { code: "STORE_SCHEMA_MISSING", hint: expect.stringContaining("sqlSchema()") };
      for (const call of await Promise.allSettled(calls)) expect(call).toMatchObject({ reason: missing });
    });

    test("wraps what the driver throws, without values", async () => {
      const { tables } = await open();
      await tables.add("add", addHall, ["hall", 4, null]);
      const failure = await tables.write("break", "UPDATE {halls} SET nothing = ?", ["s3cret"]).catch((error) => error);
      expect(isSessionError(failure)).toBe(true);
      const twice = await tables
        .write("add twice", "INSERT INTO {halls} (id, used, places) VALUES (?, 0, 1)", ["hall"])
        .catch((error) => error);
      expect(twice).toMatchObject({
        code: "STORE_UNAVAILABLE",
        message: expect.stringContaining("could not add twice"),
      });
      expect(`${twice.message} ${twice.cause?.message}`).not.toContain("s3cret");
    });

    test("refuses a value that is no text and no whole number", async () => {
      const { tables } = await open();
      for (const value of [0.5, Number.NaN, 2 ** 60, undefined, {}]) {
        const call = tables.read("read", "SELECT id FROM {halls} WHERE id = ?", [value as number]);
        await expect(call).rejects.toMatchObject({ code: "DATA_INVALID" });
      }
    });
  });
}

await describeWith("sqlDatabase on a Client of pg", clients[1]?.isAvailable ?? (() => false), () => {
  test("has no transactions, since every statement of the application would get into them", async () => {
    const client = new Client({ connectionString: services.postgres });
    await client.connect();
    try {
      const tables = sqlDatabase(client, { migrate: false }).tables(seats);
      const call = tables.transact("claim", function* (sql) {
        return yield* sql.write("UPDATE {halls} SET used = 0");
      });
      await expect(call).rejects.toMatchObject({ code: "STORE_CAPABILITY_MISSING" });
    } finally {
      await client.end();
    }
  });
});

function failureOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
