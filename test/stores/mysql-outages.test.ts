import { EventEmitter, once } from "node:events";
import mysql from "mysql2/promise";
import { afterAll, describe, expect, test } from "vitest";
import { mysqlStore } from "../../src/stores/mysql.ts";
import { record } from "../drivers/sqlite-files.ts";
import { describeWith } from "../require-services.ts";
import { hasMysql, prepareEach, temporaryDatabases, url } from "./mysql-server.ts";
import { Hole, spyOn } from "./mysql-spy.ts";

const now = record().createdAt;
const unavailable = { name: "SessionStoreError", code: "STORE_UNAVAILABLE" };

await describeWith("an outage of MySQL", hasMysql, () => {
  const databases = temporaryDatabases();

  describe("a server that takes everything and answers nothing", () => {
    const hole = new Hole();
    afterAll(() => hole.end());

    test("fails calls at their time limit, and a pool of two connections is whole afterwards", async () => {
      const database = await databases.create();
      const { hostname } = new URL(url);
      const uri = url.replace(/@[^/]*/, `@${hostname}:${await hole.listen()}`);
      const pool = mysql.createPool({ uri, database, connectionLimit: 2, connectTimeout: 150 });
      const patient = mysqlStore(pool, { timeLimit: "20s" });
      const [store, fresh] = [mysqlStore(pool, { timeLimit: "1s" }), mysqlStore(pool, { timeLimit: "1s" })] as const;
      await patient.create(record());
      await Promise.all([store.find(["session-1"], now), patient.find(["session-1"], now)]);
      hole.open();
      const calls = [
        store.find(["session-1"], now),
        store.update("session-1", { set: { a: "1" } }, now),
        store.destroy("session-1"),
        store.byUser.destroy("ann"),
        store.sweep(now, 10),
        fresh.find(["session-1"], now),
      ];
      for (const call of await Promise.allSettled(calls)) {
        expect(call).toMatchObject({ status: "rejected", reason: unavailable });
      }
      await expect(Promise.resolve(store.find(["session-1"], now))).rejects.toMatchObject(unavailable);
      hole.close();
      const found = await Promise.all(Array.from({ length: 8 }, () => patient.find(["session-1"], now)));
      expect(found).toEqual(Array.from({ length: 8 }, () => [record()]));
      expect(await fresh.find(["session-1"], now)).toEqual([record()]);
      // The pool also says goodbye to what the hole has taken.
      await pool.end().catch(() => undefined);
    });
  });

  test("connections that the server closes are replaced, and no process ends of it", async () => {
    const database = await databases.create();
    const store = mysqlStore(databases.pool(database));
    await store.create(record());
    for (let round = 0; round < 5; round++) {
      await Promise.all(Array.from({ length: 12 }, () => store.find(["session-1"], now)));
      await kill(database);
      const answers = await Promise.allSettled(Array.from({ length: 12 }, () => store.find(["session-1"], now)));
      for (const answer of answers) {
        if (answer.status === "rejected") expect(answer.reason).toMatchObject(unavailable);
        else expect(answer.value).toEqual([record()]);
      }
      expect(await store.find(["session-1"], now)).toEqual([record()]);
    }
  });

  test("one connection that the server closes fails every later call, and ends no process", async () => {
    const database = await databases.create();
    const store = mysqlStore(databases.callbackConnection(database));
    await store.create(record());
    await kill(database);
    await expect(Promise.resolve(store.find(["session-1"], now))).rejects.toMatchObject(unavailable);
    await expect(Promise.resolve(store.find(["session-1"], now))).rejects.toMatchObject(unavailable);
  });

  test("a row that somebody keeps locked fails the call at its time limit, and the next one works", async () => {
    const database = await databases.create();
    const pool = databases.pool(database);
    const store = mysqlStore(pool, { timeLimit: 500 });
    await mysqlStore(pool, { timeLimit: "20s" }).create(record({ userId: "ann" }));
    const other = await pool.getConnection();
    await other.query("START TRANSACTION");
    await other.query("SELECT * FROM coatcheck_sessions FOR UPDATE");
    await expect(Promise.resolve(store.update("session-1", { set: { a: "1" } }, now))).rejects.toMatchObject(
      unavailable,
    );
    await expect(Promise.resolve(store.byUser.destroy("ann"))).rejects.toMatchObject(unavailable);
    expect(await store.find(["session-1"], now)).toEqual([record({ userId: "ann" })]);
    await other.query("ROLLBACK");
    other.release();
    const patient = mysqlStore(pool, { timeLimit: "5s" });
    expect(await patient.byUser.destroy("ann")).toEqual(["session-1"]);
  });

  test("a lock that the server gives up is asked for again until the time limit", async () => {
    const database = await databases.create();
    const pool = databases.pool(database);
    await mysqlStore(pool).create(record());
    const hasty = prepareEach(databases.pool(database), "SET innodb_lock_wait_timeout = 1");
    const asked = new EventEmitter();
    const store = mysqlStore(
      spyOn(hasty, ({ sql }) => void asked.emit(sql.endsWith("FOR UPDATE") ? "again" : "first")),
      { timeLimit: "20s" },
    );
    const other = await pool.getConnection();
    await other.query("START TRANSACTION");
    await other.query("SELECT * FROM coatcheck_sessions FOR UPDATE");
    const isAskedAgain = once(asked, "again");
    const update = Promise.resolve(store.update("session-1", { set: { a: "1" } }, now));
    await isAskedAgain;
    await other.query("ROLLBACK");
    other.release();
    expect(await update).toMatchObject({ outcome: "updated", record: { version: 2 } });
  });

  async function kill(database: string): Promise<void> {
    const admin = await mysql.createConnection(url);
    const [rows] = await admin.query("SELECT ID FROM information_schema.PROCESSLIST WHERE DB = ?", [database]);
    for (const { ID } of rows as { ID: number }[]) await admin.query(`KILL ${ID}`).catch(() => undefined);
    await admin.end();
  }
});
