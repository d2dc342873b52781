import Database from "libsql";
import { afterEach, expect, it } from "vitest";
import { createSessions } from "../../src/index.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { makeTarget } from "./stores/sqlite.mjs";

const { target, remove } = makeTarget();
afterEach(remove);

it("G1 a write that had to wait for another connection leaves nothing behind: later reads see the present", async () => {
  const other = new Database(target);
  const sessions = createSessions({ store: sqliteStore(new Database(target)) });
  const { token, session } = await sessions.create();
  other.exec("BEGIN IMMEDIATE");
  const waiting = session.set({ note: 1 });
  // The first try is made in this turn and finds the lock; it is let go before the next one.
  await new Promise((resolve) => setImmediate(resolve));
  other.exec("COMMIT");
  await waiting;
  other.exec("DELETE FROM coatcheck_sessions");
  expect(await sessions.validate(token)).toBeNull();
  await expect(sessions.create()).resolves.toBeDefined();
});
