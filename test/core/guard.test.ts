import { describe, expect, it } from "vitest";
import { createGuard } from "../../src/core/guard.ts";
import type { SessionEvent } from "../../src/index.ts";
import { memoryStore, SessionStoreError } from "../../src/index.ts";
import { fakeRuntime } from "../../src/testing/index.ts";

function guarded(pendingLimit = 10) {
  const runtime = fakeRuntime();
  const events: Pick<SessionEvent, "type">[] = [];
  const guard = createGuard(memoryStore(), { timeLimit: 2_000, pendingLimit }, runtime, (event) => events.push(event));
  return { runtime, events, guard };
}

const hangs = () => new Promise<never>(() => undefined);

/** Answers by turns what the outcomes say; counts the calls. */
function calls(...outcomes: (() => Promise<string>)[]) {
  let made = 0;
  const invoke = () => (outcomes[made++] ?? hangs)();
  return { invoke, made: () => made };
}

const fails = () => Promise.reject(new Error("connection reset"));
const answers = () => Promise.resolve("answer");

describe("F6 every call of the store ends", () => {
  it("a read whose connection was dropped is made a second time, after a pause", async () => {
    const { runtime, guard } = guarded();
    const { invoke, made } = calls(fails, answers);
    const reading = Promise.resolve(guard.read("find", invoke));
    await runtime.settle();
    expect(made()).toBe(1);
    runtime.advance("1s");
    expect(await reading).toBe("answer");
  });

  it("a read that fails twice fails", async () => {
    const { runtime, guard, events } = guarded();
    const { invoke, made } = calls(fails, fails, answers);
    const reading = expect(guard.read("find", invoke)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    await runtime.settle();
    runtime.advance("1s");
    await reading;
    expect(made()).toBe(2);
    expect(events).toHaveLength(2);
  });

  it("a read that hangs is not made again: the visitor has waited long enough", async () => {
    const { runtime, guard } = guarded();
    const { invoke, made } = calls(hangs, answers);
    const reading = expect(guard.read("find", invoke)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    runtime.advance("2s");
    await reading;
    expect(made()).toBe(1);
  });

  it("nor one that the store itself gave up after as long", async () => {
    const { runtime, guard } = guarded();
    const givesUp = () =>
      new Promise<never>((_, reject) => {
        runtime.after(1_999, () => reject(new SessionStoreError("STORE_UNAVAILABLE", "It was not answered in time.")));
      });
    const { invoke, made } = calls(givesUp, answers);
    const reading = expect(guard.read("find", invoke)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    runtime.advance("1999ms");
    await runtime.settle();
    runtime.advance("1s");
    await reading;
    expect(made()).toBe(1);
  });

  it("a call that changes something and may not be repeated is made once", async () => {
    const { guard } = guarded();
    const { invoke, made } = calls(fails, answers);
    await expect(guard.call("update", invoke)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(made()).toBe(1);
  });

  it("second tries are spread by chance", async () => {
    const { runtime, guard } = guarded(100);
    const twice = Array.from({ length: 20 }, () => calls(fails, answers));
    const all = Promise.all(twice.map(({ invoke }) => guard.repeat("destroy", invoke)));
    await runtime.settle();
    const instants = new Set<number>();
    for (let ms = 0; ms < 30; ms++) {
      const before = twice.filter(({ made }) => made() === 2).length;
      runtime.advance(1);
      await runtime.settle();
      if (twice.filter(({ made }) => made() === 2).length > before) instants.add(ms);
    }
    await all;
    expect(instants.size).toBeGreaterThan(3);
  });
});

describe("F6 no queue without a bound", () => {
  it("beyond the limit a call fails at once, and the store is not asked", async () => {
    const { guard } = guarded(2);
    const { invoke, made } = calls(hangs, hangs, answers);
    for (let each = 0; each < 2; each++) void guard.call("update", invoke);
    expect(() => guard.repeat("destroy", invoke)).toThrow(expect.objectContaining({ code: "STORE_UNAVAILABLE" }));
    expect(made()).toBe(2);
  });

  it("calls that have ended, well or not, make room", async () => {
    const { guard } = guarded(1);
    for (const outcome of [answers, fails, answers]) {
      await Promise.resolve(guard.call("update", outcome)).catch(() => undefined);
    }
    await expect(guard.call("update", answers)).resolves.toBe("answer");
  });

  it("a call that is never answered counts for ten time limits, since its client may be busy with it", async () => {
    const { runtime, guard } = guarded(1);
    const hanging = expect(guard.call("update", hangs)).rejects.toThrow();
    runtime.advance("19s");
    await hanging;
    expect(() => guard.call("update", answers)).toThrow(expect.objectContaining({ code: "STORE_UNAVAILABLE" }));
    runtime.advance("1s");
    await expect(guard.call("update", answers)).resolves.toBe("answer");
  });

  it("an answer that comes late makes room once", async () => {
    const { runtime, guard } = guarded(2);
    let answerLate!: (value: string) => void;
    const late = new Promise<string>((resolve) => {
      answerLate = resolve;
    });
    const first = expect(guard.call("update", () => late)).rejects.toThrow();
    runtime.advance("2s");
    await first;
    answerLate("late");
    await runtime.settle();
    runtime.advance("1m");
    for (let each = 0; each < 2; each++) void Promise.resolve(guard.call("update", hangs)).catch(() => undefined);
    expect(() => guard.call("update", answers)).toThrow(expect.objectContaining({ code: "STORE_UNAVAILABLE" }));
  });
});
