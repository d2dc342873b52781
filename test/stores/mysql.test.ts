import { inspect } from "node:util";
import mysql from "mysql2";
import type { Pool, RowDataPacket } from "mysql2/promise";
import { describe, expect, test } from "vitest";
import { isSessionError } from "../../src/errors.ts";
import { type MysqlStatement, type MysqlStoreOptions, mysqlSchema, mysqlStore } from "../../src/stores/mysql.ts";
import { record } from "../drivers/sqlite-files.ts";
import { describeWith } from "../require-services.ts";
import { hasMysql, prepareEach, temporaryDatabases } from "./mysql-server.ts";
import { spyOn } from "./mysql-spy.ts";

const now = record().createdAt;
const nowhere = mysql.createPool({ host: "127.0.0.1", port: 1 });

describe("mysqlStore", () => {
  test.each<[string, MysqlStoreOptions, string]>([
    ["a name with a quote", { table: "a`; DROP TABLE users; --" }, "table must be letters"],
    ["a name that is too long", { table: "a".repeat(64) }, "table must be letters"],
    ["a database with a quote", { database: "a`b" }, "database must be letters"],
    ["an empty database", { database: "" }, "database must be letters"],
    ["an unknown option", { tabel: "a" } as MysqlStoreOptions, 'there is no option "tabel"'],
    ["no duration", { timeLimit: "soon" as "1s" }, "timeLimit must be a duration"],
    ["an empty name", { name: "" }, "name must be a text"],
    ["a migrate that is no boolean", { migrate: "no" as unknown as boolean }, "migrate must be"],
  ])("refuses %s", (_, options, problem) => {
    const failure = failureOf(() => mysqlStore(nowhere, options));
    expect(failure).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringContaining(problem) });
  });

  test("tells every problem at once", () => {
    const failure = failureOf(() => mysqlStore(null as never, { table: "", timeLimit: "x" as "1s" }));
    expect((failure as Error).message).toMatch(/a pool of mysql2.*table must be.*timeLimit must be/);
  });

  test.each<[string, unknown]>([
    ["null", null],
    ["an address", "mysql://root@127.0.0.1/test"],
    ["a client of another database", { query: () => [], connect: () => undefined }],
    [
      "a pool whose methods wait for callbacks alone",
      { getConnection: (done: unknown) => done, query: () => 0, execute: () => 0 },
    ],
    ["a pool that answers in another form", { query: () => 0, execute: () => 0, batch: () => 0, destroy: () => 0 }],
  ])("refuses %s in the place of a pool", (_, client) => {
    expect(failureOf(() => mysqlStore(client as never))).toMatchObject({ code: "CONFIG_INVALID" });
  });

  test("says so when nobody listens, and does nothing before", async () => {
    const store = mysqlStore(nowhere);
    await expect(Promise.resolve(store.find(["a"], now))).rejects.toMatchObject({
      name: "SessionStoreError",
      code: "STORE_UNAVAILABLE",
      hint: expect.stringContaining("running and reachable"),
      cause: { code: "ECONNREFUSED" },
    });
  });
});

