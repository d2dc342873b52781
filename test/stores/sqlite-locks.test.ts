import { writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { compileStores } from "../drivers/compile.ts";
import { drivers, libsql } from "../drivers/drivers.ts";
import { holdLock, longestBlock, runProgram } from "../drivers/run-program.ts";
import { record, temporaryFiles } from "../drivers/sqlite-files.ts";
import { describeWith } from "../require-services.ts";

const files = temporaryFiles();
const stores = compileStores(files.folder());
const now = record().createdAt;

for (const { name, isAvailable, open } of drivers) {
  await describeWith(`while another process writes, with ${name},`, isAvailable, () => {
    test("reads go on, writes wait, and the event loop runs", async () => {
      const path = files.path();
      const store = sqliteStore(open(path), { timeLimit: "30s" });
      await store.create(record());
      const { released } = await holdLock(path, 1_000);
      expect(store.find(["session-1"], now)).toEqual([record()]);
      const [updated, longest] = await Promise.all([
        store.update("session-1", { set: { a: "1" } }, now),
        longestBlock(released),
      ]);
      expect(updated).toMatchObject({ outcome: "updated" });
      expect(longest).toBeLessThan(500);
    });

    test("a write is given up at the time limit, and nothing is half done", async () => {
      const path = files.path();
      const store = sqliteStore(open(path), { timeLimit: 60 });
      await store.create(record());
      const { released } = await holdLock(path, 1_000);
      await expect(Promise.resolve(store.destroy("session-1"))).rejects.toMatchObject({
        name: "SessionStoreError",
        code: "STORE_UNAVAILABLE",
        hint: expect.stringContaining("locked"),
      });
      expect(await store.find(["session-1"], now)).toEqual([record()]);
      await released;
      expect(await store.destroy("session-1")).toBe("destroyed");
    });

    test("a write waits for the end of the application's own transaction on the handle", async () => {
      const database = open(files.path());
      const store = sqliteStore(database);
      await store.create(record());
      database.exec("BEGIN");
      const destroyed = store.destroy("session-1");
      expect(destroyed).toBeInstanceOf(Promise);
      database.exec("ROLLBACK");
      expect(await destroyed).toBe("destroyed");
      expect(await store.find(["session-1"], now)).toEqual([null]);
    });

    test("writes that wait are made in their order, and one that fails harms no other", async () => {
      const path = files.path();
      const [store, other] = [sqliteStore(open(path)), open(path)];
      await store.create(record());
      other.exec("CREATE TRIGGER t BEFORE DELETE ON coatcheck_sessions BEGIN SELECT RAISE(ABORT, 'no'); END");
      other.exec("BEGIN IMMEDIATE");
      const waiting = Array.from({ length: 50 }, async (_, turn) => {
        if (turn === 20) return store.destroy("session-1");
        return store.update("session-1", { set: { [`key${turn}`]: `${turn}` } }, now);
      });
      other.exec("COMMIT");
      const answers = await Promise.allSettled(waiting);
      expect(answers[20]).toMatchObject({ status: "rejected", reason: { code: "STORE_UNAVAILABLE" } });
      const versions = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
      expect(versions).toMatchObject(
        versions.map((_, turn) => ({ outcome: "updated", record: { version: turn + 2 } })),
      );
      expect(versions).toHaveLength(49);
    });

    test("a failed write leaves no transaction open", async () => {
      const database = open(files.path());
      const store = sqliteStore(database);
      await store.create(record());
      database.exec(
        "CREATE TRIGGER full BEFORE UPDATE ON coatcheck_sessions BEGIN SELECT RAISE(ABORT, 'no room'); END",
      );
      expect(() => store.update("session-1", { set: { secret: "wonderland" } }, now)).toThrow(
        expect.objectContaining({ code: "STORE_UNAVAILABLE", message: expect.not.stringContaining("wonderland") }),
      );
      database.exec("BEGIN");
      database.exec("ROLLBACK");
      database.exec("DROP TRIGGER full");
      expect(await store.update("session-1", { set: { a: "1" } }, now)).toMatchObject({ outcome: "updated" });
    });
  });
}

describe("many processes", () => {
  test("that meet at a fresh file make its tables once, and lose nothing", async () => {
    for (let round = 0; round < 3; round++) {
      const path = files.path();
      const start = String(Date.now() + 1_500);
      const crews = Array.from({ length: 8 }, () => runProgram("first-use", [stores, path, "20", start]));
      const answers = (await Promise.all(crews)).flat();
      expect(answers).toEqual(Array.from({ length: 160 }, () => "created"));
      const store = sqliteStore(path);
      expect(await store.byUser.list("ann", now)).toHaveLength(160);
      await store.close();
    }
  });
});

describe("what goes wrong is a SessionStoreError", () => {
  const unavailable = { name: "SessionStoreError", code: "STORE_UNAVAILABLE", cause: expect.anything() };

  test("for a folder that is not there", async () => {
    const find = async () => sqliteStore("/nowhere/at/all/sessions.db").find(["a"], now);
    await expect(find()).rejects.toMatchObject({ ...unavailable, hint: expect.stringContaining("folder") });
  });

  test("for a file that is no database", async () => {
    const path = files.path();
    writeFileSync(path, "no database ".repeat(1_000));
    const find = async () => sqliteStore(path).find(["a"], now);
    await expect(find()).rejects.toMatchObject({ ...unavailable, hint: expect.stringContaining("damaged") });
  });

  test("for a full disk, and the store goes on when there is room", async () => {
    const database = libsql.open(":memory:");
    const store = sqliteStore(database);
    await store.create(record());
    database.prepare("PRAGMA max_page_count = 12").get();
    const grow = () => store.update("session-1", { set: { big: "x".repeat(60_000) } }, now);
    expect(grow).toThrow(expect.objectContaining({ ...unavailable, hint: "The disk is full." }));
    expect(await store.find(["session-1"], now)).toEqual([record()]);
    database.prepare("PRAGMA max_page_count = 1000").get();
    expect(grow()).toMatchObject({ outcome: "updated" });
  });

  test("for a database that is read only", async () => {
    const database = libsql.open(":memory:");
    const store = sqliteStore(database);
    await store.create(record());
    database.exec("PRAGMA query_only = ON");
    expect(() => store.destroy("session-1")).toThrow(expect.objectContaining(unavailable));
    expect(await store.find(["session-1"], now)).toEqual([record()]);
  });

  test("for a handle that its owner has closed", () => {
    const database = libsql.open(":memory:");
    const store = sqliteStore(database);
    database.close();
    expect(() => store.find(["a"], now)).toThrow(expect.objectContaining(unavailable));
  });
});

describe("a path", () => {
  test("without any driver is an error that says what to install", async () => {
    const around = { cwd: stores };
    const expected = { name: "SessionStoreError", code: "STORE_DRIVER_MISSING", causes: 2 };
    const outcome = await runProgram("no-driver", [stores, files.path()], around);
    if (process.getBuiltinModule("node:sqlite")) expect(outcome).toEqual([null]);
    else expect(outcome).toMatchObject({ ...expected, hint: expect.stringContaining('"npm install better-sqlite3"') });
  });

  test("is opened with the driver of the application's folder", async () => {
    expect(await runProgram("no-driver", [stores, files.path()], { cwd: process.cwd() })).toEqual([null]);
  });
});
