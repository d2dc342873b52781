import Libsql from "libsql";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type LuciaTable,
  luciaImporter,
  luciaMysqlTable,
  luciaPostgresTable,
  luciaSqliteTable,
} from "../../src/adapters/lucia/index.ts";
import { createSessions, type SessionStore } from "../../src/index.ts";
import { mysqlStore } from "../../src/stores/mysql.ts";
import { postgresStore } from "../../src/stores/postgres.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { temporaryFiles } from "../drivers/sqlite-files.ts";
import { describeWith } from "../require-services.ts";
import { reach, services } from "../services.mjs";
import { hasMysql, temporaryDatabases } from "../stores/mysql-server.ts";
import { openPool } from "../stores/postgres-clients.ts";
import { hasLucia, type Original, originalLucia } from "./original.ts";
import { secrets } from "./visitors.ts";

/** A database in which Lucia has been at work, and connections of its own for each process that takes over. */
interface Place {
  readonly lucia: Original;
  connect(): { readonly table: LuciaTable; readonly store: SessionStore };
  /** The ids in Lucia's table. */
  ids(): Promise<string[]>;
}

const files = temporaryFiles();
const databases = temporaryDatabases();

async function onSqlite(): Promise<Place> {
  const path = files.path();
  const database = new Libsql(path);
  // The schema of Lucia's documentation.
  database.exec(`CREATE TABLE user (id TEXT NOT NULL PRIMARY KEY);
    CREATE TABLE session (id TEXT NOT NULL PRIMARY KEY, expires_at INTEGER NOT NULL, user_id TEXT NOT NULL,
      FOREIGN KEY (user_id) REFERENCES user(id));
    INSERT INTO user VALUES ('ada'), ('eve');`);
  return {
    lucia: await originalLucia("sqlite", "BetterSqlite3Adapter", database),
    connect() {
      const own = new Libsql(path);
      return { table: luciaSqliteTable(own), store: sqliteStore(own) };
    },
    ids: async () => (database.prepare("SELECT id FROM session").all() as { id: string }[]).map(({ id }) => id),
  };
}

async function onPostgres(): Promise<Place> {
  const schema = `coatcheck_lucia_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
  const make = () => {
    const pool = openPool({ options: `-c search_path=${schema}` });
    pools.push(pool);
    return pool;
  };
  const pool = make();
  await pool.query(`CREATE SCHEMA ${schema}; CREATE TABLE "user" (id TEXT PRIMARY KEY);
    CREATE TABLE session (id TEXT PRIMARY KEY, expires_at TIMESTAMPTZ NOT NULL, user_id TEXT NOT NULL REFERENCES "user"(id));
    INSERT INTO "user" VALUES ('ada'), ('eve')`);
  schemas.push(schema);
  return {
    lucia: await originalLucia("postgresql", "NodePostgresAdapter", pool),
    connect() {
      const own = make();
      return { table: luciaPostgresTable(own, { table: `${schema}.session` }), store: postgresStore(own, { schema }) };
    },
    ids: async () => (await pool.query("SELECT id FROM session")).rows.map(({ id }) => String(id)),
  };
}

const pools: ReturnType<typeof openPool>[] = [];
const schemas: string[] = [];
afterAll(async () => {
  for (const schema of schemas) await pools[0]?.query(`DROP SCHEMA ${schema} CASCADE`);
  for (const pool of pools) await pool.end();
});

async function onMysql(): Promise<Place> {
  const name = await databases.create();
  const pool = databases.pool(name);
  await pool.query("CREATE TABLE user (id VARCHAR(255) PRIMARY KEY)");
  await pool.query(`CREATE TABLE session (id VARCHAR(255) PRIMARY KEY, expires_at DATETIME NOT NULL,
    user_id VARCHAR(255) NOT NULL REFERENCES user(id))`);
  await pool.query("INSERT INTO user VALUES ('ada'), ('eve')");
  return {
    lucia: await originalLucia("mysql", "Mysql2Adapter", pool),
    connect() {
      const own = databases.pool(name);
      return { table: luciaMysqlTable(own), store: mysqlStore(own) };
    },
    ids: async () => ((await pool.query("SELECT id FROM session"))[0] as { id: string }[]).map(({ id }) => id),
  };
}

const places: ReadonlyArray<[name: string, isAvailable: () => Promise<boolean | string>, open: () => Promise<Place>]> =
  [
    ["SQLite", async () => true, onSqlite],
    ["PostgreSQL", () => reach(services.postgres), onPostgres],
    ["MySQL or MariaDB", hasMysql, onMysql],
  ];

for (const [name, isAvailable, open] of places) {
  const isReady = async () => (hasLucia() === true ? isAvailable() : hasLucia());
  await describeWith(`Lucia 3 on ${name}`, isReady, () => {
    let place!: Place;
    beforeAll(async () => {
      place = await open();
    });

    /** One process that takes over. */
    function takeOver() {
      const { table, store } = place.connect();
      const sessions = createSessions({
        store,
        origins: ["https://shop.example"],
        timeouts: { idle: "30d", absolute: "400d" },
        storeTimeLimit: "20s",
      });
      return { table, sessions, importer: luciaImporter(sessions, { table, secrets }) };
    }

    it("signs in a visitor with a live cookie, who is signed in here with it afterwards, and there no more", async () => {
      const { lucia } = place;
      const old = await lucia.createSession("ada", {});
      const cookie = lucia.createSessionCookie(old.id).serialize().split(";")[0] as string;
      const { importer, sessions } = takeOver();
      const imported = await importer.importRequest(`theme=dark; ${cookie}`);
      const session = await sessions.validate(imported?.token ?? "");
      expect(session?.userId).toBe("ada");
      // SQLite and MySQL keep whole seconds, of which MySQL rounds up.
      expect(Math.abs((session?.expiresAt ?? 0) - old.expiresAt.getTime())).toBeLessThan(1_001);
      expect((await lucia.validateSession(old.id)).session).toBeNull();
      expect(await place.ids()).not.toContain(old.id);
      await session?.destroy();
      expect(await importer.importRequest(cookie)).toBeNull();
    });

    it("moves every session once, whichever connections race for it", async () => {
      const { lucia } = place;
      const processes = [takeOver(), takeOver(), takeOver()];
      const old = await Promise.all(Array.from({ length: 10 }, () => lucia.createSession("eve", {})));
      const moved = await Promise.all(
        old.map(({ id }) => Promise.all(processes.map(({ importer }) => importer.importSession(id)))),
      );
      for (const answers of moved) {
        expect(new Set(answers.map((imported) => imported?.token)).size).toBe(1);
        expect((await processes[0]?.sessions.validate(answers[0]?.token ?? ""))?.userId).toBe("eve");
      }
      expect(await processes[1]?.sessions.list("eve")).toHaveLength(10);
      expect(await place.ids()).toEqual([]);
    });

    it("knows no session by another spelling of its id", async () => {
      const old = await place.lucia.createSession("ada", {});
      const { importer } = takeOver();
      expect(await importer.importSession(old.id.toUpperCase())).toBeNull();
      expect(await place.ids()).toContain(old.id);
      expect(await importer.importSession(old.id)).not.toBeNull();
    });

    it("revokeUser ends what is still in Lucia's table", async () => {
      const [ada, eve] = [await place.lucia.createSession("ada", {}), await place.lucia.createSession("eve", {})];
      const { importer } = takeOver();
      await importer.revokeUser("ada");
      expect(await place.ids()).toEqual([eve.id]);
      expect(await importer.importSession(ada.id)).toBeNull();
      expect(await importer.importSession(eve.id)).not.toBeNull();
    });
  });
}
