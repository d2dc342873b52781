import { describe, expect, it } from "vitest";
import { nextSessions } from "../../src/adapters/next/next-sessions.ts";
import { createSessions, memoryStore, type SessionStore } from "../../src/index.ts";
import { countingStore, failingStore, fakeRuntime, pausingStore } from "../../src/testing/index.ts";
import { localBus } from "../support/local-bus.ts";
import { machine } from "../support/machine.ts";
import { eventNames, type World, world } from "../support/world.ts";

/** Two machines over one store, each with a cache of its own and no bus; both have read the session. */
async function twoMachines(store: SessionStore = memoryStore(), data: object = { step: 1, flash: "hello" }) {
  const [here, there] = [world({ store: machine(store) }), world({ store: machine(store) })];
  const { token } = await here.sessions.create({ userId: "u1", data });
  for (const { sessions } of [here, there]) expect(await sessions.validate(token)).not.toBeNull();
  for (const { store: counted, events } of [here, there]) {
    counted.reset();
    events.length = 0;
  }
  return { here, there, token };
}

async function open({ sessions }: World, token: string) {
  const session = await sessions.validate(token);
  if (!session) throw new Error("the token opens no session");
  return session;
}

/** Waits for a call that fails; the clock goes on, since reads are made again after a pause. */
async function failureOf({ runtime }: World, call: Promise<unknown>): Promise<unknown> {
  let failure: unknown;
  call.catch((error) => {
    failure = error;
  });
  while (failure === undefined) {
    await new Promise((resolve) => setImmediate(resolve));
    runtime.advance("1ms");
  }
  return failure;
}

describe("reading through a cache", () => {
  it("asks the store once for as long as ttl, however many requests there are", async () => {
    const { here, token } = await twoMachines();
    for (let request = 0; request < 20; request++) await open(here, token);
    expect(here.store.total()).toBe(0);
    here.runtime.advance("5s");
    await open(here, token);
    expect(here.store.counts.find).toBe(1);
  });

  it("goes on while the store is down, and is an outage after that, never a sign-out", async () => {
    const store = failingStore(memoryStore());
    const { here, token } = await twoMachines(store);
    store.fail("find", "refuse");
    here.runtime.advance("4999ms");
    await open(here, token);
    here.runtime.advance("1ms");
    expect(await failureOf(here, here.sessions.validate(token))).toMatchObject({ code: "STORE_UNAVAILABLE" });
  });

  it("a read that fails while the store is down, and is made again, takes nobody else's copy away", async () => {
    const store = failingStore(memoryStore());
    const { here, token } = await twoMachines(store);
    const stranger = await here.sessions.create();
    store.fail("find", "refuse");
    const reading = here.sessions.validate(stranger.token);
    while (here.store.counts.find === 0) await new Promise((resolve) => setImmediate(resolve));
    here.runtime.advance("1ms");
    await open(here, token);
    expect(await failureOf(here, reading)).toMatchObject({ code: "STORE_UNAVAILABLE" });
    await open(here, token);
  });

  it("a cache that fails falls back to the store, and is reported", async () => {
    const store = memoryStore();
    const copyOf = () => {
      throw new Error("the cache is broken");
    };
    const here = world({ store: { ...store, copyOf, staleness: 1 } });
    const { token } = await here.sessions.create();
    expect(await here.sessions.validate(token)).not.toBeNull();
    expect(here.events).toContainEqual(expect.objectContaining({ type: "store-failure", operation: "look at a copy" }));
  });

  it("a touch that is due is made, and each machine goes on with its copy", async () => {
    const { here, there, token } = await twoMachines();
    for (const { runtime } of [here, there]) runtime.advance("2h");
    for (const one of [here, there]) {
      const { idleExpiresAt } = await open(one, token);
      await one.runtime.settle();
      const after = await open(one, token);
      expect(after.idleExpiresAt).toBeGreaterThanOrEqual(idleExpiresAt ?? 0);
    }
    expect(here.store.counts.update).toBe(1);
  });
});

