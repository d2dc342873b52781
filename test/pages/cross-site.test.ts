import { afterAll, describe, expect, test } from "vitest";
import { nextSessions } from "../../src/adapters/next/index.ts";
import {
  configure,
  destroySession,
  getCSRFToken,
  getSessionData,
  getSessionId,
  pluckSessionProperty,
  replaceSessionData,
  type SessionConfig,
  setSessionData,
  validateCSRFToken,
} from "../../src/adapters/next/pages.ts";
import { memoryStore, type SessionEvent } from "../../src/index.ts";
import { Browser, startServer, type Task } from "./browser.ts";
import { serialisingStore } from "./plugins.ts";

startServer();
afterAll(() => configure());

type Csrf = NonNullable<SessionConfig["csrf"]>;
type Listen = (event: SessionEvent) => void;

/** Every way to configure, with the same options for the check. */
const configurations: Readonly<Record<string, (csrf: Csrf, onEvent: Listen) => SessionConfig>> = {
  "the engine over a store of ours": (csrf, onEvent) => ({ store: memoryStore(), csrf, onEvent }),
  "the sessions of the App Router": (csrf, onEvent) => ({
    sessions: nextSessions({ store: memoryStore(), csrf, onEvent }).sessions,
  }),
  "a plug-in store": (csrf, onEvent) => ({ sessionStore: serialisingStore({ delay: 0 }), csrf, onEvent }),
};

const foreign = { "sec-fetch-site": "cross-site", origin: "https://evil.test" };
const post = (headers: Readonly<Record<string, string>>, path = "/") => ({ method: "POST", path, headers });

const changes: Readonly<Record<string, Task<unknown>>> = {
  setSessionData: (req, res) => setSessionData(req, res, { count: 2 }),
  "setSessionData by a function": (req, res) => setSessionData(req, res, () => ({ count: 2 })),
  replaceSessionData: (req, res) => replaceSessionData(req, res, { count: 2 }),
  pluckSessionProperty: (req, res) => pluckSessionProperty(req, res, "count"),
  destroySession: (req, res) => destroySession(req, res),
  getCSRFToken: (req, res) => getCSRFToken(req, res),
  "setSessionData in getServerSideProps": (req, res) => setSessionData({ req, res }, { count: 2 }),
};

describe.each(Object.entries(configurations))("X8 R-C13 %s: a request of another site", (_, configuration) => {
  const events: SessionEvent[] = [];

  async function visitor(csrf: Csrf = {}): Promise<Browser> {
    events.length = 0;
    configure(configuration(csrf, (event) => events.push(event)));
    const browser = new Browser();
    await browser.visit((req, res) => setSessionData(req, res, { count: 1 }));
    return browser;
  }

  const dataOf = (browser: Browser) => browser.ask((req, res) => getSessionData(req, res));
  const refusals = () => events.filter(({ type }) => type === "request-refused").length;

  test.each(Object.entries(changes))("changes nothing by %s", async (_name, change) => {
    const browser = await visitor();
    const before = browser.copy();
    await expect(browser.visit(change, post(foreign))).rejects.toMatchObject({ code: "CROSS_SITE_REQUEST" });
    expect([browser.cookies, await dataOf(browser)]).toEqual([before.cookies, { count: 1 }]);
    expect(refusals()).toBe(1);
  });

  test("begins no session for a visitor without one", async () => {
    await visitor();
    const browser = new Browser();
    for (const begin of [changes.setSessionData, (req, res) => getSessionId(req, res, true)] as Task<unknown>[])
      await expect(browser.visit(begin, post(foreign))).rejects.toMatchObject({ code: "CROSS_SITE_REQUEST" });
    expect(browser.cookies.size).toBe(0);
  });

  test("can be read, and its token is not taken", async () => {
    const browser = await visitor();
    const token = await browser.ask((req, res) => getCSRFToken(req, res));
    const take: Task<boolean> = (req, res) => validateCSRFToken(req, res, token);
    expect((await browser.visit((req, res) => getSessionData(req, res), post(foreign))).result).toEqual({ count: 1 });
    expect((await browser.visit(take, post(foreign))).result).toBe(false);
    expect((await browser.visit(take, post({ "sec-fetch-site": "same-origin" }))).result).toBe(true);
  });

  test.each([
    ["our own", post({ "sec-fetch-site": "same-origin" }), {}],
    ["one that says nothing", post({}), {}],
    ["one that changes nothing by its method", { method: "GET", headers: foreign }, {}],
    ["one of an exempt path", post(foreign, "/api/hook?a=1"), { exempt: ["/api/hook"] }],
    [
      "one of a trusted origin",
      post({ ...foreign, origin: "https://id.example" }),
      { trusted: ["https://id.example"] },
    ],
  ] as const)("%s goes through", async (_name, sent, csrf) => {
    const browser = await visitor(csrf);
    await browser.visit(changes.setSessionData as Task<unknown>, sent);
    expect([await dataOf(browser), refusals()]).toEqual([{ count: 2 }, 0]);
  });

  test("is let pass with one event while the check only reports", async () => {
    const browser = await visitor({ check: "report" });
    const twice: Task<unknown> = async (req, res) => {
      await setSessionData(req, res, { count: 2 });
      await pluckSessionProperty(req, res, "none");
    };
    await browser.visit(twice, post(foreign));
    expect([await dataOf(browser), refusals()]).toEqual([{ count: 2 }, 1]);
  });

  test("what cannot be an option of the check is CONFIG_INVALID", () => {
    expect(() => configure(configuration({ exempt: ["/*"] }, () => {}))).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  });
});
