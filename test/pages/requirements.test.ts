import { afterEach, beforeEach, describe, expect, expectTypeOf, test, vi } from "vitest";
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
import { isSessionError, memoryStore } from "../../src/index.ts";
import { countingStore, failingStore, fakeRuntime } from "../../src/testing/index.ts";
import { Browser, countOf, range, startServer } from "./browser.ts";
import { liveObjectStore, serialisingStore } from "./plugins.ts";

startServer();
beforeEach(() => configure());
afterEach(() => void vi.useRealTimers());

const minute = 60_000;
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "resolved",
    (error) => (isSessionError(error) ? error.code : error),
  );

const stores = {
  "the default": () => configure(),
  "a plug-in": () => configure({ sessionStore: serialisingStore({ delay: 1 }) }),
};

describe("R-C2 every function", () => {
  test("takes (req, res) and (context), and both are the same session", async () => {
    const browser = new Browser();
    const { result } = await browser.visit(async (req, res) => {
      const context = { req, res, query: {}, resolvedUrl: "/" };
      await setSessionData(context, { a: 1 });
      await setSessionData(req, res, { b: 2 });
      const token = await getCSRFToken(context, "form");
      return {
        data: [await getSessionData(req, res), await getSessionData(context)],
        isOneId: (await getSessionId(context)) === (await getSessionId(req, res)),
        plucked: [await pluckSessionProperty(context, "a"), await pluckSessionProperty(req, res, "a")],
        valid: [await validateCSRFToken(context, token, "form"), await validateCSRFToken(req, res, token, "form")],
      };
    });
    expect(result).toEqual({
      data: [
        { a: 1, b: 2 },
        { a: 1, b: 2 },
      ],
      isOneId: true,
      plucked: [1, null],
      valid: [true, false],
    });
    await browser.visit((req, res) => replaceSessionData({ req, res }, { c: 3 }));
    expect(await browser.ask((req, res) => getSessionData({ req, res }))).toEqual({ c: 3 });
    await browser.visit((req, res) => destroySession({ req, res }));
    expect(browser.cookies.size).toBe(0);
  });

  const fetchStyle = new Request("https://shop.example/");
  test.each([
    ["no request at all", [], /called without a request.*GetServerSidePropsContext.*coatcheck\/next/s],
    ["the data alone, as its README showed", [{ viewed: true }], /called without a request/],
    ["a request without its response", [{ headers: {} }], /called without a request/],
    ["a fetch-style Request", [fetchStyle], /fetch-style Request.*nextSessions from coatcheck\/next/s],
    ["a fetch-style pair", [fetchStyle, new Response()], /fetch-style Request/],
    ["a context with a fetch-style Request", [{ req: fetchStyle, res: {} }], /fetch-style Request/],
    ["the context of a page in the browser", [{ pathname: "/" }], /called without a request/],
  ])("says what is wrong with %s", async (_what, values, message) => {
    const call = getSessionData as unknown as (...values: unknown[]) => Promise<unknown>;
    const error = await call(...values).catch((thrown: Error) => thrown);
    expect(isSessionError(error, "NO_REQUEST")).toBe(true);
    expect((error as Error).message).toMatch(message);
  });
});