describe("a copy may only say yes", () => {
  it("a token that was rotated elsewhere is known here at once", async () => {
    const { here, there, token } = await twoMachines();
    const next = await (await open(there, token)).rotate();
    await open(here, next ?? "");
    expect(eventNames(here)).toEqual([]);
  });

  it("a session that a copy thinks expired is alive if it was touched elsewhere", async () => {
    const { here, there, token } = await twoMachines();
    there.runtime.advance("6d");
    await open(there, token);
    await there.runtime.settle();
    here.runtime.advance("7d");
    await open(here, token);
    expect(eventNames(here)).toEqual([]);
  });

  it("within its ttl a copy past its deadline is confirmed too", async () => {
    const store = memoryStore();
    const here = world({ store: machine(store, { ttl: "30d" }), timeouts: { idle: "1h" } });
    const there = world({ store, timeouts: { idle: "1h" } });
    const { token } = await here.sessions.create();
    await open(here, token);
    there.runtime.advance("50m");
    await open(there, token);
    await there.runtime.settle();
    here.runtime.advance("70m");
    await open(here, token);
    expect(eventNames(here)).toEqual(["created"]);
  });

  it("what is refused is refused by the store, with one event each", async () => {
    const { here, there, token } = await twoMachines();
    const wrong = `${token.slice(0, -2)}${token.endsWith("AA") ? "BA" : "AA"}`;
    expect(await here.sessions.validate(wrong)).toBeNull();
    expect(here.store.counts.find).toBe(1);
    await (await open(there, token)).rotate({ grace: 0 });
    here.runtime.advance("5s");
    there.runtime.advance("5s");
    expect(await here.sessions.validate(token)).toBeNull();
    expect(eventNames(here)).toEqual(["rejected:wrong-secret", "replayed"]);
  });

  it("an absent record is never kept", async () => {
    const { here, there } = await twoMachines();
    const { token } = await here.sessions.create();
    await (await open(there, token)).destroy();
    for (const _ of [1, 2]) expect(await here.sessions.validate(token)).toBeNull();
    expect(here.store.counts.find).toBe(2);
  });
});

describe("a change never rests on a copy", () => {
  it("update works on what another machine has stored", async () => {
    const { here, there, token } = await twoMachines();
    await (await open(there, token)).set({ step: 5 });
    const session = await open(here, token);
    expect(session.data).toMatchObject({ step: 1 }); // the copy
    await session.update("step", (step) => (step as number) + 1);
    expect(session.data).toMatchObject({ step: 6 });
    expect(here.store.counts).toMatchObject({ find: 1, update: 1 });
  });

  it("pluck takes a flash that another machine has written, and never one that it has taken", async () => {
    const { here, there, token } = await twoMachines();
    const [mine, late] = [await open(here, token), await open(here, token)];
    await (await open(there, token)).set({ news: "fresh" });
    expect(await mine.pluck("news")).toBe("fresh");
    expect(await (await open(there, token)).pluck("flash")).toBe("hello");
    expect(await late.pluck("flash")).toBeUndefined();
  });

  it("sign-in, rotation and destroy work where only the copy was old", async () => {
    for (const change of ["signIn", "rotate", "destroy"] as const) {
      const { here, there, token } = await twoMachines();
      const mine = await open(here, token);
      await (await open(there, token)).set({ step: 2 });
      const next = await (change === "signIn" ? mine.signIn("u1") : mine[change]());
      const after = await there.sessions.validate(next ?? token);
      if (change === "destroy") expect((await world({ store: there.store }).sessions.list("u1")).length).toBe(0);
      else expect(after?.data).toMatchObject({ step: 2 });
      expect(here.store.counts.update + here.store.counts.destroy).toBe(1);
    }
  });

  it("G2 what another machine has ended stays ended, and no change begins another session for it", async () => {
    const changes = {
      set: (session: Awaited<ReturnType<typeof open>>) => session.set({ secret: 1 }),
      pluck: (session: Awaited<ReturnType<typeof open>>) => session.pluck("flash"),
      rotate: (session: Awaited<ReturnType<typeof open>>) => session.rotate(),
    };
    for (const change of Object.values(changes)) {
      const { here, there, token } = await twoMachines();
      const mine = await open(here, token);
      await (await open(there, token)).destroy();
      const together = await Promise.allSettled([change(mine), change(mine)]);
      for (const outcome of together) expect(outcome).toMatchObject({ reason: { code: "SESSION_DESTROYED" } });
      await expect(change(mine)).rejects.toMatchObject({ code: "SESSION_DESTROYED" });
      expect([mine.id, mine.userId, mine.data]).toEqual([null, null, {}]);
      expect(here.store.counts.create).toBe(0);
      expect(eventNames(here)).toEqual(["rejected:unknown"]);
    }
  });

  it("G3 a copy from before a sign-in elsewhere writes nothing to the session after it", async () => {
    const { here, there, token } = await twoMachines();
    const mine = await open(here, token);
    const next = await (await open(there, token)).signIn("u2");
    await expect(mine.set({ secret: 1 })).rejects.toMatchObject({ code: "SESSION_REPLACED" });
    expect((await open(there, next)).data).toEqual({});
    expect(mine.userId).toBeNull();
  });

  it("signing in or out over a session that was ended elsewhere does what it does without a cache", async () => {
    const { here, there, token } = await twoMachines();
    const [mine, leaving] = [await open(here, token), await open(here, token)];
    await (await open(there, token)).destroy();
    await leaving.destroy();
    const next = await mine.signIn("u1");
    expect(await there.sessions.validate(next)).toMatchObject({ userId: "u1" });
  });

  it("G8 a change whose session cannot be confirmed fails, and the session is as it was", async () => {
    const store = failingStore(memoryStore());
    const { here, token } = await twoMachines(store);
    const mine = await open(here, token);
    store.fail("find", "refuse", { times: 4 }); // each read is made twice
    expect(await failureOf(here, mine.set({ step: 2 }))).toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(await failureOf(here, mine.destroy())).toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(mine.userId).toBe("u1");
    await mine.set({ step: 3 });
    expect(mine.data).toMatchObject({ step: 3 });
  });

  it("changes of one request confirm its session once", async () => {
    const { here, token } = await twoMachines();
    const mine = await open(here, token);
    await Promise.all([mine.set({ a: 1 }), mine.set({ b: 2 }), mine.update("step", () => 3)]);
    expect(here.store.counts).toMatchObject({ find: 1, update: 1 });
  });

  it("what a request has changed, the next one on the same machine sees", async () => {
    const { here, token } = await twoMachines();
    for (let step = 2; step < 6; step++) {
      await (await open(here, token)).set({ step });
      expect((await open(here, token)).data).toMatchObject({ step });
    }
  });
});

