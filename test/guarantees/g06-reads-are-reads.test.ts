import { describe, expect, it } from "vitest";
import { memoryStore } from "../../src/index.ts";
import { failingStore } from "../../src/testing/index.ts";
import { Browser, eventNames, world } from "../support/world.ts";

const minute = 60_000;
const hour = 60 * minute;

describe("G6 reads are reads", () => {
  const thresholds = [
    { idle: "10m", due: minute },
    { idle: "30m", due: 3 * minute },
    { idle: "7d", due: hour },
    { idle: "2m", due: minute },
  ] as const;
  for (const { idle, due } of thresholds) {
    it(`slides an idle timeout of ${idle} after ${due / minute} minutes, not before`, async () => {
      const here = world({ timeouts: { idle } });
      const { token, session } = await here.sessions.create();
      const first = session.idleExpiresAt ?? 0;
      here.runtime.advance(due - 1);
      await here.sessions.validate(token);
      await here.runtime.settle();
      expect(here.store.counts.update).toBe(0);
      here.runtime.advance(1);
      await here.sessions.validate(token);
      await here.runtime.settle();
      expect(here.store.counts.update).toBe(1);
      expect((await here.sessions.validate(token))?.idleExpiresAt).toBe(first + due);
    });
  }

  it("R-B6 makes one write for 50 concurrent requests past the threshold, and none for those after it", async () => {
    const here = world();
    const { token } = await here.sessions.create();
    here.runtime.advance("2h");
    await Promise.all(Array.from({ length: 50 }, () => here.sessions.validate(token)));
    await here.runtime.settle();
    await Promise.all(Array.from({ length: 50 }, () => here.sessions.validate(token)));
    await here.runtime.settle();
    expect(here.store.counts.update).toBe(1);
  });

  it("makes one write for many processes past the threshold", async () => {
    const store = memoryStore();
    const processes = Array.from({ length: 8 }, () => world({ store }));
    const { token } = (await processes[0]?.sessions.create()) ?? { token: "" };
    for (const { runtime } of processes) runtime.advance("2h");
    const seen = await Promise.all(processes.map(({ sessions }) => sessions.validate(token)));
    for (const { runtime } of processes) await runtime.settle();
    const after = await processes[0]?.sessions.validate(token);
    // A touch raises no version: only the deadline has moved, once.
    expect(after?.toJSON()).toMatchObject({ version: 1 });
    expect(new Set(seen.map((session) => session?.createdAt)).size).toBe(1);
    expect(after?.lastSeenAt).toBe(processes[0]?.runtime.now());
  });

  it("never waits for the touch, and survives its failure", async () => {
    const store = failingStore(memoryStore());
    const here = world({ store });
    const browser = new Browser(here);
    await browser.visit((session) => session.set({ a: 1 }));
    here.runtime.advance("2h");
    store.fail("update", "hang");
    expect(await browser.visit((session) => session.data.a)).toBe(1);
    here.runtime.advance("2s");
    await here.runtime.settle();
    expect(eventNames(here)).toContain("store-failure");
    store.heal();
    await browser.visit(() => undefined);
    await here.runtime.settle();
    expect(await browser.visit((session) => session.lastSeenAt)).toBe(here.runtime.now());
  });

  it("does not send the cookie again when the session slides; its Max-Age is the absolute timeout", async () => {
    const here = world({ timeouts: { idle: "1h", absolute: "2d" } });
    const browser = new Browser(here);
    await browser.visit((session) => session.set({ a: 1 }));
    expect(browser.lastResponse.headers.getSetCookie()[0]).toMatch(/; Max-Age=172800;/);
    here.runtime.advance("30m");
    await browser.visit((session) => session.data);
    await here.runtime.settle();
    await browser.visit((session) => session.set({ b: 2 }));
    expect(browser.lastResponse.headers.getSetCookie()).toEqual([]);
  });

  it("clears no cookie by reading, whatever became of the session", async () => {
    const here = world();
    const browser = new Browser(here);
    await browser.visit((session) => session.set({ a: 1 }));
    here.runtime.advance("30d");
    await browser.visit((session) => expect(session.id).toBeNull());
    expect(browser.lastResponse.headers.getSetCookie()).toEqual([]);
    expect(browser.token).not.toBe("");
  });

  it("a slide never passes the absolute deadline", async () => {
    const here = world({ timeouts: { idle: "1d", absolute: "2d" } });
    const { token, session } = await here.sessions.create();
    for (let step = 0; step < 47; step++) {
      here.runtime.advance("1h");
      await here.sessions.validate(token);
      await here.runtime.settle();
    }
    expect((await here.sessions.validate(token))?.idleExpiresAt).toBe(session.expiresAt);
    here.runtime.advance("1h");
    expect(await here.sessions.validate(token)).toBeNull();
  });

  it("L23 a session that is not persistent gets a cookie without Max-Age", async () => {
    const here = world();
    const browser = new Browser(here);
    await browser.visit((session) => session.signIn("u1", { persistent: false }));
    expect(browser.lastResponse.headers.getSetCookie()[0]).not.toMatch(/max-age|expires/i);
  });
});
