import { describe, expect, it, vi } from "vitest";
import { newRecord } from "../../src/core/lifecycle.ts";
import { memoryStore, type SessionStore } from "../../src/index.ts";
import { type CachedOptions, cached } from "../../src/stores/cached.ts";
import { countingStore, failingStore, fakeRuntime, pausingStore } from "../../src/testing/index.ts";
import { localBus } from "../support/local-bus.ts";
import { machine } from "../support/machine.ts";

const now = 1_800_000_000_000;
const turn = () => new Promise((resolve) => setImmediate(resolve));

function recordOf(id: string, userId: string | null = null) {
  const session = { id, digest: `digest of ${id}`, userId, data: {}, persistent: true, device: null };
  return newRecord(session, { idle: 1e8, absolute: 1e9 }, now);
}

/** A store with the records `a` and `b` of one user, and a cache that has read them. */
async function warm(store: SessionStore, options: Partial<CachedOptions> = {}) {
  for (const id of ["a", "b"]) await store.create(recordOf(id, "u1"));
  const cache = machine(store, options);
  cache.copyOf("", now);
  await turn(); // the subscription
  await cache.find(["a", "b"], now);
  return cache;
}

const known = (cache: SessionStore) => ["a", "b"].filter((id) => cache.copyOf?.(id, now));

describe("cached: options", () => {
  it("needs a ttl, and names every problem at once", () => {
    const make = (options: object) => () => cached(memoryStore(), options as CachedOptions);
    expect(make({})).toThrow(/ttl must be a duration/);
    expect(make({ ttl: "soon", bus: {}, maxBytes: 0, tll: 5 })).toThrow(/"tll".*ttl.*bus.*maxBytes/);
    expect(() => cached({} as SessionStore, { ttl: "5s" })).toThrow(/must be a store/);
    expect(() => (cached as (store: SessionStore) => unknown)(memoryStore())).toThrow(/ttl/);
  });

  it("says how old its copies may be, and keeps the name of the store", () => {
    expect(cached(memoryStore(), { ttl: "5s" })).toMatchObject({ staleness: 5_000, name: "memory" });
  });

  it("has the capabilities of the store, and no others", () => {
    const { byUser, sweep, ...bare } = memoryStore();
    expect(Object.keys(cached(bare, { ttl: "5s" }))).not.toContain("byUser");
    expect(Object.keys(cached(bare, { ttl: "5s" }))).not.toContain("sweep");
    expect(cached({ ...bare, byUser, sweep }, { ttl: "5s" })).toMatchObject({ byUser: {}, sweep: expect.anything() });
  });

  it("does nothing before the first call", async () => {
    const [bus, store] = [localBus(), countingStore(memoryStore())];
    const cache = machine(store, { bus });
    await turn();
    expect([bus.listening(), store.total()]).toEqual([0, 0]);
    cache.copyOf("a", now);
    await turn();
    expect(bus.listening()).toBe(1);
  });
});

describe("cached: changes", () => {
  const changes: Record<string, (store: SessionStore) => unknown> = {
    update: (store) => store.update("a", { set: { step: "1" } }, now),
    destroy: (store) => store.destroy("a"),
    "byUser.destroy": (store) => store.byUser?.destroy("u1", "b"),
    "byUser.destroyOne": (store) => store.byUser?.destroyOne("u1", "a"),
  };

  for (const [name, change] of Object.entries(changes)) {
    it(`${name} answers at once where the store does, drops the copy, and tells the others`, async () => {
      const [shared, bus] = [memoryStore(), localBus()];
      const [here, there] = [await warm(shared, { bus }), machine(shared, { bus })];
      there.copyOf("", now);
      await turn();
      await there.find(["a", "b"], now);
      expect(change(here)).not.toBeInstanceOf(Promise);
      expect([known(here), known(there)]).toEqual([["b"], ["b"]]);
      expect(bus.messages).toEqual([["a"]]);
    });

    it(`${name} that fails drops the copy and tells the others all the same: it may have been done`, async () => {
      const [store, bus] = [failingStore(memoryStore()), localBus()];
      const here = await warm(store, { bus });
      store.fail(name as "update", "lose");
      expect(() => change(here)).toThrow();
      expect(known(here)).toEqual(["b"]);
      expect(bus.messages).toEqual([["a"]]);
    });

    it(`${name} that is never answered leaves no copy that it should have changed`, async () => {
      const store = pausingStore(memoryStore());
      const here = await warm(store);
      store.hold(name as "update", { at: "answer" });
      void change(here);
      await here.find(["a"], now);
      expect(known(here)).toEqual(["b"]);
    });

    it(`a read that was overtaken by ${name} is not kept`, async () => {
      const store = pausingStore(memoryStore());
      const here = await warm(store);
      await here.update("a", { set: { step: "0" } }, now);
      store.hold("find", { at: "answer" });
      const reading = here.find(["a"], now);
      await store.untilHeld("find");
      await change(here);
      store.release();
      expect(await reading).toMatchObject([{ id: "a" }]);
      expect(known(here)).toEqual(["b"]);
    });
  }

  it("a destroy that finds nothing tells the others: an earlier attempt may have been answered to nobody", async () => {
    const [shared, bus] = [memoryStore(), localBus()];
    const here = await warm(shared, { bus });
    shared.destroy("a");
    await here.destroy("a");
    await here.byUser?.destroyOne("u1", "a");
    expect(bus.messages).toEqual([["a"], ["a"]]);
  });

  it("so does a byUser.destroy that names fewer, and what was read meanwhile is not kept", async () => {
    const [shared, bus] = [memoryStore(), localBus()];
    const store = pausingStore({ ...shared, byUser: { ...shared.byUser, destroy: () => [] } });
    const here = await warm(store, { bus });
    store.hold("byUser.destroy", { at: "answer" });
    const revoking = here.byUser?.destroy("u1", "b");
    await store.untilHeld("byUser.destroy");
    await here.find(["a"], now);
    store.release();
    expect(await revoking).toEqual([]);
    expect(known(here)).toEqual(["b"]);
    expect(bus.messages).toEqual([["a"]]);
  });

  it("a touch, a create and a change that is refused tell nobody", async () => {
    const bus = localBus();
    const here = await warm(memoryStore(), { bus });
    await here.update("a", { touch: { lastSeenAt: now, idleExpiresAt: now + 1e8, ifSeenBefore: now + 1 } }, now);
    await here.update("a", { set: { a: "1" }, generation: 7 }, now);
    await here.destroy("a", 7);
    await here.create(recordOf("c"));
    expect(bus.messages).toEqual([]);
  });
});

