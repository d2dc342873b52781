import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lessonsInOrder, progressIn } from "../../../src/extensions/progress/course.ts";
import { memoryProgress, type ProgressData } from "../../../src/extensions/progress/index.ts";
import { counted, course, order, progressWorld } from "./worlds.ts";

describe("R-A16 progress: courses", () => {
  it("takes lessons in the order of their sections", () => {
    expect(lessonsInOrder(course)).toEqual(order);
  });

  it("tells the completed lessons, the next one, and how far one has come", () => {
    expect(progressIn(order, (lesson) => ["intro", "b1"].includes(lesson))).toEqual({
      completedLessons: ["intro", "b1"],
      nextLesson: "a1",
      percentCompleted: 29,
      completedCount: 2,
      totalCount: 7,
    });
  });

  it("says 100 percent exactly when every lesson is completed", () => {
    const counts = fc.integer({ min: 0, max: 2_000 });
    fc.assert(
      fc.property(counts, counts, (done, total) => {
        const lessons = Array.from({ length: total }, (_, at) => `l${at}`);
        const set = new Set(lessons.slice(0, done));
        const { percentCompleted, completedCount } = progressIn(lessons, (lesson) => set.has(lesson));
        expect(percentCompleted === 100).toBe(total > 0 && completedCount === total);
        expect(percentCompleted === 0).toBe(completedCount === 0);
      }),
    );
  });

  it("has no progress in a course that there is not", async () => {
    const here = progressWorld();
    const found = await here
      .browser()
      .do(async (progress) => [
        await progress.course("nothing"),
        await progress.module("nothing"),
        await progress.next("nothing"),
        await progress.resume("nothing"),
      ]);
    expect(found).toEqual([null, null, null, null]);
  });
});

describe.each([
  ["a visitor without an account", false],
  ["a user", true],
])("R-A16 progress of %s", (_, isUser) => {
  const begin = async (options = {}) => {
    const here = progressWorld(options);
    const learner = here.browser();
    if (isUser) await learner.do((_progress, session) => session.signIn("u1"));
    return { here, learner };
  };

  it("completes, reopens, and goes on from request to request", async () => {
    const { here, learner } = await begin();
    expect(await learner.do((progress) => progress.complete("intro"))).toBe(true);
    expect(await learner.do((progress) => progress.complete("intro"))).toBe(false);
    here.runtime.advance(1);
    expect(await learner.do((progress) => progress.complete("a2"))).toBe(true);
    expect(await learner.do((progress) => progress.next("ts"))).toBe("a1");
    expect(await learner.do((progress) => progress.reopen("intro"))).toBe(true);
    expect(await learner.do((progress) => progress.reopen("intro"))).toBe(false);
    expect(await learner.do((progress) => progress.course("ts"))).toMatchObject({
      completedLessons: ["a2"],
      nextLesson: "intro",
      percentCompleted: 15,
    });
    expect(await learner.do((progress) => progress.isComplete("a2"))).toBe(true);
  });

  it("sees in one request what it has just done", async () => {
    const { learner } = await begin();
    const seen = await learner.do(async (progress) => {
      await progress.course("ts");
      await progress.complete("intro");
      await progress.visit("a1");
      const course = await progress.course("ts");
      await progress.reopen("intro");
      return [course?.completedCount, await progress.isComplete("intro"), (await progress.resume())?.lessonId];
    });
    expect(seen).toEqual([1, false, "a1"]);
  });

  it("goes on where the visitor was last, in a course and anywhere", async () => {
    const { here, learner } = await begin();
    for (const lesson of ["a1", "b1", "elsewhere"]) {
      here.runtime.advance(1_000);
      await learner.do((progress) => progress.visit(lesson));
    }
    expect(await learner.do((progress) => progress.resume("ts"))).toMatchObject({ lessonId: "b1" });
    expect(await learner.do((progress) => progress.resume())).toMatchObject({ lessonId: "elsewhere" });
  });

  it("tells of a completion once", async () => {
    const { here, learner } = await begin();
    for (let times = 0; times < 3; times++) await learner.do((progress) => progress.complete("intro"));
    const told = here.events.filter((event) => event.type === "extension");
    expect(told).toMatchObject([
      { extension: "progress", event: "lesson-completed", facts: { lesson: "intro" }, userId: isUser ? "u1" : null },
    ]);
  });

  it("refuses what is no lesson", async () => {
    const { learner } = await begin({ hasLesson: (id: string) => order.includes(id) });
    for (const lesson of ["", "x".repeat(256), "unknown", 7, null, { toString: () => "intro" }])
      await expect(learner.do((progress) => progress.complete(lesson as string))).rejects.toMatchObject({
        code: "DATA_INVALID",
      });
  });

  it("completes a lesson of any name", async () => {
    const { learner } = await begin();
    for (const lesson of ["__proto__", "constructor", "toString", "a\0b", "\ud800", '"q"']) {
      expect(await learner.do((progress) => progress.isComplete(lesson))).toBe(false);
      expect(await learner.do((progress) => progress.complete(lesson))).toBe(true);
      expect(await learner.do((progress) => progress.isComplete(lesson))).toBe(true);
    }
  });
});

