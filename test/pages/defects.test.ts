// What goes wrong when these functions are written naively, one scenario each. A scenario answers what a good library gives;
// the control runs it against the naive functions and has to see the defect.
import { describe, expect, test } from "vitest";
import * as pages from "../../src/adapters/next/pages.ts";
import { Browser, countOf, range, startServer } from "./browser.ts";
import { naivePages } from "./naive-pages.ts";
import { liveObjectStore, overwritingHandler, serialisingStore } from "./plugins.ts";

startServer();

type Pages = Pick<
  typeof pages,
  | "getSessionData"
  | "setSessionData"
  | "replaceSessionData"
  | "pluckSessionProperty"
  | "destroySession"
  | "getCSRFToken"
  | "validateCSRFToken"
>;

interface Scenario {
  readonly run: (api: Pages) => Promise<unknown>;
  readonly good: unknown;
  /** Which of the controls show the defect; the others are free of it. */
  readonly seenOn: readonly ("live" | "serialised")[];
}

const scenarios: Record<string, Scenario> = {
  "R-C5 two writes in the first request make one session, and keep the first one's data": {
    async run({ setSessionData, getSessionData }) {
      const browser = new Browser();
      const { setCookies } = await browser.visit(async (req, res) => {
        await setSessionData(req, res, { first: 1 });
        await setSessionData(req, res, { second: 2 });
      });
      return { lines: setCookies.length, data: await browser.ask((req, res) => getSessionData(req, res)) };
    },
    good: { lines: 1, data: { first: 1, second: 2 } },
    seenOn: ["live", "serialised"],
  },

  "R-C5 two parallel writes in the first request make one session": {
    async run({ setSessionData, getSessionData }) {
      const browser = new Browser();
      const { setCookies } = await browser.visit((req, res) =>
        Promise.all([setSessionData(req, res, { first: 1 }), setSessionData(req, res, { second: 2 })]),
      );
      return { lines: setCookies.length, data: await browser.ask((req, res) => getSessionData(req, res)) };
    },
    good: { lines: 1, data: { first: 1, second: 2 } },
    seenOn: ["live", "serialised"],
  },

  "R-C5 the Set-Cookie headers of others survive": {
    async run({ setSessionData }) {
      const browser = new Browser();
      const { setCookies } = await browser.visit(async (req, res) => {
        res.setHeader("Set-Cookie", ["theme=dark; Path=/", "lang=de; Path=/"]);
        await setSessionData(req, res, { a: 1 });
      });
      return { theme: countOf(setCookies, "theme"), lang: countOf(setCookies, "lang"), all: setCookies.length };
    },
    good: { theme: 1, lang: 1, all: 3 },
    seenOn: ["live", "serialised"],
  },

  "R-C6 parallel writes of different keys lose none": {
    async run({ setSessionData, getSessionData }) {
      const browser = new Browser();
      await browser.visit((req, res) => setSessionData(req, res, { cart: true }));
      await Promise.all(range(10).map((n) => browser.ask((req, res) => setSessionData(req, res, { [`item${n}`]: n }))));
      return Object.keys(await browser.ask((req, res) => getSessionData(req, res))).length;
    },
    good: 11,
    seenOn: ["serialised"],
  },

  "R-C11 a destroyed session is not brought back by a write under way": {
    async run({ setSessionData, getSessionData, destroySession }) {
      const outcomes: unknown[] = [];
      for (const _ of range(5)) {
        const browser = new Browser();
        await browser.visit((req, res) => setSessionData(req, res, { secret: 1 }));
        const thief = browser.copy();
        const write = thief.copy().ask((req, res) => setSessionData(req, res, { late: 1 }));
        await Promise.allSettled([write, browser.ask((req, res) => destroySession(req, res))]);
        await write.catch(() => undefined);
        outcomes.push(await thief.ask((req, res) => getSessionData(req, res)));
      }
      return outcomes;
    },
    good: [{}, {}, {}, {}, {}],
    seenOn: ["serialised"],
  },

  "R-C7 what was read is a copy: changing it stores nothing": {
    async run({ setSessionData, getSessionData }) {
      const browser = new Browser();
      await browser.visit((req, res) => setSessionData(req, res, { cart: { items: [1] } }));
      await browser.visit(async (req, res) => {
        const { cart } = await getSessionData<{ cart: { items: number[] } }>(req, res);
        cart?.items.push(2);
      });
      return browser.ask((req, res) => getSessionData(req, res));
    },
    good: { cart: { items: [1] } },
    seenOn: ["live"],
  },

  "R-C9 a missing CSRF token is refused, and begins no session": {
    async run({ validateCSRFToken }) {
      const { result, setCookies } = await new Browser().visit((req, res) => validateCSRFToken(req, res, undefined));
      return { valid: result, setCookies };
    },
    good: { valid: false, setCookies: [] },
    seenOn: ["live", "serialised"],
  },

  "R-C9 a missing CSRF token is refused in a session that has none outstanding": {
    async run({ setSessionData, validateCSRFToken }) {
      const browser = new Browser();
      await browser.visit((req, res) => setSessionData(req, res, { a: 1 }));
      return browser.ask((req, res) => validateCSRFToken(req, res, undefined));
    },
    good: false,
    seenOn: ["live", "serialised"],
  },

  "R-C9 a CSRF token is good once": {
    async run({ getCSRFToken, validateCSRFToken }) {
      const browser = new Browser();
      const token = await browser.ask((req, res) => getCSRFToken(req, res));
      const take = () => browser.ask((req, res) => validateCSRFToken(req, res, token));
      return [await take(), await take(), await take()];
    },
    good: [true, false, false],
    seenOn: ["serialised"],
  },

  "R-C9 of parallel uses of one CSRF token one is good": {
    async run({ getCSRFToken, validateCSRFToken }) {
      const browser = new Browser();
      const token = await browser.ask((req, res) => getCSRFToken(req, res));
      const taken = await Promise.all(
        range(8).map(() => browser.ask((req, res) => validateCSRFToken(req, res, token))),
      );
      return taken.filter(Boolean).length;
    },
    good: 1,
    seenOn: ["serialised"],
  },

  "R-C9 the tokens of two tabs are both good": {
    async run({ getCSRFToken, validateCSRFToken }) {
      const browser = new Browser();
      const first = await browser.ask((req, res) => getCSRFToken(req, res));
      const second = await browser.ask((req, res) => getCSRFToken(req, res));
      const take = (token: string) => browser.ask((req, res) => validateCSRFToken(req, res, token));
      return [await take(first), await take(second)];
    },
    good: [true, true],
    seenOn: ["live", "serialised"],
  },

  "R-C8 replaceSessionData at log-in leaves a planted cookie worthless": {
    async run({ setSessionData, replaceSessionData, getSessionData }) {
      const attacker = new Browser();
      await attacker.visit((req, res) => setSessionData(req, res, { planted: true }));
      const victim = attacker.copy();
      await victim.visit((req, res) => replaceSessionData(req, res, { user: "ada" }));
      return {
        attacker: await attacker.ask((req, res) => getSessionData(req, res)),
        victim: await victim.ask((req, res) => getSessionData(req, res)),
      };
    },
    good: { attacker: {}, victim: { user: "ada" } },
    seenOn: ["live", "serialised"],
  },

  "C.2 falsy data is refused, and the response object is never stored": {
    async run({ setSessionData, replaceSessionData, getSessionData }) {
      const browser = new Browser();
      await browser.visit((req, res) => setSessionData(req, res, { a: 1 }));
      for (const data of [0, null, false, ""]) {
        await browser.ask((req, res) => replaceSessionData(req, res, data as never)).catch(() => undefined);
      }
      return browser.ask((req, res) => getSessionData(req, res));
    },
    good: { a: 1 },
    seenOn: ["live"], // a serialising store cannot write the response object down
  },

  "R-C14 of two parallel plucks one gets the value": {
    async run({ setSessionData, pluckSessionProperty }) {
      const browser = new Browser();
      await browser.visit((req, res) => setSessionData(req, res, { flash: "saved" }));
      const plucked = await Promise.all(
        range(6).map(() => browser.ask((req, res) => pluckSessionProperty(req, res, "flash"))),
      );
      return plucked.filter((value) => value === "saved").length;
    },
    good: 1,
    seenOn: ["serialised"],
  },

  "R-C4 reading with a cookie nobody knows clears nothing": {
    async run({ getSessionData }) {
      const browser = new Browser();
      for (const name of ["session", "plain", "nextSession"]) browser.cookies.set(name, "0c9b5a0e-unknown");
      const { result, setCookies } = await browser.visit((req, res) => getSessionData(req, res));
      return { result, setCookies };
    },
    good: { result: {}, setCookies: [] },
    seenOn: ["live", "serialised"],
  },

  "C.1 destroySession without a session sends nothing": {
    async run({ destroySession }) {
      const { setCookies } = await new Browser().visit((req, res) => destroySession(req, res));
      return setCookies;
    },
    good: [],
    seenOn: ["live", "serialised"],
  },

  "R-C8 a cookie that somebody made up is never adopted": {
    async run({ setSessionData, getSessionData }) {
      const made = "11111111-1111-4111-8111-111111111111";
      const attacker = new Browser();
      for (const name of ["session", "plain", "nextSession"]) attacker.cookies.set(name, made);
      await attacker.copy().visit((req, res) => setSessionData(req, res, { secret: 1 }));
      return attacker.ask((req, res) => getSessionData(req, res));
    },
    good: {},
    seenOn: [], // here the naive way is right
  },
};