describe("R-C3 createMemorySessionStore", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] })); // no sweep runs: only reads are left to notice

  test.each([
    ["(600000)", () => createMemorySessionStore(600_000), 10],
    ["({ maxSessionAgeMS: 600000 })", () => createMemorySessionStore({ maxSessionAgeMS: 600_000 }), 10],
    ["()", () => createMemorySessionStore(), 30],
    ["({})", () => createMemorySessionStore({}), 30],
  ])("%s expires when it should: used through the functions, and by its own methods", async (_form, make, minutes) => {
    const sessionStore = make();
    configure({ sessionStore });
    const browser = new Browser();
    await browser.visit((req, res) => setSessionData(req, res, { a: 1 }));
    await sessionStore.set("plain", { a: 1 });
    vi.setSystemTime(Date.now() + minutes * minute - 1);
    expect(await browser.copy().ask((req, res) => getSessionData(req, res))).toEqual({ a: 1 });
    const other = make();
    await other.set("plain", { a: 1 });
    vi.setSystemTime(Date.now() + minutes * minute);
    expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({});
    expect(await sessionStore.get("plain")).toBeNull();
    expect(await other.get("plain")).toBeNull();
  });

  test("its own methods slide the deadline at each use, and copy", async () => {
    const store = createMemorySessionStore(10 * minute);
    const data = { cart: [1] };
    await store.set("id", data);
    data.cart.push(2);
    for (const _ of range(5)) {
      vi.setSystemTime(Date.now() + 9 * minute);
      expect(await store.get("id")).toEqual({ cart: [1] });
    }
    ((await store.get("id")) as typeof data).cart.push(3);
    await store.merge("id", { b: 2 });
    expect(await store.get("id")).toEqual({ cart: [1], b: 2 });
    await store.set("id", { c: 3 });
    expect(await store.get("id")).toEqual({ c: 3 });
    vi.setSystemTime(Date.now() + 10 * minute);
    await store.merge("id", { fresh: true });
    expect(await store.get("id")).toEqual({ fresh: true });
    await store.destroy("id");
    expect(await store.get("id")).toBeNull();
  });

  test("shows by its methods what the functions stored, under the id of getSessionId", async () => {
    const sessionStore = createMemorySessionStore();
    configure({ sessionStore });
    const id = await new Browser().ask(async (req, res) => {
      await setSessionData(req, res, { a: 1 });
      return getSessionId(req, res);
    });
    expect(await sessionStore.get(id as string)).toEqual({ a: 1 });
  });

  test("what its methods stored opens no session: an id is no token", async () => {
    const sessionStore = createMemorySessionStore();
    configure({ sessionStore });
    const id = await sessionStore.id();
    await sessionStore.set(id, { secret: 1 });
    for (const value of [id, `ccs_${id}.${"A".repeat(43)}`, `ccs_${id}.`]) {
      const browser = new Browser();
      browser.cookies.set("session", value);
      expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({});
    }
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "600000", null, { maxSessionAgeMS: "10m" }])(
    "refuses %o as an age: nothing lives for ever by mistake",
    (age) => {
      const make = () => createMemorySessionStore(age as never);
      if (age === null) expect(make).toThrow(/whole number of milliseconds/);
      else expect(make).toThrow(/createMemorySessionStore: the age is not a whole number of milliseconds/);
    },
  );
});

describe.each(Object.entries(stores))("R-C4 on %s store", (_name, use) => {
  beforeEach(use);

  test("reading, plucking, validating and destroying begin no session and set no cookie", async () => {
    const { setCookies, result } = await new Browser().visit(async (req, res) => [
      await getSessionData(req, res),
      await pluckSessionProperty(req, res, "a"),
      await validateCSRFToken(req, res, "made up"),
      await destroySession(req, res),
      await setSessionData(req, res, {}),
      await setSessionData(req, res, () => ({})),
    ]);
    expect(result).toEqual([{}, null, false, undefined, undefined, undefined]);
    expect(setCookies).toEqual([]);
  });

  test("reading an ended session clears no cookie", async () => {
    const browser = new Browser();
    await browser.visit((req, res) => setSessionData(req, res, { a: 1 }));
    const late = browser.copy();
    await browser.visit((req, res) => destroySession(req, res));
    const { setCookies, result } = await late.visit((req, res) => getSessionData(req, res));
    expect({ setCookies, result }).toEqual({ setCookies: [], result: {} });
  });
});

test("R-C4 strangers cost nothing: without a cookie, or with a malformed one, the store is not asked", async () => {
  const store = countingStore(memoryStore());
  configure({ store });
  const browser = new Browser();
  await browser.visit((req, res) => getSessionData(req, res));
  browser.cookies.set("session", "nonsense");
  await browser.visit((req, res) => getSessionData(req, res));
  expect(store.total()).toBe(0);
});

