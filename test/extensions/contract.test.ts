import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createSessions, defineExtension, isSessionError, memoryStore } from "../../src/index.ts";
import { Browser, eventNames, world } from "../support/world.ts";

/** A session with whatever the extensions of a test add. */
// biome-ignore lint/suspicious/noExplicitAny: each test adds other ones
type Loose = any;

const list = z.array(z.string()).default([]);
const union = (anonymous: string[], current: string[]) => [...new Set([...current, ...anonymous])];

const visited = defineExtension({
  name: "visited",
  data: { pages: list, last: z.string().optional() },
  keep: { pages: union, last: "drop" },
  resolve: (_session, context) => ({
    pages: () => context.data.pages,
    last: () => context.data.last,
    note: (page: string) => context.update("pages", (pages) => [...pages, page]),
    leave: (last: string | undefined) => context.set({ last }),
  }),
});

const never = new Promise<never>(() => undefined);

function read(session: object, name: string): unknown {
  try {
    return (session as Loose)[name];
  } catch (error) {
    return error;
  }
}

describe("R-A8 extensions: a failure stays where it is", () => {
  const broken = {
    throws: () => {
      throw new Error("no connection to 10.0.0.7");
    },
    rejects: async () => {
      throw new Error("no connection to 10.0.0.7");
    },
    hangs: () => never,
    well: () => "well",
  };

  it("gives whoever reads a failing one a typed error, and leaves the session and the others as they are", async () => {
    const here = world({ extend: broken });
    const browser = new Browser(here);
    await browser.visit(async (session: Loose) => {
      await session.signIn("u1");
      const thrown = read(session, "throws");
      expect(isSessionError(thrown, "EXTENSION_FAILED")).toBe(true);
      expect(read(session, "throws")).toBe(thrown);
      const rejected = await session.rejects.catch((error: unknown) => error);
      expect(isSessionError(rejected, "EXTENSION_FAILED")).toBe(true);
      expect(rejected.cause.message).toBe("no connection to 10.0.0.7");
      expect(`${rejected.message} ${rejected.hint}`).not.toContain("10.0.0.7");
      expect(session.well).toBe("well");
      expect(session.userId).toBe("u1");
      await session.set({ still: "writes" });
    });
    expect(eventNames(here).filter((name) => name.startsWith("extension"))).toEqual([
      "extension-failed:error",
      "extension-failed:error",
    ]);
  });

  it("gives up on a promise that is never settled, after the time limit and not before", async () => {
    const here = world({ extend: broken });
    await new Browser(here).visit(async (session: Loose) => {
      let outcome: unknown = "open";
      const settled = session.hangs.then(undefined, (error: unknown) => {
        outcome = error;
      });
      here.runtime.advance(9_999);
      await here.runtime.settle();
      expect(outcome).toBe("open");
      here.runtime.advance(1);
      await settled;
      expect(isSessionError(outcome, "EXTENSION_FAILED")).toBe(true);
      expect((outcome as Error).message).toContain("within 10000 ms");
    });
    expect(eventNames(here)).toContain("extension-failed:no-answer");
  });

  it("has a time limit of its own where it says so", async () => {
    const slow = { resolve: () => never, timeLimit: "50ms", fallback: () => "none" } as const;
    const here = world({ extend: { slow }, callbackTimeLimit: "1m" });
    await new Browser(here).visit(async (session: Loose) => {
      const value = session.slow;
      here.runtime.advance(50);
      expect(await value).toBe("none");
    });
  });

  it("is its fallback where it has one, whichever way it failed", async () => {
    const codes: unknown[] = [];
    const fallback = (error: { code: string }) => {
      codes.push(error.code);
      return [];
    };
    const here = world({
      extend: { a: { resolve: broken.throws, fallback }, b: { resolve: broken.rejects, fallback } } as Loose,
    });
    await new Browser(here).visit(async (session: Loose) => {
      expect(session.a).toEqual([]);
      expect(session.a).toBe(session.a);
      expect(await session.b).toEqual([]);
    });
    expect(codes).toEqual(["EXTENSION_FAILED", "EXTENSION_FAILED"]);
  });

  it("fails with its own error where the fallback fails, too", async () => {
    const here = world({ extend: { a: { resolve: broken.throws, fallback: broken.throws } } });
    await new Browser(here).visit((session) => {
      expect(isSessionError(read(session, "a"), "EXTENSION_FAILED")).toBe(true);
    });
  });

  it("lets pass what is no failure: our own errors, and what renderers steer by", async () => {
    const redirect = Object.assign(new Error("NEXT_REDIRECT"), { digest: "NEXT_REDIRECT;/sign-in" });
    const here = world({
      extend: {
        asks: {
          resolve: () => {
            throw redirect;
          },
          fallback: () => "never",
        },
        suspends: () => {
          throw never;
        },
        writes: async (session) => (session as Loose).verifyCsrfToken("x"),
      },
    });
    await new Browser(here).visit(async (session: Loose) => {
      expect(read(session, "asks")).toBe(redirect);
      expect(read(session, "suspends")).toBe(never);
      await expect(session.writes).rejects.toMatchObject({ code: "CONFIG_SECRET_MISSING" });
    });
    expect(eventNames(here).filter((name) => name === "extension-failed:error")).toHaveLength(1);
  });

  it("does not end the process when nobody awaits what failed", async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => void unhandled.push(error);
    process.on("unhandledRejection", note);
    await new Browser(world({ extend: broken })).visit((session: Loose) => void session.rejects);
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
  });

  it("runs once per request, also where it failed", async () => {
    let ran = 0;
    const counted = () => {
      ran += 1;
      throw new Error("no");
    };
    await new Browser(world({ extend: { counted } })).visit((session) => {
      for (let i = 0; i < 20; i++) read(session, "counted");
    });
    expect(ran).toBe(1);
  });
});

