import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { nextSessions } from "../../src/adapters/next/index.ts";
import {
  configure,
  createCookieHandler,
  createMemorySessionStore,
  destroySession,
  getCSRFToken,
  getSessionData,
  getSessionId,
  pluckSessionProperty,
  replaceSessionData,
  setSessionData,
  validateCSRFToken,
} from "../../src/adapters/next/pages.ts";
import { createSessions, isSessionError, memoryStore } from "../../src/index.ts";
import { countingStore } from "../../src/testing/index.ts";
import { Browser, countOf, startServer } from "./browser.ts";
import { liveObjectStore, overwritingHandler, serialisingStore } from "./plugins.ts";

startServer();
beforeEach(() => configure());

type Pages = typeof import("../../src/adapters/next/pages.ts");

/** The whole package once more, as when Next bundles it a second time: not one module is shared. */
async function copyOfThePackage(number: number): Promise<Pages> {
  vi.resetModules();
  return import(/* @vite-ignore */ `../../src/adapters/next/pages.ts?copy=${number}`);
}

function forgetConfiguration(): void {
  Reflect.deleteProperty(globalThis, Symbol.for("coatcheck.pages"));
}

describe("R-C13 configuration", () => {
  test("is not needed: without it everything works, in every copy, on one store", async () => {
    const [one, other] = [await copyOfThePackage(1), await copyOfThePackage(2)];
    expect(one.getSessionData).not.toBe(other.getSessionData);
    forgetConfiguration();
    const browser = new Browser();
    await browser.visit((req, res) => one.setSessionData(req, res, { a: 1 }));
    expect(await browser.ask((req, res) => other.getSessionData(req, res))).toEqual({ a: 1 });
  });

  test("made in one copy reaches every other, whatever was loaded first, and one request's visit is one for all", async () => {
    const [one, other] = [await copyOfThePackage(3), await copyOfThePackage(4)];
    const sessionStore = serialisingStore({ delay: 0 });
    one.configure({ sessionStore, cookieHandler: one.createCookieHandler("shared") });
    const browser = new Browser();
    const { setCookies } = await browser.visit((req, res) =>
      Promise.all([
        one.setSessionData(req, res, { a: 1 }),
        other.setSessionData(req, res, { b: 2 }),
        setSessionData(req, res, { c: 3 }),
      ]),
    );
    expect(countOf(setCookies, "shared")).toBe(1);
    expect(sessionStore.rows.size).toBe(1);
    expect(await browser.ask((req, res) => other.getSessionData(req, res))).toEqual({ a: 1, b: 2, c: 3 });
  });

  test("with the parts of one copy works in another: nothing is told apart by instanceof", async () => {
    const other = await copyOfThePackage(5);
    vi.useFakeTimers({ toFake: ["Date"] });
    configure({
      sessionStore: other.createMemorySessionStore(60_000),
      cookieHandler: other.createCookieHandler("mixed"),
    });
    const browser = new Browser();
    await browser.visit((req, res) => setSessionData(req, res, { a: 1 }));
    expect(browser.cookies.get("mixed")).toMatch(/^ccs_/); // the whole engine, not the five methods
    vi.setSystemTime(Date.now() + 60_000);
    expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({});
    vi.useRealTimers();
  });

  test("made again replaces the one before", async () => {
    configure({ sessionStore: createMemorySessionStore(), cookieHandler: createCookieHandler("first") });
    const browser = new Browser();
    await browser.visit((req, res) => setSessionData(req, res, { a: 1 }));
    configure({ sessionStore: createMemorySessionStore(), cookieHandler: createCookieHandler("second") });
    const { result, setCookies } = await browser.visit(async (req, res) => {
      const data = await getSessionData(req, res);
      await setSessionData(req, res, { b: 2 });
      return data;
    });
    expect(result).toEqual({});
    expect([countOf(setCookies, "first"), countOf(setCookies, "second")]).toEqual([0, 1]);
  });

  describe("inside Next, which puts AsyncLocalStorage on globalThis", () => {
    beforeEach(() => void vi.stubGlobal("AsyncLocalStorage", class {}));
    afterEach(() => void vi.unstubAllGlobals());

    test("a module that is evaluated again keeps the sessions in memory, and its changes take effect", async () => {
      configure({ sessionStore: createMemorySessionStore(), cookieHandler: createCookieHandler("hot") });
      const browser = new Browser();
      await browser.visit((req, res) => setSessionData(req, res, { a: 1 }));
      configure({
        sessionStore: createMemorySessionStore(),
        cookieHandler: createCookieHandler("hot", { maxAge: 60 }),
      });
      const { result, setCookies } = await browser.visit(async (req, res) => {
        const data = await getSessionData(req, res);
        await replaceSessionData(req, res, { b: 2 });
        return data;
      });
      expect(result).toEqual({ a: 1 });
      expect(setCookies[0]).toContain("Max-Age=60");
    });
  });

  test.each([
    [
      "a store without methods",
      { sessionStore: { get: async () => null } },
      /sessionStore has no id, set, merge, destroy/,
    ],
    ["a handler without methods", { cookieHandler: { read: async () => "" } }, /cookieHandler has no write, destroy/],
    ["something that is no manager", { sessions: {} }, /sessions has no visit/],
    [
      "a manager and more",
      { sessions: createSessions({ store: memoryStore() }), origins: [] },
      /leaves no room for origins/,
    ],
    ["two stores", { sessionStore: createMemorySessionStore(), store: memoryStore() }, /Both sessionStore and store/],
    ["two cookies", { cookieHandler: createCookieHandler(), cookie: { name: "a" } }, /Both cookieHandler and cookie/],
    ["a schema for a plug-in", { sessionStore: liveObjectStore(), data: {} }, /leaves data without effect/],
    ["a wrong duration", { timeouts: { idle: "soon" } }, /timeouts\.idle is not a duration/],
    ["an origin over http", { origins: ["http://shop.example"] }, /plain http/],
  ])("with %s is refused at once, and the one before stays", async (_what, config, message) => {
    configure({ cookieHandler: createCookieHandler("before") });
    expect(() => configure(config as never)).toThrow(message);
    const { setCookies } = await new Browser().visit((req, res) => setSessionData(req, res, { a: 1 }));
    expect(countOf(setCookies, "before")).toBe(1);
  });

  test.each([
    ["sessionStore", { sessionStore: memoryStore() }],
    ["store", { store: memoryStore() }],
  ])("takes a store of this package as %s", async (_name, config) => {
    configure(config);
    const browser = new Browser();
    await browser.visit((req, res) => setSessionData(req, res, { a: 1 }));
    expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({ a: 1 });
  });
});