describe.each(Object.entries(stores))("R-C5 on %s store", (_name, use) => {
  beforeEach(use);

  test("any mix of first writes makes one session and one cookie, before and after the cookies of the application", async () => {
    const browser = new Browser();
    const { setCookies } = await browser.visit(async (req, res) => {
      res.setHeader("Set-Cookie", "before=1");
      const token = getCSRFToken(req, res);
      await Promise.all([
        setSessionData(req, res, { a: 1 }),
        setSessionData({ req, res }, { b: 2 }),
        setSessionData(req, res, ({ n = 0 }) => ({ n: Number(n) + 1 })),
        token,
      ]);
      res.appendHeader("Set-Cookie", "after=1");
      await setSessionData(req, res, { c: 3 });
    });
    expect([countOf(setCookies, "before"), countOf(setCookies, "after"), countOf(setCookies, "session")]).toEqual([
      1, 1, 1,
    ]);
    expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({ a: 1, b: 2, c: 3, n: 1 });
  });

  test("a header that the application sets afterwards does not take the session's cookie away", async () => {
    const { setCookies } = await new Browser().visit(async (req, res) => {
      await setSessionData(req, res, { a: 1 });
      res.setHeader("Set-Cookie", "theme=dark");
    });
    expect(setCookies.map((line) => line.split("=")[0]).sort()).toEqual(["session", "theme"]);
  });

  test("too late for a cookie, nothing is stored", async () => {
    const browser = new Browser();
    const code = await browser.ask(async (req, res) => {
      res.write("the head is gone");
      return codeOf(setSessionData(req, res, { a: 1 }));
    });
    expect(code).toBe("HEADERS_SENT");
    expect(browser.cookies.size).toBe(0);
  });
});

describe.each(Object.entries(stores))("R-C6 on %s store", (_name, use) => {
  beforeEach(use);

  test("100 parallel changes of one value, in requests of their own, are all applied", async () => {
    const browser = new Browser();
    await browser.visit((req, res) => setSessionData(req, res, { cart: [] }));
    const add = (n: number) =>
      browser.ask((req, res) =>
        setSessionData<{ cart: number[] }>(req, res, ({ cart = [] }) => ({ cart: [...cart, n] })),
      );
    await Promise.all(range(100).map(add));
    const { cart } = await browser.ask((req, res) => getSessionData<{ cart: number[] }>(req, res));
    expect(cart?.toSorted((a, b) => a - b)).toEqual(range(100));
  });

  test("the control: reading first and writing then loses what came between", async () => {
    const browser = new Browser();
    await browser.visit((req, res) => setSessionData(req, res, { cart: [] }));
    let waiting = 0;
    let go = () => {};
    const all = new Promise<void>((resolve) => {
      go = resolve;
    });
    const add = (n: number) =>
      browser.ask(async (req, res) => {
        const { cart = [] } = await getSessionData<{ cart: number[] }>(req, res);
        if (++waiting === 10) go();
        await all;
        await setSessionData(req, res, { cart: [...cart, n] });
      });
    await Promise.all(range(10).map(add));
    const { cart } = await browser.ask((req, res) => getSessionData<{ cart: number[] }>(req, res));
    expect(cart).toHaveLength(1);
  });

  test("100 parallel writes of different keys all survive, removals among them", async () => {
    const browser = new Browser();
    await browser.visit((req, res) => setSessionData(req, res, { doomed: 1, kept: 1 }));
    const writes = range(99).map((n) => browser.ask((req, res) => setSessionData(req, res, { [`k${n}`]: n })));
    await Promise.all([...writes, browser.ask((req, res) => setSessionData(req, res, { doomed: undefined }))]);
    const data = await browser.ask((req, res) => getSessionData(req, res));
    expect(Object.keys(data)).toHaveLength(100);
    expect(data).not.toHaveProperty("doomed");
  });

  test.each([
    ["a promise", async () => ({ a: 1 }), /returned a promise/],
    ["nothing", () => undefined, /No session data given/],
    ["a text", () => "a", /not an object/],
  ])("a function that answers %s is refused, and nothing is stored", async (_what, change, message) => {
    const browser = new Browser();
    await browser.visit((req, res) => setSessionData(req, res, { a: 0 }));
    await expect(browser.visit((req, res) => setSessionData(req, res, change as never))).rejects.toThrow(message);
    expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({ a: 0 });
  });
});

