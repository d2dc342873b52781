import { describe, expect, test } from "vitest";
import { isSessionError } from "../../src/errors.ts";
import { type SqliteDatabase, type SqliteStoreOptions, sqliteSchema, sqliteStore } from "../../src/stores/sqlite.ts";
import { libsql } from "../drivers/drivers.ts";
import { record, temporaryFiles } from "../drivers/sqlite-files.ts";

const files = temporaryFiles();
const now = record().createdAt;

describe("sqliteStore", () => {
  test("does nothing until the first call", async () => {
    let opened = 0;
    const store = sqliteStore(() => {
      opened++;
      return libsql.open(files.path());
    });
    expect(opened).toBe(0);
    await store.find(["a"], now);
    await store.find(["b"], now);
    expect(opened).toBe(1);
  });

  test("answers at once, without promises, on a handle", () => {
    const store = sqliteStore(libsql.open(":memory:"));
    expect(store.create(record())).toBe("created");
    expect(store.find(["session-1", "other"], now)).toEqual([record(), null]);
    expect(store.update("session-1", { set: { a: "1" } }, now)).toMatchObject({ outcome: "updated" });
    expect(store.destroy("session-1")).toBe("destroyed");
    expect(store.sweep(now, 10)).toBe(0);
  });

  test("opens a file once for calls that come at once, and again after a failure", async () => {
    const database = libsql.open(":memory:");
    let calls = 0;
    const store = sqliteStore(async () => {
      if (++calls === 1) throw new Error("not yet");
      return database;
    });
    await expect(store.find([], now)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    await Promise.all([store.find([], now), store.create(record()), store.destroy("a")]);
    expect(calls).toBe(2);
  });

  test("is a plain object: a part of it can be replaced", async () => {
    const store = { ...sqliteStore(":memory:"), name: "mine" };
    const { create, find } = store;
    expect(await create(record())).toBe("created");
    expect(await find(["session-1"], now)).toEqual([record()]);
    await store.close();
  });

  test("closes a file that it opened, and nothing works afterwards", async () => {
    const store = sqliteStore(files.path());
    await store.create(record());
    await store.close();
    expect(() => store.find(["a"], now)).toThrow('The store "sqlite" is closed.');
    await store.close();
  });

  test("closes a file that is still being opened, after the calls that came before", async () => {
    const store = sqliteStore(files.path());
    const created = store.create(record());
    await store.close();
    expect(await created).toBe("created");
  });

  test("leaves a handle open that was given to it", async () => {
    const database = libsql.open(":memory:");
    const store = sqliteStore(database);
    await store.create(record());
    await store.close();
    expect(database.prepare("SELECT count(*) AS count FROM coatcheck_sessions").get()).toMatchObject({ count: 1 });
  });

  test("keeps sessions in the table of that name", async () => {
    const database = libsql.open(":memory:");
    const [one, other] = [sqliteStore(database, { table: "order" }), sqliteStore(database, { table: "Sessions_2" })];
    await one.create(record());
    expect(await other.find(["session-1"], now)).toEqual([null]);
    expect(await one.find(["session-1"], now)).toEqual([record()]);
  });

  test.each<[string, SqliteStoreOptions, string]>([
    ["a name with a quote", { table: 'a"; DROP TABLE users; --' }, "table must be letters"],
    ["a name of SQLite's own", { table: "sqlite_sessions" }, "table must be letters"],
    ["a name that is too long", { table: "a".repeat(64) }, "table must be letters"],
    ["another durability", { durability: "off" as "full" }, "durability must be"],
    ["a durability that is not set", { pragmas: false, durability: "normal" }, "durability needs pragmas"],
    ["an unknown option", { tabel: "a" } as SqliteStoreOptions, 'there is no option "tabel"'],
    ["no duration", { timeLimit: "soon" as "1s" }, "timeLimit must be a duration"],
  ])("refuses %s", (_, options, problem) => {
    const failure = failureOf(() => sqliteStore(":memory:", options));
    expect(failure).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringContaining(problem) });
  });

  test.each([
    ["an empty path", ""],
    ["null", null],
    ["a promise", Promise.resolve()],
    ["a pool", { query: () => [] }],
  ])("refuses %s in the place of a database", (_, source) => {
    expect(failureOf(() => sqliteStore(source as unknown as string))).toMatchObject({ code: "CONFIG_INVALID" });
  });
});