describe("the manager of the App Router, shared", () => {
  const make = () => {
    const store = countingStore(memoryStore());
    const app = nextSessions({ store, user: (id) => (id === "gone" ? null : { id }) });
    configure({ sessions: app.sessions });
    return { store, app };
  };

  test("is one session, one visit and one cookie in a request, and one store read in the next", async () => {
    const { app, store } = make();
    const browser = new Browser();
    const { setCookies } = await browser.visit(async (req, res) => {
      await Promise.all([
        setSessionData(req, res, { a: 1 }),
        app.openSession(req, res).then((session) => session.set({ b: 2 } as never)),
      ]);
    });
    expect(countOf(setCookies, "session")).toBe(1);
    store.reset();
    const { result } = await browser.visit(async (req, res) => {
      const session = await app.getSession({ req, res } as never);
      return {
        pages: await getSessionData(req, res),
        app: { ...session.data },
        id: session.id === (await getSessionId(req, res)),
      };
    });
    expect(result).toEqual({ pages: { a: 1, b: 2 }, app: { a: 1, b: 2 }, id: true });
    expect(store.counts.find).toBe(1);
  });

  test("replaceSessionData leaves a user signed in, with a new token", async () => {
    const { app } = make();
    const browser = new Browser();
    await browser.visit((req, res) => app.createAuthSession(req, res, "ada"));
    const old = browser.copy();
    await browser.visit((req, res) => replaceSessionData(req, res, { step: 1 }));
    const userOf = (from: Browser) => from.ask(async (req, res) => (await app.auth(req, res))?.userId ?? null);
    expect([await userOf(browser), await userOf(old)]).toEqual(["ada", null]);
  });

  test("destroySession signs out", async () => {
    const { app } = make();
    const browser = new Browser();
    await browser.visit((req, res) => app.createAuthSession(req, res, "ada"));
    const { result } = await browser.visit(async (req, res) => {
      await destroySession(req, res);
      return app.auth(req, res);
    });
    expect(result).toBeNull();
    expect(browser.cookies.size).toBe(0);
  });

  test("the data of a user who does not exist any more is not shown", async () => {
    const { app } = make();
    const browser = new Browser();
    await browser.visit((req, res) => app.createAuthSession(req, res, "gone"));
    expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({});
  });

  test("its schemas hold, and CSRF tokens need no key of theirs", async () => {
    configure({ sessions: createSessions({ store: memoryStore(), data: { step: z.number().default(1) } }) });
    const browser = new Browser();
    expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({ step: 1 });
    const refused = (data: object) => browser.ask((req, res) => setSessionData(req, res, data).catch((error) => error));
    expect(isSessionError(await refused({ step: "two" }), "DATA_INVALID")).toBe(true);
    expect(isSessionError(await refused({ other: 1 }), "DATA_INVALID")).toBe(true);
    await browser.visit((req, res) =>
      setSessionData<{ step: number }>(req, res, ({ step = 0 }) => ({ step: step + 1 })),
    );
    const token = await browser.ask((req, res) => getCSRFToken(req, res));
    expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({ step: 2 });
    expect(await browser.ask((req, res) => validateCSRFToken(req, res, token))).toBe(true);
    expect(await browser.ask((req, res) => pluckSessionProperty(req, res, "step"))).toBe(2);
    expect(await browser.ask((req, res) => pluckSessionProperty(req, res, "constructor"))).toBeNull();
  });
});

