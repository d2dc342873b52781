import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { nextSessions } from "../../src/adapters/next/index.ts";
import {
  configure,
  destroySession,
  getSessionData,
  pluckSessionProperty,
  replaceSessionData,
  setSessionData,
} from "../../src/adapters/next/pages.ts";
import { type ExternalUser, memoryStore, type Session, type SessionTypes } from "../../src/index.ts";
import { countingStore } from "../../src/testing/index.ts";
import { Browser, startServer } from "../pages/browser.ts";

startServer();

/** Sessions beside an application that signs users in, shared by both routers, and what that application says. */
function beside(says: { who: string | null } = { who: null }) {
  const identity = vi.fn((): ExternalUser | null => (says.who === null ? null : { userId: says.who }));
  const signOut = vi.fn(() => {
    says.who = null;
  });
  const store = countingStore(memoryStore());
  const shop = nextSessions({
    store,
    origins: ["https://shop.example"],
    data: { cart: z.array(z.string()), step: z.number() },
    keep: ["cart"],
    identity: Object.assign(identity, { signOut }),
  });
  configure({ sessions: shop.sessions });
  return { says, identity, signOut, store, shop };
}

// What the functions of both routers have in common: they take a request first, in any form.
type Loose = (...args: unknown[]) => Promise<unknown>;

/** How a page or an API route gives its request: `(req, res)`, or the context of `getServerSideProps`. */
const forms: [string, (req: IncomingMessage, res: ServerResponse) => unknown[]][] = [
  ["(req, res)", (req, res) => [req, res]],
  ["(context) of getServerSideProps", (req, res) => [{ req, res }]],
];

describe.each(forms)("a user of another application, by %s", (_, given) => {
  /** Makes a request that calls one of the functions, and answers what came of it. */
  const visit = (browser: Browser, call: unknown, ...rest: unknown[]) =>
    browser.visit((req, res) => (call as Loose)(...given(req, res), ...rest));
  const ask = async (browser: Browser, call: unknown, ...rest: unknown[]) =>
    (await visit(browser, call, ...rest)).result;

  test("G5, G6: is seen at once, by both names of the session; reading makes no record and no cookie", async () => {
    const { shop, store, identity } = beside({ who: "ada" });
    const all = (...args: unknown[]) =>
      Promise.all([shop.auth, getSessionData, shop.getSession].map((call) => (call as Loose)(...args)));
    const { result, setCookies } = await visit(new Browser(), all);
    expect(result).toMatchObject([{ userId: "ada", id: null }, {}, { userId: "ada", id: null }]);
    expect([store.total(), setCookies]).toEqual([0, []]);
    expect(identity).toHaveBeenCalledTimes(1); // G7: one visit for all
  });

  test("G3: takes over an anonymous visitor's session with the first write, in one statement, with a new token", async () => {
    const { shop, says, store } = beside();
    const browser = new Browser();
    await visit(browser, setSessionData, { cart: ["a"], step: 1 });
    const before = browser.copy();
    says.who = "ada";
    expect(await ask(browser, getSessionData)).toEqual({ cart: ["a"] }); // what keep leaves
    store.reset();
    await visit(browser, setSessionData, { step: 2 });
    expect(store.counts).toMatchObject({ create: 0, update: 1 });
    expect(await ask(browser, getSessionData)).toEqual({ cart: ["a"], step: 2 });
    expect(await ask(before, getSessionData)).toEqual({});
    expect(await shop.sessions.list("ada")).toHaveLength(1);
  });

  test("never sees what is another user's, and takes the session from them with a write", async () => {
    const { shop, says } = beside({ who: "ada" });
    const browser = new Browser();
    await visit(browser, setSessionData, { cart: ["ada's"] });
    says.who = "bob";
    expect(await ask(browser, shop.auth)).toMatchObject({ userId: "bob", id: null });
    expect(await ask(browser, getSessionData)).toEqual({});
    await visit(browser, async (...args: unknown[]) =>
      ((await (shop.openSession as Loose)(...args)) as Session<SessionTypes>).set({ step: 1 }),
    );
    expect(await ask(browser, getSessionData)).toEqual({ step: 1 });
    expect(await shop.sessions.list("ada")).toEqual([]);
  });

  test("plucks and replaces what is theirs", async () => {
    const { shop } = beside({ who: "ada" });
    const browser = new Browser();
    await visit(browser, setSessionData, { step: 1, cart: ["a"] });
    expect(await ask(browser, pluckSessionProperty, "step")).toBe(1);
    await visit(browser, replaceSessionData, { step: 9 });
    expect(await ask(browser, getSessionData)).toEqual({ step: 9 });
    expect(await shop.sessions.list("ada")).toHaveLength(1);
  });

  test("is signed out of both by destroySession", async () => {
    const { shop, says, signOut } = beside({ who: "ada" });
    const browser = new Browser();
    await visit(browser, setSessionData, { cart: ["a"] });
    await visit(browser, destroySession);
    expect([signOut.mock.calls.length, says.who, browser.cookies.size]).toEqual([1, null, 0]);
    expect(await shop.sessions.list("ada")).toEqual([]);
    expect(await ask(browser, shop.auth)).toBeNull();
  });

  test("G8: an identity that fails is an error, never nobody", async () => {
    const { identity, shop } = beside({ who: "ada" });
    identity.mockImplementation(() => {
      throw new Error("down");
    });
    for (const call of [getSessionData, setSessionData, shop.auth, shop.openSession])
      await expect(visit(new Browser(), call, { step: 1 })).rejects.toMatchObject({ code: "IDENTITY_UNAVAILABLE" });
  });

  test("requireUser lets them in, and turns a stranger away", async () => {
    const { shop, says } = beside({ who: "ada" });
    expect(await ask(new Browser(), shop.requireUser)).toMatchObject({ userId: "ada" });
    says.who = null;
    await expect(visit(new Browser(), shop.requireUser)).rejects.toThrow();
  });

  test("these tests notice sessions that do not ask: those show one user what is another's", async () => {
    const { says, store } = beside({ who: "ada" });
    const browser = new Browser();
    await visit(browser, setSessionData, { cart: ["ada's"] });
    says.who = "bob";
    const unasking = nextSessions({ store, origins: ["https://shop.example"] });
    expect(await ask(browser, unasking.auth)).toMatchObject({ userId: "ada", data: { cart: ["ada's"] } });
  });
});