describe("the schema", () => {
  test("is not made with { migrate: false }, and found once it is there", async () => {
    const database = libsql.open(":memory:");
    const store = sqliteStore(database, { migrate: false });
    expect(failureOf(() => store.find(["a"], now))).toMatchObject({ code: "STORE_SCHEMA_MISSING" });
    database.exec(sqliteSchema());
    expect(await store.create(record())).toBe("created");
  });

  test("of another shape is said to be missing", async () => {
    const database = libsql.open(":memory:");
    database.exec("CREATE TABLE coatcheck_sessions (id TEXT PRIMARY KEY)");
    const store = sqliteStore(database, { migrate: false });
    expect(failureOf(() => store.find(["a"], now))).toMatchObject({ code: "STORE_SCHEMA_MISSING" });
  });

  test("of a later version is used and not changed", async () => {
    const database = libsql.open(":memory:");
    await sqliteStore(database).create(record());
    database.exec("UPDATE coatcheck_migrations SET version = 99");
    database.exec("ALTER TABLE coatcheck_sessions ADD COLUMN region TEXT");
    const store = sqliteStore(database);
    expect(await store.find(["session-1"], now)).toEqual([record()]);
    expect(await store.create(record({ id: "session-2" }))).toBe("created");
    expect(database.prepare("SELECT version FROM coatcheck_migrations").get()).toMatchObject({ version: 99 });
  });

  test("is made again where the table was dropped", async () => {
    const database = libsql.open(":memory:");
    await sqliteStore(database).create(record());
    database.exec("DROP TABLE coatcheck_sessions");
    expect(await sqliteStore(database).create(record())).toBe("created");
  });

  test("refuses a name that is no name", () => {
    expect(failureOf(() => sqliteSchema("a b"))).toMatchObject({ code: "CONFIG_INVALID" });
  });
});

describe("the connection", () => {
  const settings = (database: SqliteDatabase) =>
    ["journal_mode", "synchronous", "busy_timeout"].map((name) => {
      const { _metadata, ...row } = database.prepare(`PRAGMA ${name}`).get() as Record<string, unknown>;
      return Object.values(row)[0];
    });

  test.each<[string, SqliteStoreOptions, unknown[]]>([
    ["WAL and FULL, and keeps its timeout", {}, ["wal", 2, 4000]],
    ["WAL and NORMAL where that is asked for", { durability: "normal" }, ["wal", 1, 4000]],
    ["nothing with { pragmas: false }", { pragmas: false }, ["delete", 1, 4000]],
  ])("of a handle is set to %s", async (_, options, expected) => {
    const database = libsql.open(files.path());
    database.exec("PRAGMA synchronous = NORMAL");
    database.exec("PRAGMA busy_timeout = 4000");
    await sqliteStore(database, options).create(record());
    expect(settings(database)).toEqual(expected);
  });

  test("looks up sessions, users and expired sessions through indexes", async () => {
    const asked = new Set<string>();
    const database = libsql.open(":memory:");
    const store = sqliteStore({
      prepare(sql) {
        asked.add(sql);
        return database.prepare(sql);
      },
      exec: (sql) => database.exec(sql),
      close: () => database.close(),
    });
    await store.create(record());
    await store.find(["a"], now);
    await store.update(
      "session-1",
      { touch: { lastSeenAt: now, idleExpiresAt: now + 2_000, ifSeenBefore: now + 1 } },
      now,
    );
    await store.destroy("a");
    await store.destroy("a", 1);
    await store.byUser.list("u", now);
    await store.byUser.destroy("u");
    await store.byUser.destroyOne("u", "a");
    await store.sweep(now, 10);
    const plans = [...asked].filter((sql) => /FROM "|UPDATE "/.test(sql)).map((sql) => planOf(database, sql));
    expect(plans.length).toBe(8);
    for (const plan of plans) {
      expect(plan).toMatch(/USING (COVERING )?INDEX|USING INTEGER PRIMARY KEY/);
      expect(plan).not.toMatch(/SCAN|TEMP B-TREE FOR ORDER/);
    }
    expect(plans.filter((plan) => plan.includes("coatcheck_sessions_by_user"))).toHaveLength(2);
    expect(plans.filter((plan) => plan.includes("coatcheck_sessions_by_expiry"))).toHaveLength(1);
  });

  test("sweeps many in small steps, each of which lets others in between", async () => {
    const database = libsql.open(":memory:");
    const store = sqliteStore(database);
    await store.find([], now);
    database.exec(`
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
      INSERT INTO coatcheck_sessions SELECT 'id' || i, 'd', NULL, NULL, NULL, '{}', NULL, NULL, 1, NULL, 1, i, i, 1, 1, 1 FROM n`);
    const left = () =>
      Number((database.prepare("SELECT count(*) AS left FROM coatcheck_sessions").get() as { left: number }).left);
    const swept = store.sweep(800, 750);
    expect(left()).toBe(950);
    expect(await swept).toBe(750);
    expect(left()).toBe(250);
    expect(await store.sweep(800, 750)).toBe(50);
    expect(await store.sweep(800, 0)).toBe(0);
  });

  test("gives out no token: what the files hold is digests", async () => {
    const store = sqliteStore(files.path());
    await store.create(record({ id: "the-public-id", digest: "the-digest" }));
    expect(files.dump()).toContain("the-digest");
    expect(files.dump()).not.toContain("ccs_");
    await store.close();
  });
});

function planOf(database: SqliteDatabase, sql: string): string {
  const values = [...sql.matchAll(/\?/g)].map(() => 1);
  const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as readonly { detail: string }[];
  return steps.map(({ detail }) => detail).join("\n");
}

function failureOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    if (isSessionError(error)) return error;
    throw error;
  }
  return undefined;
}