const configurations: Record<string, () => void> = {
  "on the default memory store": () => pages.configure(),
  "on createMemorySessionStore, with createCookieHandler": () =>
    pages.configure({
      sessionStore: pages.createMemorySessionStore(600_000),
      cookieHandler: pages.createCookieHandler(),
    }),
  "on a plug-in store that serialises, with a plug-in cookie handler": () =>
    pages.configure({ sessionStore: serialisingStore(), cookieHandler: overwritingHandler() }),
  "on a plug-in store that hands out its objects": () => pages.configure({ sessionStore: liveObjectStore() }),
  "on the engine, with a plug-in cookie handler": () => pages.configure({ cookieHandler: overwritingHandler() }),
};

describe.each(Object.entries(configurations))("%s", (_name, configure) => {
  test.each(Object.entries(scenarios))("%s", async (_title, { run, good }) => {
    configure();
    expect(await run(pages)).toEqual(good);
  });
});

describe("the control: the naive functions", () => {
  const rows = Object.entries(scenarios).flatMap(([title, { run, good, seenOn }]) =>
    (["live", "serialised"] as const).map((kind) => ({ title, kind, run, good, isSeen: seenOn.includes(kind) })),
  );

  test.each(rows)("$kind store, defect seen: $isSeen: $title", async ({ kind, run, good, isSeen }) => {
    const store = kind === "live" ? liveObjectStore() : serialisingStore();
    const outcome = await run(naivePages(store, overwritingHandler()) as unknown as Pages).catch((error) => error);
    if (isSeen) expect(outcome).not.toEqual(good);
    else expect(outcome).toEqual(good);
  });
});