describe.each(Object.entries(stores))("R-C7 on %s store", (_name, use) => {
  beforeEach(use);

  test("data is a plain object of the caller's own, to change at will", async () => {
    const browser = new Browser();
    const mine = { deep: { list: [1] } };
    const { result } = await browser.visit(async (req, res) => {
      await setSessionData(req, res, mine);
      mine.deep.list.push(99);
      const [one, other] = await Promise.all([getSessionData(req, res), getSessionData(req, res)]);
      const before = structuredClone(other);
      (one as typeof mine).deep.list.push(2);
      (one as Record<string, unknown>).more = true;
      return {
        before,
        other,
        again: await getSessionData(req, res),
        isPlain: Object.getPrototypeOf(one) === Object.prototype,
      };
    });
    const stored = { deep: { list: [1] } };
    expect(result).toEqual({ before: stored, other: stored, again: stored, isPlain: true });
  });

  test("the CSRF tokens are not part of the data", async () => {
    const browser = new Browser();
    await browser.visit((req, res) => getCSRFToken(req, res));
    await browser.visit((req, res) => setSessionData(req, res, { a: 1 }));
    expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({ a: 1 });
    expect(await browser.ask((req, res) => pluckSessionProperty(req, res, "csrfTokens"))).toBeNull();
    expect(await browser.ask((req, res) => pluckSessionProperty(req, res, "csrfToken"))).toBeNull();
  });
});

describe.each(Object.entries(stores))("R-C8 on %s store", (_name, use) => {
  beforeEach(use);

  test("replaceSessionData always gives a new cookie, the old one is dead at once, and CSRF tokens end with it", async () => {
    const browser = new Browser();
    await browser.visit((req, res) => setSessionData(req, res, { a: 1 }));
    const token = await browser.ask((req, res) => getCSRFToken(req, res));
    const old = browser.copy();
    const { setCookies } = await browser.visit((req, res) => replaceSessionData(req, res, { user: "ada" }));
    expect(countOf(setCookies, "session")).toBe(1);
    expect(browser.cookies.get("session")).not.toBe(old.cookies.get("session"));
    expect(await old.ask((req, res) => getSessionData(req, res))).toEqual({});
    expect(await old.ask((req, res) => validateCSRFToken(req, res, token))).toBe(false);
    expect(await browser.ask((req, res) => validateCSRFToken(req, res, token))).toBe(false);
    expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({ user: "ada" });
  });

  test("a request that began before the switch can neither write to the session after it nor start another", async () => {
    const browser = new Browser();
    await browser.visit((req, res) => setSessionData(req, res, { a: 1 }));
    const victim = browser.copy();
    const code = await browser.ask(async (req, res) => {
      await getSessionData(req, res); // this request knows the session…
      await victim.visit((other, response) => replaceSessionData(other, response, { user: "ada" }));
      return codeOf(setSessionData(req, res, { planted: true })); // …and comes too late
    });
    expect(["SESSION_REPLACED", "SESSION_DESTROYED"]).toContain(code);
    expect(await victim.ask((req, res) => getSessionData(req, res))).toEqual({ user: "ada" });
  });

  test("twice in one request, or where there is no session, gives one cookie", async () => {
    const browser = new Browser();
    const { setCookies } = await browser.visit(async (req, res) => {
      await replaceSessionData(req, res, { step: 1 });
      await replaceSessionData(req, res, { step: 2 });
    });
    expect(countOf(setCookies, "session")).toBe(1);
    expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({ step: 2 });
  });
});

