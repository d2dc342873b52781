import { describe, expect, it } from "vitest";
import { memoryStore, type SessionStore } from "../../src/index.ts";
import { failingStore, pausingStore } from "../../src/testing/index.ts";
import { Browser, type World, world } from "../support/world.ts";

const limitOf = (sessions: number, reached?: "end-oldest" | "refuse" | "ask") => ({
  limit: { sessions, ...(reached && { reached }) },
});

function withoutExpectations(store: SessionStore): SessionStore {
  return { ...store, update: (id, { expect: _ignored, ...change }, now) => store.update(id, change, now) };
}

/** Knows which records a store keeps. */
function noting(store: SessionStore, kept: Set<string>): SessionStore {
  const byUser = store.byUser as NonNullable<SessionStore["byUser"]>;
  return {
    ...store,
    create(record) {
      kept.add(record.id);
      return store.create(record);
    },
    destroy(id) {
      kept.delete(id);
      return store.destroy(id);
    },
    byUser: {
      ...byUser,
      async destroy(userId, except) {
        const ids = await byUser.destroy(userId, except);
        for (const id of ids) kept.delete(id);
        return ids;
      },
    },
  };
}

async function signIns(here: World, count: number, userId = "ann") {
  const tokens: string[] = [];
  for (let number = 0; number < count; number++) {
    here.runtime.advance("1s");
    tokens.push((await here.sessions.create({ userId })).token);
  }
  return tokens;
}

async function alive(here: World, tokens: readonly string[]): Promise<number[]> {
  const found = await Promise.all(tokens.map((token) => here.sessions.validate(token)));
  return found.flatMap((session, index) => (session ? [index] : []));
}