describe("requireUser", () => {
  it("takes a copy, and with freshFor asks the store: who was signed out elsewhere is turned away", async () => {
    const store = memoryStore();
    const [counted, runtime] = [countingStore(machine(store)), fakeRuntime()];
    const options = { origins: ["https://shop.example"], runtime };
    const { requireUser, sessions } = nextSessions({ store: counted, ...options });
    const { token, session } = await sessions.create({ userId: "u1" });
    const request = () => new Request("https://shop.example/", { headers: { cookie: `__Host-session=${token}` } });
    await requireUser(request(), { freshFor: "10m" });
    counted.reset();
    await requireUser(request());
    expect(counted.counts.find).toBe(0);
    await requireUser(request(), { freshFor: "10m" });
    expect(counted.counts.find).toBe(1);
    await createSessions({ store, ...options }).revoke(session.id ?? "");
    await requireUser(request());
    await expect(requireUser(request(), { freshFor: "10m" })).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });
});

describe("G1 through caches", () => {
  it("64 updates of one key from two machines are all applied", async () => {
    const { here, there, token } = await twoMachines(memoryStore(), { count: 0 });
    const add = async (one: World) => (await open(one, token)).update("count", (count) => (count as number) + 1);
    await Promise.all(Array.from({ length: 64 }, (_, turn) => add(turn % 2 === 0 ? here : there)));
    here.runtime.advance("5s");
    expect((await open(here, token)).data).toEqual({ count: 64 });
  });

  it("negative control: not through a store whose find answers from copies", async () => {
    const { here, there, token } = await overCopies();
    const mine = await open(here, token);
    await (await open(there, token)).set({ flash: "hello" });
    expect(await mine.pluck("flash")).toBeUndefined();
    expect(await (await open(here, token)).pluck("flash")).toBeUndefined();
  });

  it("negative control: by such a store a token that was rotated elsewhere is refused", async () => {
    const { here, there, token } = await overCopies();
    const next = await (await open(there, token)).rotate();
    expect(await here.sessions.validate(next ?? "")).toBeNull();
  });
});

/** A machine with a cache that answers no from its copies as well, and one without a cache. */
async function overCopies() {
  const shared = memoryStore();
  const { copyOf, staleness: _, ...cache } = machine(shared);
  const find: SessionStore["find"] = (ids, now) =>
    ids.map((id) => copyOf(id, now) ?? shared.find([id], now)[0] ?? null);
  const [here, there] = [world({ store: { ...cache, find } }), world({ store: shared })];
  const { token } = await there.sessions.create({ data: { step: 1 } });
  await cache.find([token.slice(4, 26)], here.runtime.now());
  return { here, there, token };
}

describe("a read that is overtaken", () => {
  it("by a revoke of this machine, or one that the bus tells of, leaves no copy", async () => {
    for (const who of ["here", "there"] as const) {
      const [store, bus] = [pausingStore(memoryStore()), localBus()];
      const machines = {
        here: world({ store: machine(store, { bus }) }),
        there: world({ store: machine(store, { bus }) }),
      };
      const { token, session } = await machines.here.sessions.create({ userId: "u1" });
      await machines.here.sessions.validate(token); // both listen from now on
      await machines.there.sessions.validate(token);
      await session.set({ step: 1 });
      store.hold("find", { at: "answer" });
      const reading = machines.here.sessions.validate(token);
      await store.untilHeld("find");
      expect(await machines[who].sessions.revoke(session.id ?? "")).toBe(true);
      store.release();
      expect(await reading).not.toBeNull(); // it began before
      expect(await machines.here.sessions.validate(token)).toBeNull();
    }
  });
});