describe.each(Object.entries(stores))("R-C9 on %s store", (_name, use) => {
  beforeEach(use);

  test.each([undefined, null, "", 0, false, true, [], ["a"], {}, "x".repeat(5_000)])(
    "refuses %o as a token",
    async (token) => {
      const browser = new Browser();
      await browser.visit((req, res) => getCSRFToken(req, res));
      expect(await browser.ask((req, res) => validateCSRFToken(req, res, token))).toBe(false);
    },
  );

  test("a token for one form is good for no other", async () => {
    const browser = new Browser();
    const issue = (form?: string) => browser.ask((req, res) => getCSRFToken(req, res, form));
    const take = (token: string, form?: string) => browser.ask((req, res) => validateCSRFToken(req, res, token, form));
    const [named, plain] = [await issue("pay"), await issue()];
    expect([await take(named), await take(named, "delete"), await take(plain, "pay")]).toEqual([false, false, false]);
    expect([await take(named, "pay"), await take(plain)]).toEqual([true, true]);
  });

  test("the token of another session is refused", async () => {
    const [one, other] = [new Browser(), new Browser()];
    const token = await one.ask((req, res) => getCSRFToken(req, res));
    await other.visit((req, res) => getCSRFToken(req, res));
    expect(await other.ask((req, res) => validateCSRFToken(req, res, token))).toBe(false);
  });

  test("64 tokens are outstanding at most; the oldest made way, in any order of use", async () => {
    const browser = new Browser();
    const tokens: string[] = [];
    for (const _ of range(65)) tokens.push(await browser.ask((req, res) => getCSRFToken(req, res)));
    const taken: boolean[] = [];
    for (const token of tokens) taken.push(await browser.ask((req, res) => validateCSRFToken(req, res, token)));
    expect(taken).toEqual([false, ...range(64).map(() => true)]);
  });

  test("issuing in parallel loses no token", async () => {
    const browser = new Browser();
    await browser.visit((req, res) => setSessionData(req, res, { a: 1 }));
    const tokens = await Promise.all(range(20).map(() => browser.ask((req, res) => getCSRFToken(req, res))));
    const taken = await Promise.all(
      tokens.map((token) => browser.ask((req, res) => validateCSRFToken(req, res, token))),
    );
    expect(taken).toEqual(tokens.map(() => true));
  });

  test("the application cannot write over the tokens: a body merged whole could plant one", async () => {
    const browser = new Browser();
    await browser.visit((req, res) => getCSRFToken(req, res));
    for (const key of ["csrfToken", "csrfTokens"]) {
      const write = browser.visit((req, res) => setSessionData(req, res, { [key]: "planted", a: 1 }));
      await expect(write).rejects.toThrow(/belongs to getCSRFToken/);
    }
    expect(await browser.ask((req, res) => validateCSRFToken(req, res, "planted"))).toBe(false);
  });
});

test("R-C9 on the engine the store holds no usable token", async () => {
  const sessionStore = createMemorySessionStore();
  configure({ sessionStore });
  const [token, id] = await new Browser().ask(
    async (req, res) => [await getCSRFToken(req, res), await getSessionId(req, res)] as const,
  );
  expect(JSON.stringify(await sessionStore.get(id as string))).not.toContain(token);
});

describe("R-C10", () => {
  test("no timer is started by importing, configuring or reading", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "setInterval"] });
    configure({ sessionStore: createMemorySessionStore() });
    expect(vi.getTimerCount()).toBe(0);
  });

  test("the store is bounded by the engine's memory store", async () => {
    configure({ store: memoryStore({ maxEntries: 50 }) });
    const browsers = range(60).map(() => new Browser());
    for (const browser of browsers) await browser.visit((req, res) => setSessionData(req, res, { a: 1 }));
    const living = await Promise.all(browsers.map((browser) => browser.ask((req, res) => getSessionData(req, res))));
    expect(living.filter((data) => "a" in data)).toHaveLength(50);
  });
});

describe.each(Object.entries(stores))("R-C11 on %s store", (_name, use) => {
  beforeEach(use);

  test("what a request knew before the session was destroyed it cannot write after", async () => {
    const browser = new Browser();
    await browser.visit((req, res) => setSessionData(req, res, { a: 1 }));
    const thief = browser.copy();
    const code = await browser.copy().ask(async (req, res) => {
      await getSessionData(req, res);
      await browser.visit((other, response) => destroySession(other, response));
      return codeOf(setSessionData(req, res, { late: true }));
    });
    expect(code).toBe("SESSION_DESTROYED");
    expect(await thief.ask((req, res) => getSessionData(req, res))).toEqual({});
  });

  test("within a request a write beside the destroy fails, and a write after it begins a session of its own", async () => {
    const browser = new Browser();
    await browser.visit((req, res) => setSessionData(req, res, { user: "ada" }));
    const old = browser.copy();
    const { result, setCookies } = await browser.visit(async (req, res) => {
      await getSessionData(req, res);
      const destroyed = destroySession(req, res);
      const beside = codeOf(setSessionData(req, res, { late: true }));
      await destroyed;
      const after = await getSessionData(req, res);
      await setSessionData(req, res, { message: "Good bye" });
      return { beside: await beside, after };
    });
    expect(result).toEqual({ beside: "SESSION_DESTROYED", after: {} });
    expect(countOf(setCookies, "session")).toBe(1);
    expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({ message: "Good bye" });
    expect(await old.ask((req, res) => getSessionData(req, res))).toEqual({});
  });
});

