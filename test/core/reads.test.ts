import { describe, expect, it } from "vitest";
import { createGuard } from "../../src/core/guard.ts";
import { newRecord } from "../../src/core/lifecycle.ts";
import { createReads } from "../../src/core/reads.ts";
import { memoryStore } from "../../src/index.ts";
import { fakeRuntime, pausingStore } from "../../src/testing/index.ts";
import { world } from "../support/world.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A reader over a store whose answers the test lets go one by one; the clock stands still, so that no timer ever fires. */
function scene() {
  const runtime = fakeRuntime();
  const batches: (readonly string[])[] = [];
  const memory = memoryStore();
  const pausing = pausingStore(memory);
  pausing.hold("find", { at: "answer" });
  const store: typeof pausing = {
    ...pausing,
    find(ids, now) {
      batches.push([...ids]);
      return pausing.find(ids, now);
    },
  };
  const find = createReads(
    store,
    createGuard(store, { timeLimit: 2_000, pendingLimit: 1_000 }, runtime, () => undefined),
    runtime,
  );
  const answerOne = async () => {
    pausing.releaseOne("find");
    await turn();
  };
  return { runtime, batches, memory, store, find, answerOne };
}

const sizes = (batches: readonly (readonly string[])[]) => batches.map(({ length }) => length);
const idsOf = (count: number) => Array.from({ length: count }, (_, at) => `id${at}`);

describe("reads share round trips", () => {
  it("a lone read is sent at once, again and again", async () => {
    const { batches, find, answerOne } = scene();
    for (const count of [1, 2, 3]) {
      void find("a");
      expect(batches.length).toBe(count);
      await answerOne();
    }
  });

  it("readers who read again as soon as they are answered leave together, all of them", async () => {
    const { batches, find, answerOne } = scene();
    for (const id of idsOf(64)) void readForever(() => find(id));
    for (let trip = 0; trip < 6; trip++) await answerOne();
    expect(sizes(batches)).toEqual([1, 64, 64, 64, 64, 64, 64]);
  });

  it("so do those who validate a token", async () => {
    const { batches, store, answerOne } = scene();
    const { sessions } = world({ store });
    const made = await Promise.all(idsOf(64).map((userId) => sessions.create({ userId })));
    for (const { token } of made) void readForever(() => sessions.validate(token));
    for (let trip = 0; trip < 6; trip++) await answerOne();
    expect(new Set(sizes(batches).slice(1))).toEqual(new Set([64]));
  });

  it("at most 100 leave in one call; the others wait for the next", async () => {
    const { batches, find, answerOne } = scene();
    for (const id of idsOf(251)) void find(id);
    for (let trip = 0; trip < 4; trip++) await answerOne();
    expect(sizes(batches)).toEqual([1, 100, 100, 50]);
    expect(batches.flat()).toEqual(idsOf(251));
  });

  it("each id leaves once, and everybody who asked for it is answered", async () => {
    const { batches, memory, find, answerOne } = scene();
    const session = { id: "b", digest: "d", userId: null, data: {}, persistent: true, device: null };
    memory.create(newRecord(session, { idle: 1e6, absolute: 1e7 }, 0));
    void find("a");
    const found = Promise.all([find("b"), find("c"), find("b")]);
    await answerOne();
    await answerOne();
    expect(batches).toEqual([["a"], ["b", "c"]]);
    expect((await found).map((one) => one?.id)).toEqual(["b", undefined, "b"]);
  });
});

describe("a read never joins a call that was sent before it", () => {
  it("not while the call is under way", async () => {
    const { batches, find, answerOne } = scene();
    for (const _ of [1, 2, 3]) void find("a");
    await answerOne();
    expect(batches).toEqual([["a"], ["a"]]);
  });

  it("nor in the moment after it was answered, while the next readers gather", async () => {
    const { batches, memory, find, answerOne } = scene();
    const session = { id: "a", digest: "d", userId: null, data: {}, persistent: true, device: null };
    memory.create(newRecord(session, { idle: 1e6, absolute: 1e7 }, 0));
    const again = Promise.resolve(find("a")).then(() => {
      memory.destroy("a"); // acknowledged before the second read begins
      return find("a");
    });
    await answerOne();
    expect(batches).toEqual([["a"], ["a"]]);
    await answerOne();
    expect(await again).toBeNull();
  });
});

describe("a call that hangs", () => {
  it("holds up those who wait for 100 ms and no longer, and what comes after them not at all", async () => {
    const { runtime, batches, find } = scene();
    void find("hangs");
    void find("a");
    runtime.advance("99ms");
    expect(batches.length).toBe(1);
    runtime.advance("1ms");
    expect(batches).toEqual([["hangs"], ["a"]]);
  });

  it("that is answered late sends nobody a second time, and what fails fails its own readers only", async () => {
    const { runtime, store, batches, find, answerOne } = scene();
    const late = find("hangs");
    const other = find("a");
    runtime.advance("100ms");
    await answerOne();
    await answerOne();
    expect([await late, await other]).toEqual([null, null]);
    expect(sizes(batches)).toEqual([1, 1]);
    const failing = Promise.resolve(find("b")).catch((error) => error);
    const next = find("c");
    runtime.advance("100ms");
    runtime.advance("1900ms");
    expect(await failing).toMatchObject({ code: "STORE_UNAVAILABLE" });
    store.release();
    expect(await next).toBeNull();
  });
});

async function readForever(read: () => unknown): Promise<never> {
  for (;;) await read();
}

describe("G8 a store that answers another number of records than it was asked for", () => {
  const wrong: [name: string, answer: unknown][] = [
    ["none", []],
    ["too many", [null, null, null]],
    ["no list", undefined],
  ];

  it.each(wrong)("has failed, and nobody is anonymous by it: %s", async (_, answer) => {
    const events: object[] = [];
    const runtime = fakeRuntime();
    const store = { ...memoryStore(), find: async () => answer as never };
    const guard = createGuard(store, { timeLimit: 2_000, pendingLimit: 10 }, runtime, (event) => events.push(event));
    const find = createReads(store, guard, runtime);
    const readings = ["a", "b", "c"].map((id) => Promise.resolve(find(id)).catch((error) => error.code));
    for (let round = 0; round < 5; round++) {
      await turn();
      runtime.advance("1s");
    }
    expect(await Promise.all(readings)).toEqual(Array(3).fill("STORE_UNAVAILABLE"));
    expect(events.length).toBeGreaterThan(0);
  });
});