describe("R-A5 callbacks that hang", () => {
  it("a user look-up that never answers is an error, and neither a user nor nobody", async () => {
    const here = world({ user: () => never });
    const { token } = await here.sessions.create();
    const anonymous = await here.sessions.validate(token);
    expect(await anonymous?.loadUser()).toBeNull();
    const browser = new Browser(here);
    await browser.visit(async (session) => {
      const signing = session.signIn("u1");
      await here.runtime.settle();
      await signing;
      const loading = session.loadUser();
      await here.runtime.settle();
      here.runtime.advance("10s");
      await expect(loading).rejects.toMatchObject({ code: "USER_UNAVAILABLE" });
      expect(session.userId).toBe("u1");
    });
  });

  it("a public view that never answers is an error; the session goes on", async () => {
    const here = world({ publicView: () => never });
    await new Browser(here).visit(async (session) => {
      await session.signIn("u1");
      const view = Promise.resolve(session.toClient());
      here.runtime.advance("10s");
      await expect(view).rejects.toMatchObject({ code: "EXTENSION_FAILED" });
      expect(session.userId).toBe("u1");
    });
  });
});

describe("an extension's own data", () => {
  for (const [name, data] of [
    ["any data", undefined],
    ["configured data", { cart: list }],
  ] as const) {
    const options = { extend: { visited }, ...(data && { data }), keep: data ? ["cart"] : [] } as Loose;

    it(`${name}: is stored with the session, seen by the extension alone, and stays when the data is replaced`, async () => {
      const browser = new Browser(world(options));
      await browser.visit(async (session: Loose) => {
        await session.visited.note("/a");
        await session.set({ cart: ["x"] });
        await session.visited.note("/b");
      });
      await browser.visit(async (session: Loose) => {
        expect(session.visited.pages()).toEqual(["/a", "/b"]);
        expect(Reflect.ownKeys(session.data)).toEqual(["cart"]);
        expect(session.data["visited.pages"]).toBeUndefined();
        await session.replace({ cart: ["y"] });
        expect(session.visited.pages()).toEqual(["/a", "/b"]);
      });
      await browser.visit(async (session: Loose) => {
        expect(session.data.cart).toEqual(["y"]);
        expect(session.visited.pages()).toEqual(["/a", "/b"]);
        await expect(session.set({ "visited.pages": ["/c"] })).rejects.toMatchObject({ code: "DATA_INVALID" });
        await expect(session.set({ "visited.pages": undefined })).rejects.toMatchObject({ code: "DATA_INVALID" });
        await expect(session.update("visited.pages", () => undefined)).rejects.toMatchObject({ code: "DATA_INVALID" });
        await expect(session.update("visited.pages", () => [])).rejects.toMatchObject({ code: "DATA_INVALID" });
        expect(await session.pluck("visited.pages")).toBeUndefined();
        expect(session.visited.pages()).toEqual(["/a", "/b"]);
      });
    });
  }

  it("R-A14 survives sign-in as its keep says, whatever the application keeps, and never crosses to another user", async () => {
    const browser = new Browser(world({ extend: { visited } }));
    await browser.visit(async (session: Loose) => {
      await session.visited.note("/a");
      await session.visited.leave("/a");
      await session.set({ cart: 1 });
      await session.signIn("u1", { keep: [] });
      expect(session.visited.pages()).toEqual(["/a"]);
      expect(session.visited.last()).toBeUndefined();
      expect(session.data.cart).toBeUndefined();
    });
    await browser.visit(async (session: Loose) => {
      expect(session.visited.pages()).toEqual(["/a"]);
      await session.signIn("u2");
      expect(session.visited.pages()).toEqual([]);
    });
  });

  it("G1 loses no concurrent write of two requests", async () => {
    const here = world({ extend: { visited } });
    const { token } = await here.sessions.create();
    await Promise.all(
      Array.from({ length: 32 }, async (_, index) => {
        const session = (await here.sessions.validate(token)) as Loose;
        await (index % 8 === 7 ? session.replace({ step: index }) : session.visited.note(`/${index}`));
      }),
    );
    const session = (await here.sessions.validate(token)) as Loose;
    expect(session.visited.pages()).toHaveLength(28);
  });

  it("reads a stored value that no longer fits as its default, with an event", async () => {
    const store = memoryStore();
    const before = world({ store });
    const { token } = await before.sessions.create({ data: { "visited.pages": 7 } });
    const after = world({ store, extend: { visited } });
    const session = (await after.sessions.validate(token)) as Loose;
    expect(session.visited.pages()).toEqual([]);
    expect(eventNames(after)).toContain("data-discarded:invalid");
    await session.visited.note("/a");
    expect(session.visited.pages()).toEqual(["/a"]);
  });

  it("G5 makes no session by being read", async () => {
    const here = world({ extend: { visited } });
    const browser = new Browser(here);
    await browser.visit((session: Loose) => expect(session.visited.pages()).toEqual([]));
    expect(here.store.total()).toBe(0);
    expect(browser.cookies.size).toBe(0);
  });
});

