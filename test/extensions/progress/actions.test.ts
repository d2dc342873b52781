import { describe, expect, it } from "vitest";
import { memoryProgress, type ProgressData } from "../../../src/extensions/progress/index.ts";
import { course, type Learner, type ProgressWorld, progressWorld } from "./worlds.ts";

const base = "https://shop.example/api/session";

function ask(here: ProgressWorld, learner: Learner, path: string, init: RequestInit = {}): Promise<Response> {
  const { headers } = learner.browser.request();
  if (init.body) headers.set("content-type", "application/json");
  headers.set("origin", "https://shop.example");
  return here.sessions.handler(new Request(base + path, { ...init, headers }));
}

const post = (here: ProgressWorld, learner: Learner, body: unknown) =>
  ask(here, learner, "/progress-lesson", { method: "POST", body: JSON.stringify(body) });

describe("R-A7 progress over HTTP", () => {
  it("is the one of the session's user, whatever the body says", async () => {
    const here = progressWorld();
    const [ann, bob] = [here.browser(), here.browser()];
    await ann.do((_progress, session) => session.signIn("ann"));
    await bob.do((_progress, session) => session.signIn("bob"));
    const answer = await post(here, ann, { lesson: "intro", completed: true, userId: "bob" });
    expect(await answer.json()).toEqual({ lesson: "intro", completed: true, changed: true });
    const read = async (learner: Learner) => (await ask(here, learner, "/progress?course=ts&userId=bob")).json();
    expect(await read(ann)).toMatchObject({ progress: { completedLessons: ["intro"], nextLesson: "a1" } });
    expect(await read(bob)).toMatchObject({ progress: { completedLessons: [] } });
  });

  it("begins a session for a visitor who completes something, and none for one who looks", async () => {
    const here = progressWorld();
    const nobody = here.browser();
    const looked = await ask(here, nobody, "/progress?course=ts");
    expect([looked.status, looked.headers.getSetCookie()]).toEqual([200, []]);
    expect((await post(here, nobody, { lesson: "intro", completed: true })).headers.getSetCookie()).toHaveLength(1);
  });

  it("answers that there is no such course", async () => {
    const here = progressWorld();
    expect(await (await ask(here, here.browser(), "/progress?course=x")).json()).toEqual({ progress: null });
  });

  it.each([
    ["no lesson", { completed: true }],
    ["a lesson that is no text", { lesson: 7, completed: true }],
    ["a lesson that is too long", { lesson: "x".repeat(256), completed: true }],
    ["no answer whether it is completed", { lesson: "intro", completed: "perhaps" }],
    ["a list", []],
    ["nothing", null],
  ])("refuses %s with 400", async (_, body) => {
    const here = progressWorld();
    expect((await post(here, here.browser(), body)).status).toBe(400);
  });

  it("refuses a lesson that there is not with 400", async () => {
    const here = progressWorld({ hasLesson: (lesson) => lesson === "intro" });
    expect((await post(here, here.browser(), { lesson: "nothing", completed: true })).status).toBe(400);
  });

  it("refuses to complete a locked lesson with 403, and stores nothing; reopening is possible", async () => {
    const asked: (string | null)[][] = [];
    const here = progressWorld({
      async mayComplete(session, lesson) {
        asked.push([session.userId, lesson]);
        return lesson === "intro";
      },
    });
    const ann = here.browser();
    await ann.do((_progress, session) => session.signIn("ann"));
    const [locked, open] = [
      await post(here, ann, { lesson: "a1", completed: true, userId: "bob" }),
      await post(here, ann, { lesson: "intro", completed: true }),
    ];
    expect([locked.status, await locked.json(), open.status]).toEqual([403, { error: "forbidden" }, 200]);
    expect((await post(here, ann, { lesson: "a1", completed: false })).status).toBe(200);
    expect((await post(here, here.browser(), { lesson: "a1", completed: true })).status).toBe(403);
    expect(asked).toEqual([
      ["ann", "a1"],
      ["ann", "intro"],
      [null, "a1"],
    ]);
    const completed = (await here.data.load("ann")).filter(({ completedAt }) => completedAt !== null);
    expect(completed.map(({ lessonId }) => lessonId)).toEqual(["intro"]);
  });

  it("control: without mayComplete a locked lesson is completed by whoever knows its id", async () => {
    const here = progressWorld();
    expect((await post(here, here.browser(), { lesson: "a1", completed: true })).status).toBe(200);
  });

  it("refuses a page of another site", async () => {
    const here = progressWorld();
    const headers = { origin: "https://evil.example", "content-type": "application/json" };
    const body = JSON.stringify({ lesson: "intro", completed: true });
    const answer = await here.sessions.handler(
      new Request(`${base}/progress-lesson`, { method: "POST", headers, body }),
    );
    expect(answer.status).toBe(403);
  });
});

describe("control: a port whose merge takes whatever arrives", () => {
  it("brings a lesson back that was reopened, which the test of R-A14 would see", async () => {
    const inner = memoryProgress();
    const data: ProgressData = {
      ...inner,
      async merge(userId, held) {
        for (const { lessonId } of held) await inner.complete(userId, lessonId, 1);
      },
    };
    const here = progressWorld({ data, courses: () => course });
    const [stale, fresh] = [here.browser(), here.browser()];
    await stale.do((progress) => progress.complete("intro"));
    here.runtime.advance(1_000);
    await fresh.do((_progress, session) => session.signIn("u1"));
    await fresh.do((progress) => progress.complete("intro"));
    await fresh.do((progress) => progress.reopen("intro"));
    await stale.do((_progress, session) => session.signIn("u1"));
    expect(await fresh.do((progress) => progress.isComplete("intro"))).toBe(true);
  });
});