await describeWith("mysqlStore on a server", hasMysql, () => {
  const databases = temporaryDatabases();

  describe("the schema", () => {
    test("is made once by many who come at once", async () => {
      const database = await databases.create();
      const stores = Array.from({ length: 8 }, () => mysqlStore(databases.pool(database)));
      const created = await Promise.all(stores.map((store, turn) => store.create(record({ id: `${turn}` }))));
      expect(created).toEqual(Array.from({ length: 8 }, () => "created"));
      expect(await versionsOf(databases.pool(database))).toEqual([["coatcheck_sessions", 1]]);
    });

    test("costs one read when it is there", async () => {
      const pool = databases.pool(await databases.create());
      await mysqlStore(pool).create(record());
      const asked: string[] = [];
      await mysqlStore(spyOn(pool, ({ sql }) => void asked.push(sql))).find(["session-1"], now);
      expect(asked).toHaveLength(3);
      expect(asked).toEqual([
        expect.stringContaining("autocommit"),
        expect.stringContaining("information_schema"),
        expect.stringContaining("WHERE id IN"),
      ]);
    });

    test("is not made with { migrate: false }, and found once it is there", async () => {
      const pool = databases.pool(await databases.create());
      const store = mysqlStore(pool, { migrate: false });
      await expect(Promise.resolve(store.find(["a"], now))).rejects.toMatchObject({ code: "STORE_SCHEMA_MISSING" });
      await pool.query(mysqlSchema());
      expect(await store.create(record())).toBe("created");
    });

    test("of another shape is said to be missing", async () => {
      const pool = databases.pool(await databases.create());
      await pool.query("CREATE TABLE coatcheck_sessions (id VARBINARY(255) PRIMARY KEY) ENGINE = InnoDB");
      const store = mysqlStore(pool, { migrate: false });
      await expect(Promise.resolve(store.find(["a"], now))).rejects.toMatchObject({ code: "STORE_SCHEMA_MISSING" });
    });

    test("of a later version is used and not changed", async () => {
      const pool = databases.pool(await databases.create());
      await mysqlStore(pool).create(record());
      await pool.query("UPDATE coatcheck_migrations SET version = 99");
      await pool.query("ALTER TABLE coatcheck_sessions ADD COLUMN region VARCHAR(9)");
      const store = mysqlStore(pool);
      expect(await store.find(["session-1"], now)).toEqual([record()]);
      expect(await store.create(record({ id: "session-2" }))).toBe("created");
      expect(await versionsOf(pool)).toEqual([["coatcheck_sessions", 99]]);
    });

    test("is finished where an earlier process ended in the middle, and made again where the table is gone", async () => {
      const pool = databases.pool(await databases.create());
      await pool.query(mysqlSchema());
      expect(await mysqlStore(pool).create(record())).toBe("created");
      expect(await versionsOf(pool)).toEqual([["coatcheck_sessions", 1]]);
      await pool.query("DROP TABLE coatcheck_sessions");
      expect(await mysqlStore(pool).create(record())).toBe("created");
    });

    test("lies in the table and the database of that name", async () => {
      const [here, there] = [await databases.create(), await databases.create()];
      const pool = databases.pool(here);
      const options = { table: "order", database: there };
      await mysqlStore(pool, options).create(record());
      expect(await mysqlStore(databases.pool(there), { table: "order" }).find(["session-1"], now)).toEqual([record()]);
      expect(await mysqlStore(pool).find(["session-1"], now)).toEqual([null]);
      expect(mysqlSchema(options)).toContain(`\`${there}\`.\`order\``);
      expect(failureOf(() => mysqlSchema({ table: "a b" }))).toMatchObject({ code: "CONFIG_INVALID" });
    });

    test("of another engine is refused", async () => {
      const pool = databases.pool(await databases.create());
      await pool.query(mysqlSchema().replace("InnoDB", "MyISAM"));
      await expect(Promise.resolve(mysqlStore(pool).create(record()))).rejects.toMatchObject({
        code: "STORE_UNAVAILABLE",
        message: expect.stringContaining("InnoDB"),
      });
    });
  });

  describe("a connection", () => {
    test("that does not commit by itself is refused, and nothing is said to be kept", async () => {
      const database = await databases.create();
      await mysqlStore(databases.pool(database)).create(record());
      const store = mysqlStore(prepareEach(databases.pool(database), "SET autocommit = 0"));
      const refused = { code: "STORE_UNAVAILABLE", message: expect.stringContaining("autocommit") };
      await expect(Promise.resolve(store.find(["session-1"], now))).rejects.toMatchObject(refused);
      await expect(Promise.resolve(store.create(record({ id: "new" })))).rejects.toMatchObject(refused);
    });

    test("that the application left in a transaction acknowledges nothing, and is thrown away", async () => {
      const database = await databases.create();
      const pool = databases.pool(database, { connectionLimit: 1 });
      const store = mysqlStore(pool);
      await store.create(record());
      const connection = await pool.getConnection();
      await connection.query("START TRANSACTION");
      connection.release();
      await expect(Promise.resolve(store.destroy("session-1"))).rejects.toMatchObject({
        code: "STORE_UNAVAILABLE",
        message: expect.stringContaining("inside of a transaction"),
      });
      expect(await store.find(["session-1"], now)).toEqual([record()]);
      expect(await store.destroy("session-1")).toBe("destroyed");
    });

    test("that has forgotten its prepared statements is replaced", async () => {
      const pool = databases.pool(await databases.create(), { connectionLimit: 1 });
      const store = mysqlStore(pool);
      await store.create(record());
      await store.find(["session-1"], now);
      const connection = await pool.getConnection();
      await connection.query("DEALLOCATE PREPARE nothing").catch(() => undefined);
      await new Promise((resolve) => (connection.connection as unknown as mysql.Connection).reset(resolve));
      connection.release();
      expect(await store.find(["session-1"], now)).toEqual([record()]);
    });
  });

  test("finds sessions, users and expired sessions through indexes", async () => {
    const pool = databases.pool(await databases.create());
    const asked = new Map<string, MysqlStatement>();
    const store = mysqlStore(spyOn(pool, (statement) => void asked.set(statement.sql, statement)));
    await fill(pool, store);
    await store.find(["id-5005"], now);
    await store.find(
      Array.from({ length: 64 }, (_, at) => `id-${at * 300}`),
      now,
    );
    await store.update("id-5005", { set: { a: "1" } }, now);
    await store.destroy("id-6006");
    await store.destroy("id-7007", 9);
    await store.byUser.destroyOne("user-7007", "id-7007");
    await store.byUser.list("user-8008", now);
    await store.byUser.destroy("user-9009");
    await store.sweep(400, 100);
    const plans = await plansOf(pool, [...asked.values()]);
    expect(plans.length).toBeGreaterThanOrEqual(12);
    for (const { sql, keys, types, extra } of plans) {
      // A row that is not there is looked for by its key while the plan is made.
      if (/const table/.test(extra)) continue;
      expect({ sql, keys }).toEqual({ sql, keys: [expect.stringMatching(/PRIMARY|by_user|by_expiry/)] });
      expect({ sql, types }).toEqual({ sql, types: [expect.stringMatching(/const|ref|range/)] });
      expect(extra).not.toMatch(/filesort|temporary/);
    }
    const through = (key: string) => plans.filter(({ keys }) => keys.includes(key)).length;
    expect([through("by_user"), through("by_expiry")]).toEqual([2, 1]);
  });

  test("sweeps many in steps, and never more than it may", async () => {
    const pool = databases.pool(await databases.create());
    const store = mysqlStore(pool);
    await fill(pool, store);
    expect(await store.sweep(1_500, 1_200)).toBe(1_200);
    const [one = 0, other = 0] = await Promise.all([store.sweep(1_500, 1_200), store.sweep(1_500, 1_200)]);
    expect(one + other).toBeLessThanOrEqual(301);
    expect(await store.sweep(1_500, 1_200)).toBe(0);
    expect(await store.sweep(1_600, 0)).toBe(0);
    const [[left]] = await pool.query<RowDataPacket[]>("SELECT COUNT(*) AS count FROM coatcheck_sessions");
    expect(left?.count).toBe(20_000 - 1_501);
  });

  test("an error tells no digest and no data, wherever one looks", async () => {
    const pool = databases.pool(await databases.create());
    const store = mysqlStore(pool);
    await store.create(record({ digest: "the-digest", data: { a: "the-data" } }));
    const signal = "SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 1366, MESSAGE_TEXT = message";
    const body = (words: string) => `BEGIN DECLARE message TEXT; SET message = ${words}; ${signal}; END`;
    const words = "CONCAT('Wrong value ', NEW.data, NEW.digest)";
    await pool.query(`CREATE TRIGGER a BEFORE UPDATE ON coatcheck_sessions FOR EACH ROW ${body(words)}`);
    await pool.query(`CREATE TRIGGER b BEFORE INSERT ON coatcheck_sessions FOR EACH ROW ${body(words)}`);
    const failures = await Promise.all([
      failed(store.update("session-1", { set: { b: "more-data" } }, now)),
      failed(store.create(record({ id: "second", digest: "other-digest", data: { c: "more-data" } }))),
    ]);
    for (const failure of failures) {
      expect(failure).toMatchObject({ code: "STORE_UNAVAILABLE", cause: { errno: 1366 } });
      expect(inspect(failure, { depth: 20, showHidden: true })).not.toMatch(
        /the-digest|other-digest|the-data|more-data/,
      );
      const hexOfData = Buffer.from("more-data").toString("hex");
      expect(inspect(failure, { depth: 20, showHidden: true })).not.toContain(hexOfData);
    }
    const [raw] = await Promise.all([failed(pool.query("UPDATE coatcheck_sessions SET version = 5"))]);
    expect(inspect(raw)).toContain("the-digest");
  });
});