describe("what an extension is told", () => {
  it("runs signedIn after the sign-in is stored, with the user's session; a failure is an event", async () => {
    const order: unknown[] = [];
    const merging = {
      resolve: (_: Loose, context: Loose) => context,
      data: { seen: list },
      keep: ["seen"],
      async signedIn(session: Loose, context: Loose) {
        order.push([session.userId, context.data.seen]);
        await context.set({ seen: undefined });
        throw new Error("and then it failed");
      },
    };
    const later = { resolve: () => 1, signedIn: () => void order.push("later") };
    const here = world({ extend: { merging, later } as Loose });
    const browser = new Browser(here);
    await browser.visit(async (session: Loose) => {
      await session.merging.set({ seen: ["a"] });
      await session.signIn("u1");
      expect(order).toEqual([["u1", ["a"]], "later"]);
      expect(session.userId).toBe("u1");
    });
    expect(eventNames(here)).toContain("extension-failed:error");
    await browser.visit((session: Loose) => expect(session.merging.data.seen).toEqual([]));
  });

  it("hears every event, and reports its own with the public ids of session and user", async () => {
    const heard: string[] = [];
    const talks = defineExtension({
      name: "talks",
      resolve: (_session, context) => () => context.emit("lesson-completed", { lesson: "l1" }),
      events: (event) => void heard.push(event.type),
    });
    const here = world({ extend: { talks } });
    await new Browser(here).visit(async (session: Loose) => {
      await session.signIn("u1");
      session.talks();
      expect(here.events.at(-1)).toEqual({
        ...{ type: "extension", extension: "talks", event: "lesson-completed", facts: { lesson: "l1" } },
        ...{ sessionId: session.id, userId: "u1", at: here.runtime.now() },
      });
    });
    expect(heard).toEqual(["created", "signed-in", "extension"]);
  });
});

