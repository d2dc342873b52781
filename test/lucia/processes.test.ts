import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import Libsql from "libsql";
import { describe, expect, it } from "vitest";
import { createSessions } from "../../src/index.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { temporaryFiles } from "../drivers/sqlite-files.ts";

const program = fileURLToPath(new URL("programs/move.mjs", import.meta.url));
const files = temporaryFiles();
const ids = Array.from({ length: 60 }, (_, index) => String(index).padStart(40, "a"));

/** A database as Lucia leaves it: sixty sessions of one user. */
function luciaDatabase() {
  const path = files.path();
  const database = new Libsql(path);
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("CREATE TABLE session (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL, user_id TEXT NOT NULL)");
  const insert = database.prepare("INSERT INTO session VALUES (?, ?, 'ada')");
  for (const id of ids) insert.run(id, Math.floor(Date.now() / 1_000) + 86_400);
  const rows = () => (database.prepare("SELECT count(*) AS count FROM session").get() as { count: number }).count;
  const sessions = createSessions({ store: sqliteStore(new Libsql(path)), origins: ["https://shop.example"] });
  return { path, rows, sessions };
}

interface Process {
  readonly child: ChildProcess;
  /** Resolves when the first session has been moved. */
  readonly begun: Promise<void>;
  /** The tokens by id. */
  readonly tokens: Promise<Record<string, string | null> | null>;
}

/** A process that moves every session, in an order of its own. */
function move(path: string, order: readonly string[]): Process {
  const child = spawn(process.execPath, [program, path, JSON.stringify(order)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  const begun = new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (chunk) => {
      printed += String(chunk);
      resolve();
    });
    child.once("error", reject);
  });
  const tokens = new Promise<Record<string, string | null> | null>((resolve) => {
    child.once("close", (code) => resolve(code === 0 ? JSON.parse(printed.trim().split("\n").at(-1) ?? "") : null));
  });
  return { child, begun, tokens };
}

describe("two processes", () => {
  it("that race for the same sessions give each visitor one session and one token", async () => {
    const { path, rows, sessions } = luciaDatabase();
    const [one, other] = await Promise.all([move(path, ids).tokens, move(path, [...ids].reverse()).tokens]);
    expect(one).not.toBeNull();
    expect(other).toEqual(one);
    const listed = await sessions.list("ada");
    expect(listed).toHaveLength(ids.length);
    expect(rows()).toBe(0);
    for (const id of ids) expect((await sessions.validate(one?.[id] ?? ""))?.userId).toBe("ada");
  });

  it("of which one is killed at work leave nobody signed out, no old id, and no second session", async () => {
    const { path, rows, sessions } = luciaDatabase();
    const killed = move(path, ids);
    await killed.begun;
    killed.child.kill("SIGKILL");
    await killed.tokens;
    const tokens = await move(path, ids).tokens;
    for (const id of ids) expect((await sessions.validate(tokens?.[id] ?? ""))?.userId).toBe("ada");
    expect(await sessions.list("ada")).toHaveLength(ids.length);
    expect(rows()).toBe(0);
  });
});