describe("R-A9 progress: what a request costs", () => {
  it("asks the store once and each course once, whatever a page asks; nothing where it asks nothing", async () => {
    const { data, calls } = counted(memoryProgress());
    let courses = 0;
    const here = progressWorld({
      data,
      courses: () => {
        courses += 1;
        return course;
      },
    });
    const learner = here.browser();
    await learner.do((_progress, session) => session.signIn("u1"));
    await learner.do(async () => undefined);
    expect(calls).toEqual([]);
    await learner.do(async (progress) => {
      const asked = [progress.course("ts"), progress.module("ts"), progress.next("ts"), progress.resume("ts")];
      await Promise.all([...asked, progress.isComplete("intro"), progress.resume()]);
    });
    expect([calls, courses]).toEqual([["load"], 1]);
  });

  it("asks no store for a visitor without an account, and begins no session by reading", async () => {
    const { data, calls } = counted(memoryProgress());
    const here = progressWorld({ data });
    const learner = here.browser();
    await learner.do((progress) => progress.course("ts"));
    expect([calls, learner.browser.cookies.size]).toEqual([[], 0]);
  });
});

describe("R-A14 progress: sign-in", () => {
  it("unites what two devices did with what the user has, in any order and at the same moment", async () => {
    const here = progressWorld();
    await here.data.complete("u1", "outro", 1);
    const devices = [here.browser(), here.browser()];
    await devices[0]?.do((progress) => progress.complete("intro"));
    await devices[0]?.do((progress) => progress.complete("a1"));
    await devices[1]?.do((progress) => progress.complete("a1"));
    await devices[1]?.do((progress) => progress.complete("b1"));
    await Promise.all(devices.map((device) => device.do((_progress, session) => session.signIn("u1"))));
    for (const device of devices)
      expect(await device.do(async (progress) => (await progress.course("ts"))?.completedLessons)).toEqual([
        "intro",
        "a1",
        "b1",
        "outro",
      ]);
  });

  it("lets go of what was taken over", async () => {
    const here = progressWorld();
    const learner = here.browser();
    await learner.do((progress) => progress.complete("intro"));
    await learner.do((progress) => progress.visit("a1"));
    await learner.do((_progress, session) => session.signIn("u1"));
    const record = await here.store.find([learner.browser.token.split(".")[0] ?? ""], here.runtime.now());
    expect(JSON.stringify(record)).not.toContain("progress.");
    expect(here.events).toContainEqual(expect.objectContaining({ event: "progress-merged", facts: { lessons: 2 } }));
  });

  it("does not bring a lesson back that the user has reopened since", async () => {
    const here = progressWorld();
    const [stale, fresh] = [here.browser(), here.browser()];
    await stale.do((progress) => progress.complete("intro"));
    here.runtime.advance(1_000);
    await fresh.do((_progress, session) => session.signIn("u1"));
    await fresh.do((progress) => progress.complete("intro"));
    here.runtime.advance(1_000);
    await fresh.do((progress) => progress.reopen("intro"));
    await stale.do((_progress, session) => session.signIn("u1"));
    for (const device of [stale, fresh])
      expect(await device.do((progress) => progress.isComplete("intro"))).toBe(false);
  });

  it("gives nothing to another user, neither at sign-in nor by what is left of a failure", async () => {
    const broken = failing(memoryProgress());
    const here = progressWorld({ data: broken.data });
    const learner = here.browser();
    await learner.do((progress) => progress.complete("intro"));
    broken.isDown = true;
    await learner.do((_progress, session) => session.signIn("u1"));
    broken.isDown = false;
    await learner.do((_progress, session) => session.signIn("u2"));
    expect(await learner.do((progress) => progress.isComplete("intro"))).toBe(false);
    await learner.do((progress) => progress.complete("a1"));
    expect(await broken.data.load("u2")).toMatchObject([{ lessonId: "a1" }]);
  });

  it("loses nothing where the store fails at sign-in: the session holds it, shows it, and stores it before the next write", async () => {
    const broken = failing(memoryProgress());
    const here = progressWorld({ data: broken.data });
    const learner = here.browser();
    await learner.do((progress) => progress.complete("intro"));
    broken.isDown = true;
    await learner.do((_progress, session) => session.signIn("u1"));
    expect(here.events).toContainEqual(expect.objectContaining({ type: "extension-failed", part: "signedIn" }));
    broken.isDown = false;
    expect(await learner.do((progress) => progress.isComplete("intro"))).toBe(true);
    expect(await broken.data.load("u1")).toEqual([]);
    here.runtime.advance(1_000);
    await learner.do((progress) => progress.complete("a1"));
    const stored = await broken.data.load("u1");
    expect(stored.map(({ lessonId }) => lessonId).sort()).toEqual(["a1", "intro"]);
  });

  it("stays right where the process ends between storing and letting go, whatever the user does elsewhere meanwhile", async () => {
    const broken = failing(memoryProgress());
    const here = progressWorld({ data: broken.data });
    const [learner, other] = [here.browser(), here.browser()];
    await learner.do((progress) => progress.complete("intro"));
    await learner.do((progress) => progress.complete("a1"));
    broken.isCutAfterMerge = true;
    await learner.do((_progress, session) => session.signIn("u1"));
    broken.isCutAfterMerge = false;
    here.runtime.advance(1_000);
    await other.do((_progress, session) => session.signIn("u1"));
    await other.do((progress) => progress.reopen("intro"));
    // The session still holds "intro", which is stored and reopened since.
    expect(await learner.do((progress) => progress.isComplete("intro"))).toBe(false);
    await learner.do((progress) => progress.complete("b1"));
    expect(await learner.do(async (progress) => (await progress.course("ts"))?.completedLessons)).toEqual(["a1", "b1"]);
  });

  it("lets what the user does count always, and what was merged once never again", async () => {
    const actions = fc.constantFrom("complete" as const, "reopen" as const, "merge" as const);
    const step = fc.record({ action: actions, clock: fc.integer({ min: 1, max: 20 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const data = memoryProgress();
        const isComplete = async () => ((await data.load("u"))[0]?.completedAt ?? null) !== null;
        const merged: number[] = [];
        for (const { action, clock } of steps) {
          if (action === "merge") {
            await data.merge("u", [{ lessonId: "l", completedAt: clock, visitedAt: null }]);
            merged.push(clock);
          } else {
            // Whatever this server's clock says.
            await data[action]("u", "l", clock);
            expect(await isComplete()).toBe(action === "complete");
          }
          const before = await data.load("u");
          for (const again of merged) await data.merge("u", [{ lessonId: "l", completedAt: again, visitedAt: null }]);
          expect(await data.load("u")).toEqual(before);
        }
      }),
    );
  });
});

describe("R-A5 progress: what fails", () => {
  it.each([
    ["throws", () => Promise.reject(new Error("no connection to 10.0.0.7"))],
    [
      "throws at once",
      () => {
        throw new Error("no connection to 10.0.0.7");
      },
    ],
  ])("is a typed error where the store %s", async (_, load) => {
    const here = progressWorld({ data: { ...memoryProgress(), load } });
    const learner = here.browser();
    await learner.do((_progress, session) => session.signIn("u1"));
    const failure = await learner.do((progress) => progress.isComplete("intro").catch((error) => error));
    expect(failure).toMatchObject({ name: "SessionExtensionError", code: "EXTENSION_FAILED" });
    expect(failure.message).not.toContain("10.0.0.7");
  });

  it.each([
    ["false", () => false],
    ["false, later", async () => false],
    ["something that is not true", () => "yes" as never],
    ["nothing", () => undefined as never],
  ])("completes nothing where mayComplete answers %s", async (_, mayComplete) => {
    const learner = progressWorld({ mayComplete }).browser();
    await learner.do(async (progress) => {
      await expect(progress.complete("intro")).rejects.toMatchObject({ code: "LESSON_LOCKED" });
      expect(await progress.isComplete("intro")).toBe(false);
    });
  });

  it("completes nothing where mayComplete fails, and does not call that locked", async () => {
    const fails = async () => Promise.reject(new Error("10.0.0.7 is away"));
    const learner = progressWorld({ mayComplete: fails }).browser();
    await learner.do(async (progress) => {
      await expect(progress.complete("intro")).rejects.toMatchObject({ code: "EXTENSION_FAILED" });
      expect(await progress.isComplete("intro")).toBe(false);
    });
  });

  it("gives up on a store, a course or a question that is never answered", async () => {
    const never = () => new Promise<never>(() => undefined);
    const clock = {
      after(ms: number, task: () => void) {
        if (ms === 3_000) queueMicrotask(task);
        return () => undefined;
      },
    };
    const waiting = { timeLimit: "3s", clock } as const;
    const data = { ...memoryProgress(), load: never };
    const locked = progressWorld({ data, courses: never, mayComplete: never, ...waiting }).browser();
    await locked.do((progress) => expect(progress.complete("a")).rejects.toMatchObject({ code: "EXTENSION_FAILED" }));
    const here = progressWorld({ data, courses: never, hasLesson: never, ...waiting });
    const learner = here.browser();
    await learner.do((_progress, session) => session.signIn("u1"));
    await learner.do(async (progress) => {
      const calls = [progress.isComplete("a"), progress.course("ts"), progress.complete("a"), progress.visit("a")];
      for (const call of await Promise.allSettled(calls))
        expect(call).toMatchObject({ reason: { code: "EXTENSION_FAILED" } });
    });
  });
});

/** A port that can be switched off, or whose process ends when something was merged. */
function failing(inner: ProgressData) {
  const state = { isDown: false, isCutAfterMerge: false, data: inner };
  const data = { ...inner };
  for (const name of ["load", "complete", "reopen", "visit", "merge"] as const)
    data[name] = (async (...args: never[]) => {
      if (state.isDown) throw new Error("down");
      const answer = await (inner[name] as (...args: never[]) => unknown)(...args);
      if (name === "merge" && state.isCutAfterMerge) throw new Error("the process has ended");
      return answer;
    }) as never;
  state.data = data;
  return state;
}
