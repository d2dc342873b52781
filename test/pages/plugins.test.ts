import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import {
  configure,
  createCookieHandler,
  createMemorySessionStore,
  destroySession,
  getSessionData,
  replaceSessionData,
  type SessionStore,
  setSessionData,
  validateCSRFToken,
} from "../../src/adapters/next/pages.ts";
import { isSessionError } from "../../src/index.ts";
import { Browser, countOf, range, startServer } from "./browser.ts";
import { naivePages } from "./naive-pages.ts";
import { overwritingHandler, serialisingStore } from "./plugins.ts";

startServer();

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "resolved",
    (error) => error.code ?? error,
  );

describe("a plug-in store", () => {
  test("R-C1 goes on with the sessions, cookies and CSRF tokens that next-server-session began", async () => {
    const sessionStore = serialisingStore();
    const before = naivePages(sessionStore, overwritingHandler("nextSession"));
    const browser = new Browser();
    await browser.visit((req, res) => before.setSessionData(req, res, { cart: [1] }));
    const token = await browser.ask((req, res) => before.getCSRFToken(req, res));

    configure({ sessionStore, cookieHandler: createCookieHandler() });
    expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({ cart: [1] });
    expect(await browser.ask((req, res) => validateCSRFToken(req, res, token))).toBe(true);
    expect(await browser.ask((req, res) => validateCSRFToken(req, res, token))).toBe(false);
  });

  test("is asked for what the cookie holds, percent-encoded as before", async () => {
    const sessionStore = { ...serialisingStore(), id: async () => `a b/c+d=;ü${randomUUID()}` };
    configure({ sessionStore, cookieHandler: createCookieHandler() });
    const browser = new Browser();
    await browser.visit((req, res) => setSessionData(req, res, { a: 1 }));
    expect(browser.cookies.get("nextSession")).toMatch(/^a%20b%2Fc%2Bd%3D%3B%C3%BC/);
    expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({ a: 1 });
  });

  test("over a plain object finds nothing under the names that every object inherits", async () => {
    const rows: Record<string, Record<string, unknown>> = {};
    const sessionStore: SessionStore = {
      id: async () => randomUUID(),
      get: async (id) => rows[id],
      async set(id, data) {
        rows[id] = data;
      },
      async merge(id, data) {
        rows[id] = Object.assign(rows[id] ?? {}, data);
      },
      destroy: async (id) => delete rows[id],
    };
    configure({ sessionStore, cookieHandler: overwritingHandler() });
    for (const id of ["__proto__", "constructor", "toString", "x".repeat(5_000), "a\u0000b"]) {
      const browser = new Browser();
      browser.cookies.set("plain", encodeURI(id));
      await browser.visit((req, res) => setSessionData(req, res, { polluted: true }));
    }
    expect({}).not.toHaveProperty("polluted");
    expect(Object.keys(rows)).toHaveLength(5);
    for (const id of Object.keys(rows)) expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("methods may be those of a class", async () => {
    class Store implements SessionStore {
      readonly #inner = serialisingStore();
      id = () => this.#inner.id();
      async get(id: string) {
        return this.#inner.get(id);
      }
      async set(id: string, data: Record<string, unknown>) {
        await this.#inner.set(id, data);
      }
      async merge(id: string, data: Record<string, unknown>) {
        await this.#inner.merge(id, data);
      }
      async destroy(id: string) {
        await this.#inner.destroy(id);
      }
    }
    configure({ sessionStore: new Store() });
    const browser = new Browser();
    await browser.visit((req, res) => setSessionData(req, res, { a: 1 }));
    expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({ a: 1 });
  });

  test("a changed method of our memory store is called: the store is a plug-in then", async () => {
    const sessionStore = createMemorySessionStore();
    sessionStore.id = async () => "chosen";
    configure({ sessionStore });
    const browser = new Browser();
    await browser.visit((req, res) => setSessionData(req, res, { a: 1 }));
    expect(browser.cookies.get("session")).toBe("chosen");
    expect(await sessionStore.get("chosen")).toEqual({ a: 1 });
  });

  test("that fails or hangs is a typed error, and no cookie is sent for what it did not acknowledge", async () => {
    const inner = serialisingStore();
    for (const set of [() => Promise.reject(new Error("down")), () => new Promise<never>(() => {})]) {
      configure({ sessionStore: { ...inner, set }, storeTimeLimit: "50ms" });
      const { result, setCookies } = await new Browser().visit((req, res) =>
        codeOf(setSessionData(req, res, { a: 1 })),
      );
      expect({ result, setCookies }).toEqual({ result: "STORE_UNAVAILABLE", setCookies: [] });
    }
  });

  test("of two cookies with its name exactly one has to be known", async () => {
    const sessionStore = serialisingStore();
    configure({ sessionStore });
    const [one, other] = [new Browser(), new Browser()];
    await one.visit((req, res) => setSessionData(req, res, { a: 1 }));
    await other.visit((req, res) => setSessionData(req, res, { b: 2 }));
    const both = (first: string, second: string) => {
      const browser = new Browser();
      browser.cookies.set("session", `${first}; session=${second}`);
      return browser.ask((req, res) => getSessionData(req, res));
    };
    const [mine, theirs] = [one.cookies.get("session") as string, other.cookies.get("session") as string];
    expect(await both("tossed", mine)).toEqual({ a: 1 });
    expect(await both(mine, theirs)).toEqual({});
  });

  test("R-C6 every mixture of parallel changes in this process is applied", async () => {
    configure({ sessionStore: serialisingStore({ delay: 1 }) });
    const browser = new Browser();
    await browser.visit((req, res) => setSessionData(req, res, { n: 0 }));
    await Promise.all(
      range(30).flatMap((n) => [
        browser.ask((req, res) => setSessionData<{ n: number }>(req, res, (data) => ({ n: (data.n ?? 0) + 1 }))),
        browser.ask((req, res) => setSessionData(req, res, { [`k${n}`]: n })),
      ]),
    );
    const data = await browser.ask((req, res) => getSessionData(req, res));
    expect(data.n).toBe(30);
    expect(Object.keys(data)).toHaveLength(31);
  });
});

describe("a plug-in cookie handler", () => {
  test("R-C5 that overwrites the header takes no cookie away, whenever it was set", async () => {
    configure({ cookieHandler: overwritingHandler() });
    const { setCookies } = await new Browser().visit(async (req, res) => {
      res.setHeader("Set-Cookie", "before=1");
      const writing = setSessionData(req, res, { a: 1 });
      await pause(0);
      res.appendHeader("Set-Cookie", "meanwhile=1");
      await writing;
      await replaceSessionData(req, res, { b: 2 });
      res.setHeader("Set-Cookie", "after=1");
    });
    expect(countOf(setCookies, "plain")).toBe(1);
    expect(countOf(setCookies, "after")).toBe(1);
  });

  test("R-C5 beside the cookies of others, also one that is set while the handler works", async () => {
    configure({ cookieHandler: overwritingHandler() });
    const { setCookies } = await new Browser().visit(async (req, res) => {
      res.setHeader("Set-Cookie", ["before=1", "twice=1; Path=/a", "twice=2; Path=/b"]);
      const writing = setSessionData(req, res, { a: 1 });
      await pause(0);
      res.appendHeader("Set-Cookie", "meanwhile=1");
      await writing;
      res.appendHeader("Set-Cookie", "after=1");
    });
    const names = setCookies.map((line) => line.split("=")[0]);
    expect(names.toSorted()).toEqual(["after", "before", "meanwhile", "plain", "twice", "twice"]);
  });

  test("the response is as it was once the handler is done", async () => {
    configure({ cookieHandler: overwritingHandler() });
    const { result } = await new Browser().visit(async (req, res) => {
      const { setHeader, appendHeader } = res;
      await setSessionData(req, res, { a: 1 });
      return res.setHeader === setHeader && res.appendHeader === appendHeader && !Object.hasOwn(res, "setHeader");
    });
    expect(result).toBe(true);
  });

  test("that appends, and sets two cookies, works, and clears them", async () => {
    configure({
      cookieHandler: {
        read: (req) => /(?:^|; )two=([^;]+)/.exec(req.headers.cookie ?? "")?.[1],
        write: (res, value) => {
          (res as unknown as { appendHeader(name: string, value: string): void }).appendHeader(
            "Set-Cookie",
            `two=${value}`,
          );
          res.setHeader("Set-Cookie", [...([res.getHeader("set-cookie")].flat() as string[]), "two.sig=abc"]);
        },
        destroy: (res) => void res.setHeader("Set-Cookie", ["two=; Max-Age=0", "two.sig=; Max-Age=0"]),
      },
    });
    const browser = new Browser();
    const { setCookies } = await browser.visit(async (req, res) => {
      await setSessionData(req, res, { a: 1 });
      await replaceSessionData(req, res, { b: 2 });
    });
    expect([countOf(setCookies, "two"), countOf(setCookies, "two.sig"), setCookies.length]).toEqual([1, 1, 2]);
    expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({ b: 2 });
    await browser.visit((req, res) => destroySession(req, res));
    expect(browser.cookies.size).toBe(0);
  });

  test("what it throws goes to the caller", async () => {
    configure({ cookieHandler: { ...overwritingHandler(), write: () => Promise.reject(new Error("no key")) } });
    await expect(new Browser().visit((req, res) => setSessionData(req, res, { a: 1 }))).rejects.toThrow("no key");
  });

  test("a cookie for a mock that can set no header is a clear error", async () => {
    configure();
    const error = await setSessionData({ headers: {} } as never, { json() {} } as never, { a: 1 }).catch(
      (thrown) => thrown,
    );
    expect(isSessionError(error, "NO_REQUEST")).toBe(true);
  });
});