describe("getSessionId", () => {
  test("on the engine: null without a session; asked to persist, it begins one, once", async () => {
    const browser = new Browser();
    const { result, setCookies } = await browser.visit(async (req, res) => [
      await getSessionId(req, res),
      ...(await Promise.all([getSessionId(req, res, true), getSessionId({ req, res }, true)])),
      await getSessionId(req, res),
    ]);
    const [before, ...ids] = result;
    expect(before).toBeNull();
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[\w-]{22}$/);
    expect(countOf(setCookies, "session")).toBe(1);
    expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({});
    expect(await browser.ask((req, res) => getSessionId(req, res))).toBe(ids[0]);
  });

  test("on the engine the id is no credential", async () => {
    const browser = new Browser();
    const id = await browser.ask((req, res) => getSessionId(req, res, true));
    await browser.visit((req, res) => setSessionData(req, res, { a: 1 }));
    browser.cookies.set("session", id as string);
    expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({});
  });

  test("on a plug-in store: a fresh id that the session of this request will have", async () => {
    configure({ sessionStore: serialisingStore({ delay: 0 }), cookieHandler: overwritingHandler() });
    const browser = new Browser();
    const ids = await browser.ask(async (req, res) => [
      await getSessionId(req, res),
      await getSessionId(req, res),
      await setSessionData(req, res, { a: 1 }).then(() => getSessionId(req, res)),
    ]);
    expect(new Set(ids).size).toBe(1);
    expect(browser.cookies.get("plain")).toBe(ids[0]);
  });
});
