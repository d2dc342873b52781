import Database from "libsql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSessions } from "../../src/index.ts";
import { systemRuntime } from "../../src/runtime.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { makeTarget } from "./stores/sqlite.mjs";

const anotherTurn = () => new Promise((resolve) => setImmediate(resolve));

describe("G1 two connections to one SQLite file", () => {
  let place: ReturnType<typeof makeTarget>;
  let other: Database.Database;
  let now = Date.now();
  const runtime = { ...systemRuntime, now: () => now };

  beforeEach(() => {
    place = makeTarget();
    other = new Database(place.target);
  });
  afterEach(() => {
    other.close();
    place.remove();
  });

  /** Makes a session, and a change of it that finds the file locked by the other connection and waits for it. */
  async function waitOnce() {
    const store = sqliteStore(new Database(place.target), { runtime });
    const sessions = createSessions({ store });
    const { token, session } = await sessions.create();
    other.exec("BEGIN IMMEDIATE");
    const waiting = session.set({ note: 1 });
    await anotherTurn(); // the first try was made in this turn; the lock is gone before the next one
    other.exec("COMMIT");
    await waiting;
    return { store, sessions, token, id: session.id ?? "" };
  }

  it("a write that had to wait leaves nothing behind: later reads see the present", async () => {
    const { sessions, token } = await waitOnce();
    other.exec("DELETE FROM coatcheck_sessions");
    expect(await sessions.validate(token)).toBeNull();
    await expect(sessions.create()).resolves.toBeDefined();
  });

  it("after a lock was met, writes give way to other processes for a second, then answer at once again", async () => {
    const { store, id } = await waitOnce();
    expect(await store.find([id], now)).not.toEqual([null]);
    const yielding = store.update(id, { set: { note: "2" } }, now);
    expect(yielding).toBeInstanceOf(Promise);
    expect(await yielding).toMatchObject({ outcome: "updated" });
    now += 1_000;
    expect(store.update(id, { set: { note: "3" } }, now)).toMatchObject({ outcome: "updated" });
  });
});