describe("cached: several caches of one process", () => {
  it("tell each other of changes without a bus", async () => {
    const shared = memoryStore();
    shared.create(recordOf("a"));
    const [here, there] = [cached(shared, { ttl: "5s" }), cached(shared, { ttl: "5s" })];
    for (const cache of [here, there]) await cache.find(["a"], now);
    expect(there.copyOf("a", now)).not.toBeNull();
    await here.destroy("a");
    expect(there.copyOf("a", now)).toBeNull();
  });
});

describe("cached: the bus", () => {
  it("a message drops the record, and what is being read of it", async () => {
    const [store, bus] = [pausingStore(memoryStore()), localBus()];
    const here = await warm(store, { bus });
    store.hold("find", { at: "answer" });
    const reading = here.find(["a", "b"], now);
    await store.untilHeld("find");
    await bus.publish(["a"]);
    expect(known(here)).toEqual(["b"]);
    store.release();
    await reading;
    expect(known(here)).toEqual(["b"]);
  });

  it("a gap drops everything", async () => {
    const bus = localBus();
    const here = await warm(memoryStore(), { bus });
    bus.goDown();
    expect(known(here)).toEqual(["a", "b"]);
    bus.comeBack();
    expect(known(here)).toEqual([]);
  });

  it("what was read before it was listened to is not kept", async () => {
    const shared = memoryStore();
    shared.create(recordOf("a"));
    const here = machine(shared, { bus: localBus() });
    void here.find(["a"], now);
    await turn();
    expect(known(here)).toEqual([]);
  });

  it("a publish that fails fails no change, and is reported", async () => {
    const [bus, errors] = [localBus(), [] as unknown[]];
    const here = await warm(memoryStore(), { bus, onBusError: (error) => errors.push(error) });
    bus.goDown({ refuses: true });
    expect(here.destroy("a")).toBe("destroyed");
    const rejects = { ...localBus(), publish: () => Promise.reject(new Error("the bus is down")) };
    const there = await warm(memoryStore(), { bus: rejects, onBusError: (error) => errors.push(error) });
    expect(there.destroy("b")).toBe("destroyed");
    await turn();
    expect(errors).toHaveLength(2);
  });

  it("by default the first failure is printed, and a listener that throws breaks nothing", async () => {
    const bus = localBus();
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const quiet = await warm(memoryStore(), { bus, onBusError: undefined as never });
    const thrown = () => {
      throw new Error("mine");
    };
    const throwing = await warm(memoryStore(), { bus, onBusError: thrown });
    bus.goDown({ refuses: true });
    for (const cache of [quiet, throwing]) for (const id of ["a", "b"]) expect(cache.destroy(id)).toBe("destroyed");
    expect([warn.mock.calls.length, error.mock.calls.length]).toEqual([1, 2]);
    vi.restoreAllMocks();
  });

  it("listening is tried again, later and later, until it works; then everything is forgotten", async () => {
    const [bus, runtime, errors] = [localBus(), fakeRuntime(), [] as unknown[]];
    bus.goDown();
    const here = await warm(memoryStore(), { bus, runtime, onBusError: (error) => errors.push(error) });
    for (let minute = 0; minute < 10; minute++) {
      runtime.advance("1m");
      await runtime.settle();
    }
    expect(errors.length).toBeGreaterThan(5);
    expect(errors.length).toBeLessThan(20);
    bus.comeBack();
    expect(known(here)).toEqual(["a", "b"]);
    runtime.advance("1m");
    await runtime.settle();
    expect([bus.listening(), known(here)]).toEqual([1, []]);
  });

  it("close stops listening and trying, and keeps no copy from then on", async () => {
    const [bus, runtime] = [localBus(), fakeRuntime()];
    const here = await warm(memoryStore(), { bus });
    await here.close();
    expect([bus.listening(), known(here)]).toEqual([0, []]);
    expect(await here.find(["a"], now)).toMatchObject([{ id: "a" }]);
    expect(known(here)).toEqual([]);
    bus.goDown();
    const there = await warm(memoryStore(), { bus, runtime });
    expect(runtime.waiting()).toBe(1);
    await there.close();
    expect(runtime.waiting()).toBe(0);
  });

  it("a subscription that comes about after close is left again", async () => {
    const bus = localBus();
    const here = machine(memoryStore(), { bus });
    here.copyOf("a", now);
    await here.close();
    await turn();
    expect(bus.listening()).toBe(0);
  });
});
