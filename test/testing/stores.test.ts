import { describe, expect, test } from "vitest";
import { isPromise } from "../../src/maybe.ts";
import type { SessionStore } from "../../src/store/port.ts";
import { countingStore, failingStore, pausingStore, storeConformance } from "../../src/testing/index.ts";
import { referenceStore } from "../conformance/reference-store.ts";

const record = {
  id: "a",
  digest: "d",
  previousDigest: null,
  previousGraceEndsAt: null,
  userId: "u",
  data: {},
  device: null,
  actor: null,
  createdAt: 0,
  authenticatedAt: null,
  lastSeenAt: 0,
  idleExpiresAt: 1_000,
  expiresAt: 1_000,
  persistent: true,
  generation: 1,
  version: 1,
};

const wrappers: [string, (store: SessionStore) => SessionStore][] = [
  ["countingStore", countingStore],
  ["pausingStore", pausingStore],
  ["failingStore", failingStore],
];

describe.each(wrappers)("%s", (_name, wrap) => {
  test("keeps every rule of the port", async () => {
    const store = wrap(referenceStore());
    for (const { run } of storeConformance()) await run({ store });
  });

  test("has the capabilities that the store has, and no others", () => {
    const { byUser: _byUser, sweep: _sweep, ...plain } = referenceStore();
    expect(Object.keys(wrap(referenceStore()))).toEqual(expect.arrayContaining(["byUser", "sweep"]));
    expect("byUser" in wrap(plain)).toBe(false);
    expect("sweep" in wrap(plain)).toBe(false);
    expect(wrap(plain).name).toBe("reference");
  });

  test("answers at once where the store does", () => {
    const store = wrap(referenceStore());
    const answers = [store.create(record), store.find(["a"], 0), store.update("a", {}, 0), store.byUser?.list("u", 0)];
    const rest = [
      store.byUser?.destroy("nobody"),
      store.byUser?.destroyOne("nobody", "a"),
      store.sweep?.(0, 1),
      store.destroy("a"),
    ];
    expect([...answers, ...rest].filter((answer) => isPromise(answer))).toEqual([]);
    expect(answers[0]).toBe("created");
  });
});

describe("countingStore counts", () => {
  test("each method by itself, and all together", async () => {
    const store = countingStore(referenceStore());
    await store.create(record);
    await store.find(["a", "b"], 0);
    await store.find(["a"], 0);
    await store.byUser?.list("u", 0);
    await store.sweep?.(0, 1);
    expect(store.counts).toEqual({
      find: 2,
      create: 1,
      update: 0,
      destroy: 0,
      sweep: 1,
      "byUser.list": 1,
      "byUser.destroy": 0,
      "byUser.destroyOne": 0,
    });
    expect(store.total()).toBe(5);
  });

  test("from zero after a reset", async () => {
    const store = countingStore(referenceStore());
    await store.destroy("a");
    store.reset();
    await store.update("a", {}, 0);
    expect(store.total()).toBe(1);
    expect(store.counts.destroy).toBe(0);
  });

  test("calls that fail", () => {
    const broken = failingStore(referenceStore());
    broken.fail("find", "refuse");
    const store = countingStore(broken);
    expect(() => store.find(["a"], 0)).toThrow();
    expect(store.counts.find).toBe(1);
  });
});

