import { describe, expect, it } from "vitest";
import { memoryStore, type SessionStore } from "../../src/index.ts";
import { failingStore, pausingStore } from "../../src/testing/index.ts";
import { Browser, world } from "../support/world.ts";

/** A memory store whose first call of one method does not answer until it is let go. */
function firstHangs(method: "find" | "create") {
  const memory = memoryStore();
  let letGo: (() => void) | undefined;
  const hang = (...args: unknown[]) => {
    const proceed = () => (memory[method] as (...args: unknown[]) => unknown)(...args);
    if (letGo) return proceed();
    return new Promise((resolve) => {
      letGo = () => resolve(proceed());
    });
  };
  const store = { ...memory, [method]: hang } as unknown as SessionStore;
  return { store, letGo: () => letGo?.() };
}

async function tokensOf(here: ReturnType<typeof world>, count: number): Promise<string[]> {
  const made = await Promise.all(Array.from({ length: count }, (_, at) => here.sessions.create({ userId: `u${at}` })));
  return made.map(({ token }) => token);
}

describe("a store that hangs, answers late, or answers at once after all", () => {
  it("answers every waiting read, also beyond one batch, when the store answers at once by then", async () => {
    const { store, letGo } = firstHangs("find");
    const here = world({ store });
    let answered = 0;
    for (const token of await tokensOf(here, 151)) void here.sessions.validate(token).then(() => answered++);
    letGo();
    await here.runtime.settle();
    expect(answered).toBe(151);
  });

  it("G8 reads that wait behind a call that hangs all end soon, however many they are", async () => {
    const store = failingStore(memoryStore());
    const here = world({ store });
    const tokens = await tokensOf(here, 500);
    store.fail("find", "hang");
    let failed = 0;
    for (const token of tokens) here.sessions.validate(token).catch(() => failed++);
    here.runtime.advance("100ms"); // no longer do they wait for the first
    await here.runtime.settle();
    here.runtime.advance("2s");
    await here.runtime.settle();
    expect(failed).toBe(500);
  });

  it("one call that hangs does not hold up the others for its time limit", async () => {
    const { store } = firstHangs("find");
    const here = world({ store });
    const [stuck, ...tokens] = await tokensOf(here, 20);
    here.sessions.validate(stuck as string).catch(() => undefined);
    const others = Promise.all(tokens.map((token) => here.sessions.validate(token)));
    here.runtime.advance("100ms");
    expect((await others).every((session) => session !== null)).toBe(true);
  });

  it("G2 a create that arrives after the session of its second try has ended opens nothing", async () => {
    const { store, letGo } = firstHangs("create");
    const here = world({ store });
    const creating = here.sessions.create({ userId: "u1" });
    await here.runtime.settle();
    here.runtime.advance("2s");
    await here.runtime.settle();
    here.runtime.advance("1s"); // the pause before the second try
    const { token, session } = await creating;
    await session.destroy();
    letGo();
    await here.runtime.settle();
    expect(await here.sessions.validate(token)).toBeNull();
  });

  it("G1 signOut with keep carries what another request stored meanwhile", async () => {
    const here = world();
    const { token } = await here.sessions.create({ userId: "u1", data: { theme: "light" } });
    const one = await here.sessions.validate(token);
    await (await here.sessions.validate(token))?.set({ theme: "dark" });
    await one?.signOut({ keep: ["theme"] });
    expect(one?.data).toEqual({ theme: "dark" });
  });

  it("C16 a cookie that comes after the response is an error, never dropped in silence", async () => {
    const store = pausingStore(memoryStore());
    const browser = new Browser(world({ store }));
    store.hold("create");
    let signingIn: Promise<unknown> = Promise.resolve();
    await browser.visit(async (session) => {
      signingIn = session.signIn("u1").catch((error) => error);
      await store.untilHeld("create");
    });
    store.release();
    expect(await signingIn).toMatchObject({ code: "HEADERS_SENT" });
    expect(browser.cookies.size).toBe(0);
  });

  it("C16 a change that had to wait until after the response changes nothing", async () => {
    const store = pausingStore(memoryStore());
    const here = world({ store });
    const browser = new Browser(here);
    await browser.visit((session) => session.set({ a: 1 }));
    store.hold("update");
    let signingIn: Promise<unknown> = Promise.resolve();
    await browser.visit(async (session) => {
      void session.set({ a: 2 });
      signingIn = session.signIn("u1").catch((error) => error);
      await store.untilHeld("update");
    });
    store.release();
    expect(await signingIn).toMatchObject({ code: "HEADERS_SENT" });
    expect(await here.sessions.validate(browser.token)).toMatchObject({ userId: null, data: { a: 2 } });
  });

  it("G3 signing in on the session of a user who is gone ends its token", async () => {
    const here = world({ user: (id: string) => (id === "gone" ? null : { id }) });
    const { token } = await here.sessions.create({ userId: "gone" });
    const session = await here.sessions.validate(token);
    await session?.loadUser();
    const next = (await session?.signIn("u2")) ?? "";
    expect(await here.sessions.validate(token)).toBeNull();
    expect(await here.sessions.validate(next)).toMatchObject({ userId: "u2" });
  });

  it("a time limit that no timer can keep is refused at start-up", () => {
    expect(() => world({ storeTimeLimit: "30d" })).toThrow(/storeTimeLimit/);
  });
});
