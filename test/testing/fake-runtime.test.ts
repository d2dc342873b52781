import { describe, expect, test } from "vitest";
import { pause } from "../../src/runtime.ts";
import { fakeRuntime } from "../../src/testing/index.ts";

describe("the clock", () => {
  test("stands still until it is moved", () => {
    const runtime = fakeRuntime({ now: 5_000 });
    expect(runtime.now()).toBe(5_000);
    runtime.advance(250);
    runtime.advance("1m");
    expect(runtime.now()).toBe(65_250);
  });

  test("starts at a fixed instant by default", () => {
    expect(fakeRuntime().now()).toBe(Date.UTC(2026, 0, 1));
  });

  test("refuses what is no duration", () => {
    expect(() => fakeRuntime().advance(-1)).toThrow("by is not a duration");
  });
});

describe("timers", () => {
  test("fire in the order of their instants, each at its own", () => {
    const runtime = fakeRuntime({ now: 0 });
    const fired: string[] = [];
    const note = (name: string) => () => fired.push(`${name} at ${runtime.now()}`);
    runtime.after(30, note("late"));
    runtime.after(10, note("early"));
    runtime.after(10, note("early too"));
    runtime.advance(30);
    expect(fired).toEqual(["early at 10", "early too at 10", "late at 30"]);
  });

  test("do not fire before their instant, nor twice", () => {
    const runtime = fakeRuntime();
    let fired = 0;
    runtime.after(10, () => fired++);
    runtime.advance(9);
    expect(fired).toBe(0);
    runtime.advance(1);
    runtime.advance(100);
    expect(fired).toBe(1);
  });

  test("that a task sets fire on the same way when they come due", () => {
    const runtime = fakeRuntime({ now: 0 });
    const fired: number[] = [];
    const again = () => {
      fired.push(runtime.now());
      runtime.after(10, again);
    };
    runtime.after(10, again);
    runtime.advance(35);
    expect(fired).toEqual([10, 20, 30]);
    expect(runtime.now()).toBe(35);
    expect(runtime.waiting()).toBe(1);
  });

  test("that were cancelled never fire", () => {
    const runtime = fakeRuntime();
    let fired = 0;
    const cancel = runtime.after(10, () => fired++);
    cancel();
    cancel();
    runtime.advance(20);
    expect(fired).toBe(0);
    expect(runtime.waiting()).toBe(0);
  });

  test("of no delay fire with advance(0)", () => {
    const runtime = fakeRuntime();
    let fired = 0;
    runtime.after(0, () => fired++);
    expect(fired).toBe(0);
    runtime.advance(0);
    expect(fired).toBe(1);
  });
});

describe("settle", () => {
  test("lets promises and tasks without delay go on to their end", async () => {
    const runtime = fakeRuntime();
    let done = false;
    const work = async () => {
      for (let round = 0; round < 5; round++) await pause(runtime, 0);
      done = true;
    };
    void work();
    await runtime.settle();
    expect(done).toBe(true);
  });

  test("does not move time", async () => {
    const runtime = fakeRuntime({ now: 7 });
    runtime.after(1, () => undefined);
    await runtime.settle();
    expect(runtime.now()).toBe(7);
    expect(runtime.waiting()).toBe(1);
  });
});

describe("chance", () => {
  test("is the same for the same seed, and another for another", () => {
    const bytes = (seed: number) => [...fakeRuntime({ seed }).randomBytes(32)];
    expect(bytes(3)).toEqual(bytes(3));
    expect(bytes(3)).not.toEqual(bytes(4));
  });

  test("gives fresh bytes with every call", () => {
    const runtime = fakeRuntime();
    const seen = new Set(Array.from({ length: 1_000 }, () => runtime.randomBytes(8).join()));
    expect(seen.size).toBe(1_000);
  });

  test("gives a jitter in [0, 1) that changes no bytes", () => {
    const [one, other] = [fakeRuntime(), fakeRuntime()];
    const jitters = Array.from({ length: 1_000 }, () => one.jitter());
    expect(Math.min(...jitters)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...jitters)).toBeLessThan(1);
    expect([...one.randomBytes(16)]).toEqual([...other.randomBytes(16)]);
  });
});
