import { describe, expect, it } from "vitest";
import { memoryStore } from "../../src/index.ts";
import { failingStore } from "../../src/testing/index.ts";
import { eventNames, type World, world } from "../support/world.ts";

/** Makes sessions that are expired an hour later. */
async function withExpired(count: number, here: World = world({ timeouts: { idle: "30m" } })): Promise<World> {
  for (let each = 0; each < count; each++) await here.sessions.create({ userId: "u1" });
  here.runtime.advance("1h");
  here.store.reset();
  return here;
}

async function pass(here: World, time: `${number}${"s" | "m"}`): Promise<void> {
  here.runtime.advance(time);
  await here.runtime.settle();
}

const swept = ({ events }: World) => events.flatMap((event) => (event.type === "swept" ? [event.count] : []));

describe("sweep", () => {
  it("A7 deletes expired records up to the limit, in short steps", async () => {
    const here = world({ timeouts: { idle: "30m" }, store: memoryStoreThatKeeps() });
    await withExpired(450, here);
    expect(await here.sessions.sweep({ limit: 300 })).toBe(300);
    expect(here.store.counts.sweep).toBe(3);
    expect(await here.sessions.sweep()).toBe(150);
    expect(await here.sessions.sweep()).toBe(0);
  });

  it("a store that expires its records by itself answers 0", async () => {
    const { sweep, ...store } = memoryStore();
    const here = world({ store });
    expect(await here.sessions.sweep()).toBe(0);
  });
});

describe("the background sweeper", () => {
  it("sweeps again and again, about as often as it is told", async () => {
    const here = world();
    here.sessions.startSweeper({ every: "10m" });
    await pass(here, "1s");
    expect(swept(here)).toEqual([]);
    for (let minute = 0; minute < 600; minute++) await pass(here, "1m");
    expect(swept(here).length).toBeGreaterThan(40);
    expect(swept(here).length).toBeLessThan(90);
  });

  it("comes back sooner while expired records are left", async () => {
    const here = world({ timeouts: { idle: "30m" }, store: memoryStoreThatKeeps() });
    await withExpired(50, here);
    here.sessions.startSweeper({ every: "10m", limit: 10 });
    for (let minute = 0; minute < 25; minute++) await pass(here, "1m");
    expect(swept(here).slice(0, 5)).toEqual([10, 10, 10, 10, 10]);
  });

  it("goes on after a sweep that failed", async () => {
    const store = failingStore(memoryStore());
    const here = world({ store });
    store.fail("sweep", "refuse", { times: 1 });
    here.sessions.startSweeper();
    for (let minute = 0; minute < 40; minute++) await pass(here, "1m");
    expect(eventNames(here).slice(0, 2)).toEqual(["store-failure", "swept"]);
  });

  it("two instances that start together do not sweep together", async () => {
    const here = world();
    const instants = [1, 2].map(() => {
      let seen = 0;
      const { sessions } = world({ runtime: here.runtime, onEvent: () => (seen ||= here.runtime.now()) });
      sessions.startSweeper();
      return () => seen;
    });
    for (let second = 0; second < 1_200; second++) await pass(here, "1s");
    const [one, other] = instants.map((seen) => seen());
    expect([one, other]).not.toContain(0);
    expect(one).not.toBe(other);
  });

  it("stops when it is told, in the middle of a sweep too", async () => {
    const here = world();
    const stop = here.sessions.startSweeper();
    stop();
    for (let minute = 0; minute < 60; minute++) await pass(here, "1m");
    expect(swept(here)).toEqual([]);
    expect(here.runtime.waiting()).toBe(0);
  });

  it("refuses an interval that is too short, no duration, or longer than a timer can wait", () => {
    const { sessions } = world();
    expect(() => sessions.startSweeper({ every: "17d" })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    expect(() => sessions.startSweeper({ every: 10 })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    expect(() => sessions.startSweeper({ every: "often" as "1s" })).toThrow(/every/);
  });
});

describe("a limit that is no whole number above 0", () => {
  it.each([0, -1, 1.5, Number.NaN, "10" as never])("is refused: %s", async (limit) => {
    const { sessions, store } = world();
    expect(() => sessions.startSweeper({ limit })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    await expect(sessions.sweep({ limit })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    expect(store.counts.sweep).toBe(0);
  });
});

/** The memory store removes expired records by itself with each create: this one is created into at one instant. */
function memoryStoreThatKeeps() {
  return memoryStore({ maxEntries: 10_000 });
}