describe("L18 a limit of concurrent sessions", () => {
  it("ends the oldest sign-in, by default, and says so", async () => {
    const here = world(limitOf(3));
    const tokens = await signIns(here, 5);
    expect(await alive(here, tokens)).toEqual([2, 3, 4]);
    const ended = here.events.filter((event) => event.type === "destroyed");
    expect(ended).toEqual([expect.objectContaining({ by: "limit" }), expect.objectContaining({ by: "limit" })]);
  });

  it("counts no session of others, no anonymous one, and none that is over", async () => {
    const here = world({ ...limitOf(2), timeouts: { idle: "1h", absolute: "1d" } });
    const bob = await signIns(here, 2, "bob");
    await here.sessions.create();
    const early = await signIns(here, 1);
    here.runtime.advance("59m");
    await Promise.all(bob.map((token) => here.sessions.validate(token)));
    await here.runtime.settle();
    here.runtime.advance("1m"); // the early one is over
    const late = await signIns(here, 2);
    expect(await alive(here, [...bob, ...early, ...late])).toEqual([0, 1, 3, 4]);
    expect(here.events.filter((event) => event.type === "destroyed")).toEqual([]);
  });

  it("makes room as sessions end by themselves or by their holders", async () => {
    const here = world(limitOf(2, "refuse"));
    const tokens = await signIns(here, 2);
    await expect(here.sessions.create({ userId: "ann" })).rejects.toMatchObject({ code: "SESSION_LIMIT" });
    await (await here.sessions.validate(tokens[0] as string))?.destroy();
    await here.sessions.create({ userId: "ann" });
    await expect(here.sessions.create({ userId: "ann" })).rejects.toMatchObject({ code: "SESSION_LIMIT" });
    await here.sessions.revokeUser("ann");
    expect(await alive(here, await signIns(here, 2))).toEqual([0, 1]);
  });

  it("signing in anew as the same user, on the same session, takes no second place", async () => {
    const here = world(limitOf(1, "refuse"));
    const browser = new Browser(here);
    for (let times = 0; times < 3; times++) await browser.visit((session) => session.signIn("ann"));
    expect(await here.sessions.list("ann")).toHaveLength(1);
  });

  it("L7 forgets a user whose sessions were all revoked: the store keeps nothing of them", async () => {
    const kept = new Set<string>();
    const here = world({ store: noting(memoryStore(), kept), ...limitOf(3) });
    const tokens = await signIns(here, 2);
    const living = await here.sessions.list("ann");
    expect(kept.size).toBe(3); // two sessions, and what the limit is held with
    await here.sessions.revokeUser("ann", { except: living[0]?.id as string });
    expect([kept.size, (await alive(here, tokens)).length]).toEqual([2, 1]);
    await here.sessions.revokeUser("ann");
    expect([...kept]).toEqual([]);
  });

  it("refuses the new one: nobody is signed in, the visitor keeps what they had, and an event tells", async () => {
    const here = world(limitOf(1, "refuse"));
    const [first] = await signIns(here, 1);
    const browser = new Browser(here);
    await browser.visit((session) => session.set({ cart: [1] }));
    const before = browser.token;
    await browser.visit((session) => session.signIn("ann"));
    expect(browser.lastResponse.status).toBe(403);
    expect(browser.token).toBe(before);
    expect(await browser.visit((session) => ({ ...session.data, userId: session.userId }))).toEqual({
      ...{ cart: [1], userId: null },
    });
    expect(await alive(here, [first as string])).toEqual([0]);
    expect(here.events).toContainEqual(expect.objectContaining({ type: "limit-reached", userId: "ann" }));
  });

  it("what a visitor chose to end is ended where the limit asks, and nowhere else", async () => {
    const here = world(limitOf(3, "refuse"));
    const tokens = await signIns(here, 2);
    const [newest] = await here.sessions.list("ann");
    await here.sessions.create({ userId: "ann", end: [newest?.id as string] });
    expect(await alive(here, tokens)).toEqual([0, 1]);
  });

  it("an admission that nothing came of, since its process died, counts for a minute and no longer", async () => {
    const inner = memoryStore();
    const there = world({ store: inner, ...limitOf(1, "refuse") });
    const store = pausingStore(inner);
    const [first] = await signIns(there, 1); // the ledger is there
    await (await there.sessions.validate(first as string))?.destroy();
    const dying = world({ store, runtime: there.runtime, ...limitOf(1, "refuse") });
    store.hold("create");
    dying.sessions.create({ userId: "ann" }).catch(() => undefined);
    await store.untilHeld("create");
    await there.runtime.settle();
    there.runtime.advance(60_000);
    await expect(there.sessions.create({ userId: "ann" })).rejects.toMatchObject({ code: "SESSION_LIMIT" });
    there.runtime.advance(1);
    await expect(there.sessions.create({ userId: "ann" })).resolves.toBeDefined();
  });

  it("asks: the visitor chooses which to end, among their own only", async () => {
    const here = world(limitOf(2, "ask"));
    const tokens = await signIns(here, 2);
    const bob = await here.sessions.create({ userId: "bob" });
    await expect(here.sessions.create({ userId: "ann", end: [bob.session.id as string] })).rejects.toMatchObject({
      code: "SESSION_LIMIT",
    });
    const [newest] = await here.sessions.list("ann");
    const third = await here.sessions.create({ userId: "ann", end: [newest?.id as string] });
    expect(await alive(here, [...tokens, third.token, bob.token])).toEqual([0, 2, 3]);
  });

  it("a limit that is set or lowered later holds from the next sign-in on", async () => {
    const store = memoryStore();
    const before = world({ store });
    const old = await signIns(before, 5);
    const here = world({ store, runtime: before.runtime, ...limitOf(2) });
    const { token } = await here.sessions.create({ userId: "ann" });
    expect(await alive(here, [...old, token])).toEqual([4, 5]);
  });

  it("100 at once: never more than three are acknowledged and alive, and the latest three are", async () => {
    const here = world(limitOf(3));
    const made = await Promise.allSettled(Array.from({ length: 100 }, () => here.sessions.create({ userId: "ann" })));
    const tokens = made.flatMap((result) => (result.status === "fulfilled" ? [result.value.token] : []));
    expect((await alive(here, tokens)).length).toBe(3);
    expect(await here.sessions.list("ann")).toHaveLength(3);
    for (const result of made) {
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "SESSION_LIMIT" });
    }
  });

  it("a session that had to make room before its token was out is never handed out", async () => {
    const inner = memoryStore();
    const there = world({ store: inner, ...limitOf(1) });
    await signIns(there, 1); // the ledger is there
    const store = pausingStore(inner);
    const here = world({ store, runtime: there.runtime, ...limitOf(1) });
    store.hold("create");
    const slow = here.sessions.create({ userId: "ann" }).then(
      () => "handed out",
      (error: { code: string }) => error.code,
    );
    await store.untilHeld("create"); // admitted, and not yet written
    const { token } = await there.sessions.create({ userId: "ann" });
    store.release();
    expect(await slow).toBe("SESSION_LIMIT");
    expect((await there.sessions.list("ann")).map(({ id }) => token.includes(id))).toEqual([true]);
  });

  it("whoever is admitted next ends what the one before was about to, should it have died on the way", async () => {
    const inner = memoryStore();
    const there = world({ store: inner, ...limitOf(1) });
    const [oldest] = await signIns(there, 1);
    const store = pausingStore(inner);
    const here = world({ store, runtime: there.runtime, ...limitOf(1) });
    store.hold("byUser.destroyOne");
    void here.sessions.create({ userId: "ann" }); // dies before it has ended the oldest
    await store.untilHeld("byUser.destroyOne");
    const { token } = await there.sessions.create({ userId: "ann" });
    expect(await alive(there, [oldest as string, token])).toEqual([1]);
  });

  it.each([
    ["is exact", (store: SessionStore) => store, 1],
    ["control: is not, over a store that ignores what a change expects", withoutExpectations, 2],
  ])("two processes that read the ledger at once: it %s", async (_what, distort, acknowledged) => {
    const inner = distort(memoryStore());
    const runtime = world().runtime;
    const stores = [pausingStore(inner), pausingStore(inner)];
    const worlds = stores.map((store) => world({ store, runtime, ...limitOf(1, "refuse") }));
    const [token] = await signIns(worlds[0] as World, 1);
    await (await worlds[0]?.sessions.validate(token as string))?.destroy();
    for (const store of stores) store.hold("update"); // both have read the ledger, neither has written it
    const signing = worlds.map((here) => here.sessions.create({ userId: "ann" }));
    const outcomes = Promise.allSettled(signing);
    await Promise.all(stores.map((store) => store.untilHeld("update")));
    stores[0]?.release();
    await signing[0];
    stores[1]?.release(); // writes what it made of a ledger that has changed since
    await runtime.settle();
    runtime.advance("1s");
    expect((await outcomes).filter(({ status }) => status === "fulfilled")).toHaveLength(acknowledged);
  });

  it("an outage between admission and sign-in leaves the place free again", async () => {
    const store = failingStore(memoryStore());
    const here = world({ store, ...limitOf(1, "refuse") });
    const [token] = await signIns(here, 1);
    await (await here.sessions.validate(token as string))?.destroy();
    store.fail("create", "refuse");
    const failing = expect(here.sessions.create({ userId: "ann" })).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
    });
    await here.runtime.settle();
    here.runtime.advance("1s"); // the second try
    await failing;
    store.heal();
    await here.sessions.create({ userId: "ann" });
    expect(await here.sessions.list("ann")).toHaveLength(1);
  });

  it("an outage between sign-in and its confirmation leaves the place free again: nobody was told the token", async () => {
    const inner = memoryStore();
    let isDown = false;
    // The ledger's second change is the confirmation; everything else is answered.
    const update: SessionStore["update"] = (id, change, now) => {
      if (isDown && JSON.stringify(change.set ?? {}).includes("alive")) throw new Error("down");
      return inner.update(id, change, now);
    };
    const here = world({ store: { ...inner, update }, ...limitOf(1, "refuse") });
    isDown = true;
    await expect(here.sessions.create({ userId: "ann" })).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    isDown = false;
    expect(await here.sessions.list("ann")).toEqual([]);
    await here.sessions.create({ userId: "ann" });
  });

  it("of a session that had to make room before its token was out an event tells the end", async () => {
    const inner = memoryStore();
    const there = world({ store: inner, ...limitOf(1) });
    await signIns(there, 1);
    const store = pausingStore(inner);
    const here = world({ store, runtime: there.runtime, ...limitOf(1) });
    store.hold("create");
    const slow = here.sessions.create({ userId: "ann" }).catch((error) => error.code);
    await store.untilHeld("create");
    await there.sessions.create({ userId: "ann" });
    store.release();
    expect(await slow).toBe("SESSION_LIMIT");
    const made = here.events.find(({ type }) => type === "signed-in") as { sessionId?: string } | undefined;
    expect(here.events.at(-1)).toMatchObject({
      type: "destroyed",
      userId: "ann",
      by: "limit",
      sessionId: made?.sessionId,
    });
  });

  it.each([
    [{ sessions: 0 }, /limit\.sessions/],
    [{ sessions: 1.5 }, /limit\.sessions/],
    [{ sessions: 501 }, /limit\.sessions/],
    [{ sessions: 3, reached: "shrug" }, /limit\.reached/],
  ])("refuses %j at start-up", (limit, message) => {
    expect(() => world({ limit: limit as never })).toThrow(message);
  });

  it("refuses a store that cannot find sessions by their user", () => {
    const { byUser: _byUser, ...store } = memoryStore() as SessionStore;
    expect(() => world({ store, ...limitOf(3) })).toThrow(/cannot/);
  });
});
