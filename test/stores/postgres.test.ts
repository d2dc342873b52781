import { inspect } from "node:util";
import type { Pool } from "pg";
import postgres from "postgres";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { isSessionError } from "../../src/errors.ts";
import { type PostgresClient, postgresSchema, postgresStore } from "../../src/stores/postgres.ts";
import { type FakeRuntime, fakeRuntime } from "../../src/testing/index.ts";
import { record } from "../drivers/sqlite-files.ts";
import { describeWith } from "../require-services.ts";
import { administer, dropSchema, freshSchema, isReachable, openPglite, openPool, url } from "./postgres-clients.ts";

const now = record().createdAt;

async function rejection(promise: PromiseLike<unknown>): Promise<Error & { code?: string; cause?: Error }> {
  return Promise.resolve(promise).then(
    () => expect.unreachable("it did not fail"),
    (error) => error,
  );
}

describe("options", () => {
  const pool = { query: () => undefined, connect: () => undefined };

  test("every problem is told at once", () => {
    const options = {
      table: "a;b",
      schema: "1x",
      migrate: 1,
      prepare: 0,
      timeLimit: "soon",
      name: "",
      runtime: {},
      tabel: "x",
    };
    expect(() => postgresStore({} as never, options as never)).toThrow(
      /there is no option "tabel".*table must.*migrate must.*name must.*runtime must.*schema must.*prepare must.*timeLimit must/,
    );
    expect(() => postgresStore({} as never)).toThrow(/it needs a Pool of pg/);
  });

  test.each([
    ["nothing", null],
    ["a text", "postgres://127.0.0.1"],
    ["an object without methods", {}],
    ["a function without methods", () => undefined],
    ["a pool without connect", { query: () => undefined }],
  ])("%s is no client", (_, client) => {
    expect(() => postgresStore(client as never)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });

  test.each(['a"b', "a.b", "a b", "", "ü", "a\0", "x".repeat(64), "1a", "sqlite_x"])(
    "%j names no table and no schema",
    (name) => {
      const invalid = expect.objectContaining({ code: "CONFIG_INVALID" });
      expect(() => postgresStore(pool, { table: name })).toThrow(invalid);
      expect(() => postgresStore(pool, { schema: name })).toThrow(invalid);
      expect(() => postgresSchema({ table: name })).toThrow(invalid);
      expect(() => postgresSchema({ schema: name })).toThrow(invalid);
    },
  );

  test("making a store asks the database nothing", () => {
    const query = () => expect.unreachable("it was asked");
    expect(postgresStore({ query, connect: query }, { name: "main" }).name).toBe("main");
  });
});

describe("a statement that the server undid for the sake of another", () => {
  function undoing(times: number, code: string) {
    let sent = 0;
    const query = async () => {
      if (sent++ < times) throw Object.assign(new Error("could not serialize access"), { code });
      return { rows: [] };
    };
    return { client: { query, connect: () => undefined }, sent: () => sent };
  }

  async function settled(runtime: FakeRuntime, answer: PromiseLike<unknown>): Promise<unknown> {
    let outcome: unknown;
    Promise.resolve(answer).then(
      (value) => (outcome = value),
      (error) => (outcome = error),
    );
    for (await runtime.settle(); outcome === undefined; await runtime.settle()) runtime.advance(20);
    return outcome;
  }

  test.each(["40001", "40P01"])("(%s) is sent again", async (code) => {
    const runtime = fakeRuntime();
    const { client, sent } = undoing(3, code);
    const store = postgresStore(client, { migrate: false, runtime });
    expect(await settled(runtime, Promise.resolve(store.find(["a"], now)))).toEqual([null]);
    expect(sent()).toBe(4);
  });

  test("is given up at the time limit", async () => {
    const runtime = fakeRuntime();
    const begin = runtime.now();
    const { client } = undoing(Number.POSITIVE_INFINITY, "40001");
    const store = postgresStore(client, { migrate: false, runtime, timeLimit: "1s" });
    const error = await settled(runtime, Promise.resolve(store.find(["a"], now)));
    expect(error).toMatchObject({ code: "STORE_UNAVAILABLE", cause: { code: "40001" } });
    expect(runtime.now() - begin).toBeLessThan(1_100);
  });

  test("for another reason is not sent again", async () => {
    const { client, sent } = undoing(1, "57P01");
    const store = postgresStore(client, { migrate: false });
    await expect(store.find(["a"], now)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(sent()).toBe(1);
  });
});

await describeWith("PostgreSQL", isReachable, () => {
  const pools: Pool[] = [];
  const schemas: string[] = [];
  let schema = "";

  const pool = (config = {}) => {
    const opened = openPool(config);
    pools.push(opened);
    return opened;
  };

  beforeEach(() => {
    schema = freshSchema();
    schemas.push(schema);
  });

  afterAll(async () => {
    await Promise.all(pools.map((each) => each.end()));
    for (const each of schemas) await dropSchema(each);
  });

  /** A client that writes down what is sent through it. */
  function observed(client: Pool): { client: PostgresClient; sent: { text: string; name?: string }[] } {
    const sent: { text: string; name?: string }[] = [];
    const query = (query: { text: string }) => {
      sent.push(query);
      return client.query(query);
    };
    return { client: { query, connect: () => client.connect() }, sent };
  }

  describe("the schema", () => {
    test("is made once, however many processes begin at once", async () => {
      const stores = Array.from({ length: 8 }, () => postgresStore(pool({ max: 2 }), { schema }));
      const calls = stores.flatMap((store) => [store.find(["a"], now), store.find(["b"], now)]);
      expect(await Promise.all(calls)).toEqual(calls.map(() => [null]));
      expect(await administer(`SELECT table_name, version FROM "${schema}".coatcheck_migrations`)).toEqual([
        { table_name: "coatcheck_sessions", version: 1 },
      ]);
    });

    test("costs one read where it is current, and nothing after that", async () => {
      const first = pool();
      await postgresStore(first, { schema }).find(["a"], now);
      const { client, sent } = observed(first);
      const store = postgresStore(client, { schema });
      await store.find(["a"], now);
      await store.find(["a"], now);
      expect(sent.map(({ text }) => text.slice(0, 14))).toEqual(["SELECT version", "SELECT concat(", "SELECT concat("]);
    });

    test("of a later version is left as it is", async () => {
      const first = pool();
      await postgresStore(first, { schema }).find(["a"], now);
      await first.query(`ALTER TABLE "${schema}".coatcheck_sessions ADD COLUMN later text`);
      await first.query(`UPDATE "${schema}".coatcheck_migrations SET version = 99`);
      const store = postgresStore(first, { schema });
      expect(await store.create(record())).toBe("created");
      expect(await store.find(["session-1"], now)).toEqual([record()]);
      expect(await administer(`SELECT version FROM "${schema}".coatcheck_migrations`)).toEqual([{ version: 99 }]);
    });

    test("of an earlier version, or half made, is completed and loses nothing", async () => {
      const first = pool();
      await postgresStore(first, { schema }).create(record());
      await first.query(`DROP INDEX "${schema}".coatcheck_sessions_by_user`);
      await first.query(`UPDATE "${schema}".coatcheck_migrations SET version = 0`);
      expect(await postgresStore(first, { schema }).find(["session-1"], now)).toEqual([record()]);
      const indexes = await administer(`SELECT indexname FROM pg_indexes WHERE schemaname = '${schema}' ORDER BY 1`);
      expect(indexes.map(({ indexname }) => indexname)).toEqual([
        "coatcheck_migrations_pkey",
        "coatcheck_sessions_by_expiry",
        "coatcheck_sessions_by_user",
        "coatcheck_sessions_pkey",
      ]);
    });

    test("is not made with migrate: false, and its absence has a code", async () => {
      const { client, sent } = observed(pool());
      const store = postgresStore(client, { schema, migrate: false });
      const missing = { code: "STORE_SCHEMA_MISSING" };
      await expect(store.find(["a"], now)).rejects.toMatchObject(missing);
      await expect(store.create(record())).rejects.toMatchObject(missing);
      await expect(store.update("a", { set: { a: "1" } }, now)).rejects.toMatchObject(missing);
      expect(sent.some(({ text }) => /CREATE|DO/.test(text.slice(0, 6)))).toBe(false);

      await administer(`CREATE SCHEMA "${schema}"`, postgresSchema({ schema }));
      expect(await store.create(record())).toBe("created");
      expect(await postgresStore(pool(), { schema }).find(["session-1"], now)).toEqual([record()]);
    });

    test("that lacks a column is missing too", async () => {
      await administer(`CREATE SCHEMA "${schema}"`, postgresSchema({ schema }));
      await administer(`ALTER TABLE "${schema}".coatcheck_sessions DROP COLUMN actor`);
      const store = postgresStore(pool(), { schema, migrate: false });
      await expect(store.find(["a"], now)).rejects.toMatchObject({ code: "STORE_SCHEMA_MISSING" });
    });

    test("is found by the search path, and the table may have another name", async () => {
      await administer(`CREATE SCHEMA "${schema}"`);
      const store = postgresStore(pool({ options: `-c search_path=${schema}` }), { table: "Visits_2" });
      await store.create(record());
      expect(await administer(`SELECT id FROM "${schema}"."Visits_2"`)).toEqual([{ id: "session-1" }]);
    });

    test("keeps two tables with names of 63 letters apart", async () => {
      for (const end of ["a", "b"]) {
        const store = postgresStore(pool(), { schema, table: "x".repeat(62) + end });
        expect(await store.create(record())).toBe("created");
      }
      const found = await administer(`SELECT count(*)::int AS n FROM pg_indexes WHERE schemaname = '${schema}'`);
      expect(found).toEqual([{ n: 7 }]);
    });

    test("prints no notices through postgres.js", async () => {
      const notices: unknown[] = [];
      const sql = postgres(url, { max: 1, onnotice: (notice) => notices.push(notice) });
      await postgresStore(sql, { schema }).find(["a"], now);
      await sql`UPDATE ${sql(schema)}.coatcheck_migrations SET version = 0`;
      await postgresStore(sql, { schema }).find(["a"], now);
      await sql.end();
      expect(notices).toEqual([]);
    });
  });

  describe("statements", () => {
    const changes = [
      { set: { a: "1" } },
      { set: { b: "2" }, expect: { a: "1" } },
      { set: { c: "3" }, expect: { a: "1", z: null }, generation: 1 },
      { touch: { lastSeenAt: now, idleExpiresAt: now + 5, ifSeenBefore: now } },
    ];

    test("are one for each call, and reads only read", async () => {
      await postgresStore(pool(), { schema }).create(record({ userId: "ann" }));
      const { client, sent } = observed(pool({ options: "-c default_transaction_read_only=on" }));
      const store = postgresStore(client, { schema, migrate: false });
      expect(await store.find(["session-1"], now)).toMatchObject([{ id: "session-1" }]);
      expect(await store.byUser.list("ann", now)).toHaveLength(1);
      expect(await store.update("session-1", { expect: { a: null } }, now)).toMatchObject({ outcome: "updated" });
      await expect(store.destroy("session-1")).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
      await expect(store.byUser.destroyOne("ann", "session-1")).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
      expect(sent).toHaveLength(5);
    });

    test("have names that follow from their texts, and none without prepare", async () => {
      const first = pool();
      const tables = { one: observed(first), two: observed(first), again: observed(first), bare: observed(first) };
      const options = { one: {}, two: { table: "two" }, again: {}, bare: { prepare: false } };
      for (const [name, { client }] of Object.entries(tables)) {
        const store = postgresStore(client, { schema, ...options[name as keyof typeof options] });
        await store.create(record());
        for (const change of changes) await store.update("session-1", change, now);
        await store.destroy("session-1", 1);
      }
      const names = Object.entries(tables).map(([, { sent }]) =>
        sent.filter(({ text }) => !/^(SELECT version|DO)/.test(text)).map(({ name }) => name),
      );
      const [one, two, again, bare] = names;
      expect(new Set(one).size).toBe(6);
      expect(again).toEqual(one);
      expect(two?.filter((name) => one?.includes(name))).toEqual([]);
      expect(bare?.every((name) => name === undefined)).toBe(true);
      expect(one?.every((name) => /^coatcheck_[a-z0-9]{1,13}$/.test(name ?? ""))).toBe(true);
    });

    test("have the same text whatever the keys, the values and the ids are", async () => {
      const { client, sent } = observed(pool());
      const store = postgresStore(client, { schema });
      for (const text of ["a", "'; DROP TABLE x; --", '"', "\u0000", "__proto__", "x".repeat(500)]) {
        await store.create(record({ id: text, data: { a: text } }));
        const change = { set: { [text]: text }, remove: [text, "b"], expect: { a: text, [`${text}!`]: null } };
        expect(await store.update(text, change, now)).toMatchObject({ outcome: "updated" });
        expect(await store.find([text, "b"], now)).toMatchObject([{ id: text }, null]);
      }
      const texts = new Set(sent.map(({ text }) => text).filter((text) => !/^(SELECT version|DO)/.test(text)));
      expect(texts.size).toBe(3);
    });

    test("leave a row of the index alone that they do not change", async () => {
      const first = pool();
      const store = postgresStore(first, { schema });
      await store.create(record({ userId: "ann" }));
      await store.update("session-1", { set: { a: "1" } }, now);
      const where = `relname = 'coatcheck_sessions' AND schemaname = '${schema}'`;
      const count = () =>
        administer(`SELECT n_tup_upd::int AS all, n_tup_hot_upd::int AS hot FROM pg_stat_user_tables WHERE ${where}`);
      await expect.poll(count, { timeout: 20_000 }).toEqual([{ all: 1, hot: 1 }]);
    });
  });

  describe("errors", () => {
    const secret = "digest-of-a-secret";
    const hidden = [secret, "secret-user", "secret-data"];
    const told = (error: unknown) => inspect(error, { depth: 20, showHidden: true });

    test("quote neither a value of the statement nor a row", async () => {
      const first = pool();
      const store = postgresStore(first, { schema });
      await store.create(record());
      const table = `"${schema}".coatcheck_sessions`;
      await first.query(`ALTER TABLE ${table} ADD CONSTRAINT short CHECK (length(digest) < 10)`);
      await first.query(`CREATE UNIQUE INDEX ON ${table} (user_id)`);
      const taken = record({ userId: "secret-user", id: "other" });
      await store.create(taken);
      const errors = [
        await rejection(Promise.resolve(store.create(record({ id: "x", digest: secret, data: { a: "secret-data" } })))),
        await rejection(Promise.resolve(store.create({ ...taken, id: "y", data: { a: "secret-data" } }))),
        await rejection(
          Promise.resolve(store.create({ ...record({ id: "z" }), createdAt: "secret-data" as unknown as number })),
        ),
      ];
      expect(errors.map(({ cause }) => (cause as { code?: string }).code)).toEqual(["23514", "23505", "22P02"]);
      for (const error of errors) {
        expect(isSessionError(error, "STORE_UNAVAILABLE")).toBe(true);
        for (const text of hidden) expect(told(error) + error.stack + error.cause?.stack).not.toContain(text);
      }
    });

    test("do not tell what a trigger says, which may quote the row", async () => {
      const first = pool();
      const store = postgresStore(first, { schema, table: "guarded" });
      await store.create(record());
      await first.query(`CREATE FUNCTION "${schema}".refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'not %', NEW; END $$`);
      await first.query(`CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON "${schema}".guarded
        FOR EACH ROW EXECUTE FUNCTION "${schema}".refuse()`);
      const made = record({ id: "x", digest: secret, userId: "secret-user", data: { a: "secret-data" } });
      const error = await rejection(Promise.resolve(store.create(made)));
      expect(error.cause).toMatchObject({ code: "P0001" });
      for (const text of hidden) expect(told(error) + error.stack + error.cause?.stack).not.toContain(text);
    });

    test("of postgres.js and of PGlite quote nothing either", async () => {
      const sql = postgres(url, { max: 1, debug: () => undefined });
      const database = openPglite();
      for (const client of [sql, database]) {
        const store = postgresStore(client, client === sql ? { schema } : {});
        const bad = { ...record({ digest: secret }), createdAt: "secret-data" as unknown as number };
        const error = await rejection(Promise.resolve(store.create(bad)));
        expect(isSessionError(error, "STORE_UNAVAILABLE")).toBe(true);
        for (const text of hidden) expect(told(error)).not.toContain(text);
      }
      await Promise.all([sql.end(), database.close()]);
    });

    test("are what a client gets that answers in a way of its own, and never a missing session", async () => {
      const client = { connect: () => undefined, query: async () => ({ rows: [["hurt"]] }) };
      const store = postgresStore(client, { migrate: false });
      await expect(store.find(["a"], now)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
      await expect(store.update("a", { set: { a: "1" } }, now)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    });

    test("tell what to do about a pooler without prepared statements", async () => {
      const client = {
        connect: () => undefined,
        query: async () => {
          throw Object.assign(new Error('prepared statement "x" does not exist'), { code: "26000" });
        },
      };
      const error = await rejection(Promise.resolve(postgresStore(client).find(["a"], now)));
      expect(error.message).toContain("{ prepare: false }");
    });
  });
});