describe("R-C12 the idle timeout is chosen per use", () => {
  test.each([
    ["a bank: ten minutes", () => createMemorySessionStore(10 * minute), 10 * minute],
    ["a cart: 20 days", () => createMemorySessionStore({ maxSessionAgeMS: 28_800 * minute }), 28_800 * minute],
    ["longer than the absolute default", () => createMemorySessionStore(57_600 * minute), 57_600 * minute],
  ])("%s", async (_use, make, idle) => {
    vi.useFakeTimers({ toFake: ["Date"] });
    configure({ sessionStore: make() });
    const browser = new Browser();
    await browser.visit((req, res) => setSessionData(req, res, { a: 1 }));
    vi.setSystemTime(Date.now() + idle - 1);
    expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({ a: 1 });
    vi.setSystemTime(Date.now() + 2 * idle);
    expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({});
  });

  test("with the options of createSessions: 30 minutes unless timeouts says otherwise, and an absolute limit", async () => {
    const runtime = fakeRuntime();
    configure({ store: memoryStore({ runtime }), runtime, timeouts: { absolute: "1h" } });
    const browser = new Browser();
    await browser.visit((req, res) => setSessionData(req, res, { a: 1 }));
    for (const _ of range(3)) {
      runtime.advance("15m");
      expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({ a: 1 });
      await runtime.settle();
    }
    runtime.advance("15m");
    expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({});
  });
});

describe("R-C14", () => {
  test.each(Object.entries(stores))(
    "on %s store a value is plucked once, null and absent both read as null",
    async (_n, use) => {
      use();
      const browser = new Browser();
      await browser.visit((req, res) => setSessionData(req, res, { flash: ["saved"], nothing: null, stays: 1 }));
      const pluck = (name: string) => browser.ask((req, res) => pluckSessionProperty(req, res, name));
      const plucked = await Promise.all(range(20).map(() => pluck("flash")));
      expect(plucked.filter((value) => value !== null)).toEqual([["saved"]]);
      expect([
        await pluck("nothing"),
        await pluck("absent"),
        await pluck("toString"),
        await pluck("__proto__"),
      ]).toEqual(range(4).map(() => null));
      expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({ stays: 1 });
      await expect(pluck("")).rejects.toThrow("No propertyName given");
    },
  );
});

describe.each(Object.entries(stores))("R-C16 on %s store", (_name, use) => {
  beforeEach(use);

  class Cart {}
  test.each([
    ["nothing", undefined, "DATA_INVALID"],
    ["null", null, "DATA_INVALID"],
    ["a number", 0, "DATA_INVALID"],
    ["a text", "", "DATA_INVALID"],
    ["an array", [1], "DATA_INVALID"],
    ["a Map", new Map([["a", 1]]), "DATA_INVALID"],
    ["a Date", new Date(0), "DATA_INVALID"],
    ["an instance", new Cart(), "DATA_INVALID"],
    ["a Date inside", { at: new Date(0) }, "DATA_INVALID"],
    ["a Map inside", { map: new Map() }, "DATA_INVALID"],
    ["a BigInt", { big: 1n }, "DATA_INVALID"],
    ["NaN", { n: Number.NaN }, "DATA_INVALID"],
    ["a function", { f: () => 1 }, "DATA_INVALID"],
    ["__proto__ as a key", JSON.parse('{"__proto__":{"admin":true}}'), "DATA_INVALID"],
    ["__proto__ inside", { a: JSON.parse('{"__proto__":{"admin":true}}') }, "DATA_INVALID"],
  ])("refuses %s, and stores nothing", async (_what, data, code) => {
    const browser = new Browser();
    await browser.visit((req, res) => setSessionData(req, res, { a: 1 }));
    expect(await browser.ask((req, res) => codeOf(setSessionData(req, res, data as never)))).toBe(code);
    expect(await browser.ask((req, res) => codeOf(replaceSessionData(req, res, data as never)))).toBe(code);
    expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({ a: 1 });
    expect({}).not.toHaveProperty("admin");
  });

  test("keys that every object inherits are keys like any other", async () => {
    const browser = new Browser();
    const data = { constructor: 1, toString: "x", hasOwnProperty: [true] };
    await browser.visit((req, res) => setSessionData(req, res, data as never));
    const read = await browser.ask((req, res) => getSessionData(req, res));
    expect(Object.entries(read)).toEqual(Object.entries(data));
  });
});

