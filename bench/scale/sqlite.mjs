import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { sqliteStore } from "../../dist/stores/sqlite.js";
import { firstWord, isOfSweep } from "./sql.mjs";

const driver = JSON.parse(readFileSync(new URL("../node_modules/libsql/package.json", import.meta.url), "utf8"));

export const title = "SQLite (libsql, a file)";

export async function open() {
  const folder = mkdtempSync(join(process.env.SQLITE_FOLDER ?? tmpdir(), "coatcheck-scale-"));
  const database = new Database(join(folder, "sessions.db"));
  const sweep = new Map();
  const prepare = database.prepare.bind(database);
  database.prepare = (text) => {
    if (isOfSweep(text)) sweep.set(firstWord(text), text);
    return prepare(text);
  };
  const one = (text, ...values) => prepare(text).get(...values);

  return {
    version: `SQLite ${one("SELECT sqlite_version() AS version").version}, libsql ${driver.version}`,
    store: sqliteStore(database),
    fill: null,
    // What is measured is measured as it is used: every acknowledged write on the disk.
    filling: (isFilling) => void database.exec(`PRAGMA synchronous = ${isFilling ? "OFF" : "FULL"}`),
    someIds: null,

    async settle() {
      database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      database.exec("ANALYZE");
    },

    async space() {
      const { sessions } = one("SELECT count(*) AS sessions FROM coatcheck_sessions");
      return { sessions, total: statSync(join(folder, "sessions.db")).size };
    },

    async plan() {
      return [...sweep.values()].flatMap((text) => {
        const steps = prepare(`EXPLAIN QUERY PLAN ${text}`).all(0, 1);
        return steps.map(({ detail }) => detail);
      });
    },

    async close() {
      database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