async function fill(pool: Pool, store: { find(ids: readonly string[], now: number): unknown }): Promise<void> {
  await store.find(["none"], now);
  const digits =
    "(SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)";
  const n = "(a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d)";
  await pool.query(`
    INSERT INTO coatcheck_sessions
    SELECT CONCAT('id-', ${n}), 'digest', NULL, NULL, CONCAT('user-', ${n}), '{}', NULL, NULL,
      1, NULL, 1, IF(${n} <= 1500, ${n}, ${now + 1_000}), ${now + 2_000}, 1, 1, 1
    FROM ${digits} a, ${digits} b, ${digits} c, ${digits} e, (SELECT 0 d UNION ALL SELECT 1) f`);
  await pool.query("ANALYZE TABLE coatcheck_sessions");
}

async function plansOf(pool: Pool, statements: readonly MysqlStatement[]) {
  const own = statements.filter(({ sql }) => /`coatcheck_sessions`/.test(sql) && !/INSERT|CREATE/.test(sql));
  return Promise.all(
    own.map(async ({ sql, values }) => {
      const [rows] = await pool.execute<RowDataPacket[]>(`EXPLAIN ${sql}`, values);
      return {
        sql,
        keys: rows.map(({ key }) => key),
        types: rows.map(({ type }) => type),
        extra: rows.map(({ Extra }) => Extra).join(),
      };
    }),
  );
}

async function versionsOf(pool: Pool): Promise<unknown[][]> {
  const [rows] = await pool.query<RowDataPacket[]>("SELECT table_name, version FROM coatcheck_migrations");
  return rows.map((row) => [String(row.table_name), row.version]);
}

async function failed(call: unknown): Promise<unknown> {
  return Promise.resolve(call).then(
    () => undefined,
    (error: unknown) => error,
  );
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