test("R-C16 64 KiB are the limit on the engine", async () => {
  const data = { text: "x".repeat(70_000) };
  const code = await new Browser().ask((req, res) => codeOf(setSessionData(req, res, data)));
  expect(code).toBe("DATA_TOO_LARGE");
});

describe("an outage is not an empty session (G8)", () => {
  test.each([
    [
      "the engine",
      () => {
        const store = failingStore(memoryStore());
        store.fail("find", "refuse");
        configure({ store });
      },
    ],
    [
      "a plug-in store",
      () => configure({ sessionStore: { ...liveObjectStore(), get: () => Promise.reject(new Error("down")) } }),
    ],
  ])("on %s", async (_name, use) => {
    use();
    const browser = new Browser();
    browser.cookies.set("session", `ccs_${"A".repeat(22)}.${"A".repeat(43)}`);
    const { result, setCookies } = await browser.visit(async (req, res) => [
      await codeOf(getSessionData(req, res)),
      await codeOf(destroySession(req, res)),
    ]);
    expect(result).toEqual(["STORE_UNAVAILABLE", "STORE_UNAVAILABLE"]);
    expect(setCookies).toEqual([]);
  });
});

test.each(["lose", "refuse"] as const)(
  "replaceSessionData survives one call that the store did not answer (%s)",
  async (fault) => {
    const store = failingStore(memoryStore());
    configure({ store });
    const browser = new Browser();
    await browser.visit((req, res) => setSessionData(req, res, { a: 1 }));
    const old = browser.copy();
    store.fail("update", fault, { times: 1 });
    await browser.visit((req, res) => replaceSessionData(req, res, { b: 2 }));
    expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({ b: 2 });
    expect(await old.ask((req, res) => getSessionData(req, res))).toEqual({});
  },
);

test("replaceSessionData that the store refuses leaves the visitor where they were", async () => {
  const store = failingStore(memoryStore());
  configure({ store });
  const browser = new Browser();
  await browser.visit((req, res) => setSessionData(req, res, { a: 1 }));
  store.fail("update", "refuse");
  const { result, setCookies } = await browser.visit((req, res) => codeOf(replaceSessionData(req, res, { b: 2 })));
  store.heal();
  expect({ result, setCookies }).toEqual({ result: "STORE_UNAVAILABLE", setCookies: [] });
  expect(await browser.ask((req, res) => getSessionData(req, res))).toEqual({ a: 1 });
});

test("G7 all calls of a request make one store read", async () => {
  const store = countingStore(memoryStore());
  configure({ store });
  const browser = new Browser();
  await browser.visit((req, res) => setSessionData(req, res, { a: 1 }));
  store.reset();
  await browser.visit((req, res) =>
    Promise.all(range(20).map((n) => (n % 2 ? getSessionData(req, res) : getSessionData({ req, res })))),
  );
  expect(store.counts.find).toBe(1);
  expect(store.total()).toBe(1);
});

test("G10 every answer that knows a session stays out of shared caches", async () => {
  const { response } = await new Browser().visit(async (req, res) => {
    res.setHeader("Cache-Control", "public, max-age=60");
    return getSessionData(req, res);
  });
  expect(response.headers.get("cache-control")).toBe("private, no-store");
  expect(response.headers.get("vary")).toBe("Cookie");
});

