import { describe, expect, it } from "vitest";
import { createGuard } from "../../src/core/guard.ts";
import { createKeptRecords } from "../../src/core/kept-records.ts";
import { createReads } from "../../src/core/reads.ts";
import { memoryStore, type SessionStore } from "../../src/index.ts";
import { fakeRuntime } from "../../src/testing/index.ts";
import { lateStore } from "../support/late-store.ts";

const minute = 60_000;

function scene(change: (store: SessionStore) => SessionStore = (store) => store) {
  const runtime = fakeRuntime();
  const store = change(memoryStore());
  const guard = createGuard(store, { timeLimit: 1_000, pendingLimit: 1_000 }, runtime, () => undefined);
  const context = { store, guard, runtime, find: createReads(store, guard, runtime) };
  const soon = () => runtime.now() + minute;
  return { runtime, store, context, soon, kept: createKeptRecords(context, "note") };
}

describe("What is kept under a name", () => {
  it("is found until it expires, by its own purpose only", async () => {
    const { kept, context, runtime, soon } = scene();
    await kept.create("one", "text", soon());
    expect(await kept.find("one")).toMatchObject({ text: "text", expiresAt: soon() });
    expect(await kept.find("two")).toBeNull();
    expect(await createKeptRecords(context, "other").find("one")).toBeNull();
    runtime.advance(minute);
    expect(await kept.find("one")).toBeNull();
  });

  it("is made once by any number at once", async () => {
    const { kept, soon } = scene();
    const made = await Promise.all(Array.from({ length: 50 }, (_, index) => kept.create("one", `${index}`, soon())));
    expect(made.filter((one) => one !== null)).toHaveLength(1);
    expect(await kept.create("one", "late", soon())).toBeNull();
  });

  it("is changed by one of those who read the same, and never brought back by a change", async () => {
    const { kept, soon } = scene();
    const first = (await kept.create("one", "0", soon())) ?? expect.fail();
    const changed = await Promise.all([1, 2, 3].map((text) => kept.change(first, `${text}`)));
    const winner = changed.find((one) => one !== null) ?? expect.fail();
    expect(changed.filter((one) => one !== null)).toEqual([winner]);
    expect(await kept.change(first, "stale")).toBeNull();
    await kept.clear("one");
    expect(await kept.change(winner, "late")).toBeNull();
    expect(await kept.find("one")).toBeNull();
  });

  it("is forgotten once by any number at once, and a later record of the name is left alone", async () => {
    const { kept, soon } = scene();
    const first = (await kept.create("one", "0", soon())) ?? expect.fail();
    const answers = await Promise.all(Array.from({ length: 50 }, () => kept.forget(first)));
    expect(answers.filter(Boolean)).toHaveLength(1);
    const second = await kept.create("one", "0", soon());
    expect(await kept.forget(first)).toBe(false);
    expect(await kept.change(first, "1")).toBeNull();
    expect(await kept.find("one")).toEqual(second);
  });

  it("makes room when it has expired, and of those who then come at once one keeps its text", async () => {
    const { kept, runtime, soon } = scene();
    await kept.create("one", "old", soon());
    runtime.advance(minute);
    const made = await Promise.all(Array.from({ length: 50 }, (_, index) => kept.create("one", `${index}`, soon())));
    const winners = made.filter((one) => one !== null);
    expect(winners).toHaveLength(1);
    expect(await kept.find("one")).toEqual(winners[0]);
  });

  it("is known to be ours where the first attempt arrived and its answer did not", async () => {
    let isLost = false;
    const { kept, runtime, soon } = scene((store) => ({
      ...store,
      async create(record) {
        const answer = await store.create(record);
        if (isLost) return answer;
        isLost = true;
        throw new Error("the connection broke");
      },
    }));
    const making = kept.create("one", "text", soon());
    await runtime.settle();
    runtime.advance(100);
    expect(await making).toMatchObject({ text: "text" });
  });

  it("G2 is not brought back by an attempt that arrives late, where it was kept anew", async () => {
    const late = lateStore(memoryStore());
    const { kept, runtime, soon } = scene(() => late.store);
    const names: string[] = [];
    late.loseNext();
    const making = kept.createAnew(async () => ({ name: `${names.push("")}`, text: "text" }), soon());
    await runtime.settle();
    runtime.advance(1_000);
    await runtime.settle();
    runtime.advance(100);
    const made = (await making) ?? expect.fail();
    expect(await kept.find("2")).toEqual(made);
    expect(await kept.forget(made)).toBe(true);
    await late.arrive();
    expect([await kept.find("2"), await kept.forget(made)]).toEqual([null, false]);
  });

  it("lasts for whole milliseconds, whatever it is asked for", async () => {
    const { kept, runtime } = scene();
    const made = (await kept.create("one", "text", runtime.now() + 0.25)) ?? expect.fail();
    expect(made.expiresAt).toBe(runtime.now() + 1);
    expect((await kept.change(made, "text", runtime.now() + 1.5))?.expiresAt).toBe(runtime.now() + 2);
  });

  it("belongs to nobody, and no token opens it", async () => {
    const { kept, store, runtime, soon } = scene();
    const { id } = (await kept.create("one", "text", soon())) ?? expect.fail();
    const [record] = await store.find([id], runtime.now());
    expect(record).toMatchObject({ userId: null, persistent: false });
  });
});
