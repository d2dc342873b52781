import { describe, expect, it } from "vitest";
import { Browser, world } from "../support/world.ts";

describe("G7 one request, one read", () => {
  it("makes one store read and one user look-up, however often a request asks", async () => {
    let lookUps = 0;
    const here = world({ user: async (id) => ({ id, number: ++lookUps }) });
    const browser = new Browser(here);
    await browser.visit((session) => session.signIn("u1"));
    here.store.reset();
    await browser.visit(async (session) => {
      const users = await Promise.all(Array.from({ length: 20 }, () => session.loadUser()));
      expect(new Set(users).size).toBe(1);
      expect(session.user).toBe(users[0]);
    });
    expect(here.store.counts.find).toBe(1);
    expect(lookUps).toBe(1);
  });

  it("evaluates an extension when it is first touched, once, with earlier ones at hand, and never by listing or printing", async () => {
    const ran: string[] = [];
    const here = world({
      extend: {
        ability(session) {
          ran.push("ability");
          return { admin: session.userId === "u1" };
        },
        progress: {
          async resolve(session) {
            ran.push("progress");
            return (session as unknown as { ability: { admin: boolean } }).ability.admin ? 100 : 0;
          },
        },
      },
    });
    const browser = new Browser(here);
    await browser.visit((session) => session.signIn("u1"));
    await browser.visit(async (session) => {
      JSON.stringify(session);
      Object.keys(session);
      expect(Object.keys({ ...session })).toEqual([]);
      expect(ran).toEqual([]);
      const { progress } = session as unknown as { progress: Promise<number> };
      expect(await progress).toBe(100);
      expect((session as unknown as { progress: Promise<number> }).progress).toBe(progress);
      expect(ran).toEqual(["progress", "ability"]);
    });
  });

  it("evaluates extensions anew once another user has signed in", async () => {
    const here = world({ extend: { name: (session) => `user ${session.userId}` } });
    await new Browser(here).visit(async (session) => {
      const named = session as unknown as { name: string };
      expect(named.name).toBe("user null");
      await session.signIn("u1");
      expect(named.name).toBe("user u1");
    });
  });

  it("reads many sessions of concurrent requests in few store calls, each id once", async () => {
    const here = world();
    const { store } = here;
    const tokens = await Promise.all(Array.from({ length: 20 }, async () => (await here.sessions.create()).token));
    const batches: number[] = [];
    const slow = world({
      store: {
        ...store,
        async find(ids, now) {
          batches.push(ids.length);
          await new Promise((resolve) => setImmediate(resolve));
          return store.find(ids, now);
        },
      },
    });
    const found = await Promise.all([...tokens, ...tokens].map((token) => slow.sessions.validate(token)));
    expect(found.every((session) => session !== null)).toBe(true);
    expect(batches).toEqual([1, 20]);
  });
});