describe("R-A3 what of an extension reaches the browser", () => {
  const shows = { resolve: async () => ({ rules: [1], secret: "s" }), publicView: (value: Loose) => value.rules };

  it("is what its publicView shows, under its name, in toClient() and GET; printing runs none", async () => {
    let ran = 0;
    const counted = { ...shows, resolve: async () => ({ rules: [++ran], secret: "s" }) };
    const here = world({ extend: { ability: counted, hidden: () => "hidden" } });
    const browser = new Browser(here);
    await browser.visit(async (session) => {
      await session.signIn("u1");
      expect(JSON.parse(JSON.stringify(session))).not.toHaveProperty("ability");
      expect(ran).toBe(0);
      expect(await session.toClient()).toMatchObject({ userId: "u1", ability: [1] });
    });
    const request = new Request("https://shop.example/api/session", {
      headers: { cookie: `__Host-session=${browser.token}` },
    });
    const body = await (await here.sessions.handler(request)).json();
    expect(body).toMatchObject({ userId: "u1", ability: [2] });
    expect(JSON.stringify(body)).not.toContain("hidden");
    expect(JSON.stringify(body)).not.toContain('"s"');
  });

  it("leaves out one that fails or hangs, and keeps what the application's view has under its name", async () => {
    const fails = { resolve: async () => Promise.reject(new Error("no")), publicView: () => true };
    const failsToShow = {
      resolve: () => 1,
      publicView: () => {
        throw new Error("no");
      },
    };
    const hangs = { resolve: () => 1, publicView: () => never };
    const here = world({
      extend: { shows, fails, failsToShow, hangs, own: shows },
      publicView: () => ({ own: "the application's" }),
    } as Loose);
    await new Browser(here).visit(async (session) => {
      await session.signIn("u1");
      const view = Promise.resolve(session.toClient());
      await here.runtime.settle();
      here.runtime.advance("10s");
      expect(await view).toEqual({ shows: [1], own: "the application's" });
    });
    expect(eventNames(here).filter((name) => name.startsWith("extension-failed"))).toHaveLength(3);
  });

  it("shows nothing of anybody who is not signed in", async () => {
    await new Browser(world({ extend: { shows } })).visit((session) => expect(session.toClient()).toBeNull());
  });
});

describe("the HTTP actions of an extension", () => {
  const greeting = defineExtension({
    name: "greeting",
    resolve: (session) => `hello ${session.userId}`,
    actions: {
      greet: {
        input: z.object({ loud: z.boolean() }),
        handler: ({ session, input }) => [session.greeting, input.loud],
      },
    },
  });

  it("are answered beside the application's, for the session's own viewer", async () => {
    const sessions = createSessions({ store: memoryStore(), origins: ["https://shop.example"], extend: { greeting } });
    const { token } = await sessions.create({ userId: "u1" });
    const post = (cookie: string) =>
      sessions.handler(
        new Request("https://shop.example/api/session/greet", {
          method: "POST",
          headers: { cookie, origin: "https://shop.example", "content-type": "application/json" },
          body: JSON.stringify({ loud: true, userId: "u2" }),
        }),
      );
    expect(await (await post(`__Host-session=${token}`)).json()).toEqual(["hello u1", true]);
    expect((await post("")).status).toBe(401);
    expect(Object.keys(sessions.actions)).toEqual(["greet"]);
  });

  it("may not have the name of another one", () => {
    const make = () =>
      createSessions({ store: memoryStore(), extend: { greeting }, actions: { greet: { handler: () => 1 } } });
    expect(make).toThrow("extend.greeting.actions.greet has the name of another action");
  });
});

describe("a configuration whose extensions do not fit is refused", () => {
  const one = defineExtension({ name: "one", resolve: () => 1 });
  const two = defineExtension({ name: "two", needs: [one], data: { n: z.number() }, resolve: () => 2 });
  const rows: readonly [string, Loose, string][] = [
    ["under another name", { extend: { other: one } }, 'extend.other is the extension named "one"'],
    ["without what it needs", { extend: { two } }, "extend.two needs one, which is not there"],
    ["before what it needs", { extend: { two, one } }, "extend.two needs one, which comes after it"],
    [
      "a data key of its own that the application has",
      { extend: { one, two }, data: { "two.n": z.number() } },
      "data.two.n is the key of an extension",
    ],
    ["a kept key that it has not", { extend: { x: { resolve: () => 1, keep: ["y"] } } }, "extend.x.keep names y"],
    ["a keep that is no rule", { extend: { x: { resolve: () => 1, data: {}, keep: 7 } } }, "extend.x.keep names"],
    ["a time limit that is none", { extend: { x: { resolve: () => 1, timeLimit: "soon" } } }, "extend.x.timeLimit"],
    ["no function", { extend: { x: { resolve: 1 } } }, "extend.x is neither a function nor an object with resolve"],
    ["nothing", { extend: { x: null } }, "extend.x is neither a function nor an object with resolve"],
    ["a name that hides what every session has", { extend: { toJSON: () => 1 } }, 'extend has "toJSON"'],
    ["a name of the session itself", { extend: { userId: () => "admin" } }, 'extend has "userId"'],
    [
      "a schema that is none",
      { extend: { x: { resolve: () => 1, data: { y: 1 } } } },
      "extend.x: data.x.y is not a Standard Schema",
    ],
  ];
  for (const [name, options, message] of rows)
    it(name, () => expect(() => createSessions({ store: memoryStore(), ...options })).toThrow(message));
});