describe("pausingStore", () => {
  test("holds a call before the store knows of it", async () => {
    const store = pausingStore(referenceStore());
    await store.create(record);
    store.hold("update");
    const writing = store.update("a", { set: { k: "1" } }, 0);
    await store.untilHeld("update");
    await store.destroy("a");
    store.release();
    expect(await writing).toEqual({ outcome: "missing" });
  });

  test("holds an answer after the store has given it", async () => {
    const store = pausingStore(referenceStore());
    await store.create(record);
    store.hold("find", { at: "answer" });
    const reading = store.find(["a"], 0);
    await store.destroy("a");
    store.release("find");
    expect(await reading).toEqual([record]);
  });

  test("lets one call go at a time, in order", async () => {
    const store = pausingStore(referenceStore());
    store.hold("create");
    const answers = [store.create(record), store.create(record)];
    await store.untilHeld("create", 2);
    store.releaseOne("create");
    expect(await answers[0]).toBe("created");
    expect(store.held("create")).toBe(1);
    store.release("create");
    expect(await answers[1]).toBe("exists");
    expect(store.held("create")).toBe(0);
  });

  test("holds the methods it was told to and no others", async () => {
    const store = pausingStore(referenceStore());
    store.hold("byUser.destroy");
    store.hold("sweep");
    const waiting = [store.byUser?.destroy("u"), store.sweep?.(0, 1)];
    expect(store.create(record)).toBe("created");
    expect([store.held("byUser.destroy"), store.held("sweep"), store.held("find")]).toEqual([1, 1, 0]);
    store.release();
    expect(await Promise.all(waiting)).toEqual([["a"], 0]);
    expect(store.destroy("a")).toBe("missing");
  });

  test("tells when calls are held that came later", async () => {
    const store = pausingStore(referenceStore());
    store.hold("find");
    const twoHeld = store.untilHeld("find", 2);
    const reading = [store.find(["a"], 0), store.find(["a"], 0)];
    await twoHeld;
    store.releaseOne("update");
    store.release();
    expect(await Promise.all(reading)).toEqual([[null], [null]]);
  });
});

describe("failingStore", () => {
  test("refuses: throws, and nothing was done", async () => {
    const store = failingStore(referenceStore());
    store.fail("create", "refuse");
    expect(() => store.create(record)).toThrow(expect.objectContaining({ code: "STORE_UNAVAILABLE" }));
    store.heal();
    expect(await store.find(["a"], 0)).toEqual([null]);
  });

  test("loses the answer: throws, although it was done", async () => {
    const store = failingStore(referenceStore());
    store.fail("create", "lose", { times: 1, error: new Error("lost") });
    expect(() => store.create(record)).toThrow("lost");
    expect(await store.create(record)).toBe("exists");
  });

  test("loses the answer of a store that answers by promise", async () => {
    const right = referenceStore();
    const store = failingStore({ ...right, create: async (given) => right.create(given) });
    store.fail("create", "lose");
    await expect(store.create(record)).rejects.toThrow("told to fail");
    expect(await store.find(["a"], 0)).toEqual([record]);
  });

  test("hangs: no answer, and nothing was done, even after it healed", async () => {
    const store = failingStore(referenceStore());
    store.fail("destroy", "hang");
    await store.create(record);
    const hanging = Promise.resolve(store.destroy("a"));
    store.heal("destroy");
    const first = await Promise.race([hanging, new Promise((resolve) => setImmediate(() => resolve("no answer")))]);
    expect(first).toBe("no answer");
    expect(await store.find(["a"], 0)).toEqual([record]);
  });

  test("delays the answer until it is healed, although it was done at once", async () => {
    const store = failingStore(referenceStore());
    store.fail("create", "delay", { times: 1 });
    const creating = store.create(record);
    expect(await store.find(["a"], 0)).toEqual([record]);
    store.heal();
    expect(await creating).toBe("created");
  });

  test("delays a rejection too, without a warning before", async () => {
    const store = failingStore({ ...referenceStore(), create: async () => Promise.reject(new Error("refused")) });
    store.fail("create", "delay");
    const creating = store.create(record);
    await new Promise((resolve) => setImmediate(resolve));
    store.heal("create");
    await expect(creating).rejects.toThrow("refused");
  });

  test("fails as often as it was told, and the methods it was told", async () => {
    const store = failingStore(referenceStore());
    store.fail("byUser.list", "refuse", { times: 2 });
    expect(() => store.byUser?.list("u", 0)).toThrow();
    expect(await store.find(["a"], 0)).toEqual([null]);
    expect(() => store.byUser?.list("u", 0)).toThrow();
    expect(await store.byUser?.list("u", 0)).toEqual([]);
  });
});