describe("createCookieHandler", () => {
  const attributesOf = async (...values: Parameters<typeof createCookieHandler>) => {
    configure({ cookieHandler: createCookieHandler(...values) });
    const { setCookies } = await new Browser().visit((req, res) => setSessionData(req, res, { a: 1 }));
    return setCookies[0]?.replace(/=ccs_[^;]+/, "=token");
  };

  test("has its name, and safe attributes, by default", async () => {
    expect(await attributesOf()).toBe("nextSession=token; Path=/; HttpOnly; SameSite=Strict");
  });

  test("merges what it is given over the defaults", async () => {
    expect(await attributesOf("sId", { maxAge: 60 })).toBe("sId=token; Path=/; Max-Age=60; HttpOnly; SameSite=Strict");
    expect(await attributesOf("sId", { sameSite: false, path: "/basedir" })).toBe(
      "sId=token; Path=/basedir; HttpOnly; SameSite=Lax",
    );
    expect(await attributesOf("sId", { httpOnly: true, sameSite: true, path: "/", secure: true })).toBe(
      "sId=token; Path=/; HttpOnly; Secure; SameSite=Strict",
    );
  });

  test("is Secure wherever this is not development: one that says otherwise is refused", () => {
    const origins = ["https://shop.example"];
    const open = () => configure({ origins, cookieHandler: createCookieHandler("sId", { secure: false }) });
    expect(open).toThrow(expect.objectContaining({ code: "CONFIG_COOKIE_INSECURE" }));
    const scripted = () => configure({ cookieHandler: createCookieHandler("sId", { httpOnly: false }) });
    expect(scripted).toThrow(expect.objectContaining({ code: "CONFIG_COOKIE_INSECURE" }));
    expect(() => configure({ cookieHandler: createCookieHandler("sId", { encode: String } as never) })).toThrow(
      /no option/,
    );
    expect(() => configure({ cookieHandler: createCookieHandler("s Id") })).toThrow(/not a cookie name/);
    expect(() => configure({ cookieHandler: createCookieHandler("sId", { maxAge: -1 }) })).toThrow(/maxAge/);
  });

  test("the cookie is taken away with the attributes it was set with", async () => {
    configure({ cookieHandler: createCookieHandler("sId", { path: "/shop", maxAge: 60 }) });
    const browser = new Browser();
    await browser.visit((req, res) => setSessionData(req, res, { a: 1 }));
    const { setCookies } = await browser.visit((req, res) => destroySession(req, res));
    expect(setCookies).toEqual(["sId=; Path=/shop; Max-Age=0; HttpOnly; SameSite=Strict"]);
  });

  test("without it the cookie follows the rules of the house", async () => {
    configure({ origins: ["https://shop.example"] });
    const { setCookies } = await new Browser().visit((req, res) => setSessionData(req, res, { a: 1 }));
    expect(setCookies[0]).toMatch(
      /^__Host-session=ccs_[\w.-]+; Path=\/; Max-Age=2592000; HttpOnly; Secure; SameSite=Lax$/,
    );
  });
});

test("the types: what was read may be absent, what is written is checked", () => {
  interface Data {
    cart: string[];
    step: number;
  }
  const check = async (req: never, res: never) => {
    expectTypeOf(await getSessionData<Data>(req, res)).toEqualTypeOf<Partial<Data>>();
    expectTypeOf(await getSessionData(req, res)).toEqualTypeOf<Partial<Record<string, unknown>>>();
    expectTypeOf(await pluckSessionProperty<string>(req, res, "a")).toEqualTypeOf<string | null>();
    await setSessionData<Data>(req, res, { step: undefined });
    await setSessionData<Data>(req, res, ({ cart = [] }) => ({ cart: [...cart, "a"] }));
    // @ts-expect-error a step is a number
    await setSessionData<Data>(req, res, { step: "1" });
    // @ts-expect-error the function is synchronous
    await setSessionData<Data>(req, res, async () => ({ step: 1 }));
  };
  expect(check).toBeTypeOf("function");
});
