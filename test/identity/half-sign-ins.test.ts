import { describe, expect, it } from "vitest";
import { memoryStore } from "../../src/index.ts";
import type { SessionStore } from "../../src/store/port.ts";
import { lateStore } from "../support/late-store.ts";
import { Browser, eventNames, type World, world } from "../support/world.ts";

/** A visitor with the first factor of ann, and nobody's session. */
async function halfSignedIn(here: World, options = {}): Promise<Browser> {
  const browser = new Browser(here);
  await browser.visit((session) => session.startSignIn("ann", { amr: ["pwd"], ...options }));
  return browser;
}

async function complete(browser: Browser): Promise<number> {
  await browser.visit((session) => session.completeSignIn({ amr: ["otp"] }));
  return browser.lastResponse.status;
}

const ways: readonly (readonly [string, (here: World) => Promise<unknown>])[] = [
  ["sessions.revokeUser", ({ sessions }) => sessions.revokeUser("ann")],
  [
    "session.credentialsChanged",
    async (here) => {
      const owner = new Browser(here);
      await owner.visit((session) => session.signIn("ann"));
      await owner.visit((session) => session.credentialsChanged());
    },
  ],
  [
    "session.revokeOthers",
    async (here) => {
      const owner = new Browser(here);
      await owner.visit((session) => session.signIn("ann"));
      await owner.visit((session) => session.revokeOthers());
    },
  ],
];

describe("what ends a user's sessions ends their half-done sign-ins, wherever they are held", () => {
  it.each(ways)("%s", async (_name, endThem) => {
    const here = world();
    const stranger = await halfSignedIn(here);
    await endThem(here);
    const before = (await here.sessions.list("ann")).length;
    expect(await complete(stranger)).toBe(409);
    expect(await here.sessions.list("ann")).toHaveLength(before);
    // Refused before anything was bound: the visitor's own session is unharmed, and can begin again.
    await stranger.visit((session) => session.set({ cart: [1] }));
    await stranger.visit((session) => session.startSignIn("ann", { amr: ["pwd"] }));
    expect(await complete(stranger)).toBe(200);
  });

  it("G2 also where the first write of what they show was not answered, and arrives when they have ended", async () => {
    const { store, loseNext, arrive, hasLost } = lateStore(memoryStore());
    const here = world({ store });
    const browser = new Browser(here);
    await browser.visit((session) => session.set({ cart: [1] }));
    loseNext();
    const beginning = browser.visit((session) => session.startSignIn("ann", { amr: ["pwd"] }));
    for (let wait = 0; wait < 3; wait++) {
      await here.runtime.settle();
      here.runtime.advance(2_000);
    }
    await beginning;
    expect(hasLost()).toBe(true);
    await here.sessions.revokeUser("ann");
    await arrive();
    expect(await complete(browser)).toBe(409);
  });

  it("another user's are left alone, and so are later ones", async () => {
    const here = world();
    const stranger = await halfSignedIn(here);
    await here.sessions.revokeUser("bob");
    expect(await complete(stranger)).toBe(200);
    await here.sessions.revokeUser("ann");
    expect(await complete(await halfSignedIn(here))).toBe(200);
  });

  it("a second half sign-in of the user takes nothing from the first, also a day later and a longer one", async () => {
    const here = world();
    const long = await halfSignedIn(here, { expiresIn: "3d" });
    here.runtime.advance("2d");
    const short = await halfSignedIn(here);
    const longer = await halfSignedIn(here, { expiresIn: "6d" });
    expect([await complete(long), await complete(short)]).toEqual([200, 200]);
    here.runtime.advance("5d");
    await here.sessions.sweep();
    expect(await complete(longer)).toBe(200);
  });

  it("one that was taken back stays so when what it showed has expired and was made anew", async () => {
    const here = world();
    const stranger = await halfSignedIn(here, { expiresIn: "5d" });
    await here.sessions.revokeUser("ann");
    await halfSignedIn(here);
    here.runtime.advance("4d");
    await halfSignedIn(here);
    expect(await complete(stranger)).toBe(409);
  });

  it("nobody sees what it shows, and a user's list and limit do not count it", async () => {
    const here = world({ limit: { sessions: 1, reached: "refuse" } });
    const browser = await halfSignedIn(here);
    const pending = await browser.visit((session) => session.pendingSignIn);
    expect(Object.keys(pending ?? {}).sort()).toEqual(["amr", "expiresAt", "userId"]);
    expect(await here.sessions.list("ann")).toEqual([]);
    expect(await complete(browser)).toBe(200);
  });
});

describe("a completion that races with the end of the user's sessions", () => {
  /** A store that lets something happen right before or right after the statement that binds a user. */
  function around(when: "before" | "after", happens: () => Promise<unknown>): SessionStore {
    const store = memoryStore();
    return {
      ...store,
      async update(id, change, now) {
        if (!change.fields?.userId) return store.update(id, change, now);
        if (when === "before") await happens();
        const answer = await store.update(id, change, now);
        if (when === "after") await happens();
        return answer;
      },
    };
  }

  it.each(["before", "after"] as const)("no session is left where they end right %s the binding", async (when) => {
    let revoke = async (): Promise<unknown> => undefined;
    const here = world({ store: around(when, () => revoke()) });
    const stranger = await halfSignedIn(here);
    const half = stranger.token;
    revoke = () => here.sessions.revokeUser("ann");
    expect(await complete(stranger)).toBe(409);
    expect(stranger.token).toBe(half); // no new one was handed out
    expect(await here.sessions.list("ann")).toEqual([]);
    expect(eventNames(here)).toContain("destroyed");
  });

  it("no session is left where the second look fails, and the sign-in fails with it", async () => {
    const store = memoryStore();
    let isBound = false;
    const here = world({
      store: {
        ...store,
        async update(id, change, now) {
          const answer = await store.update(id, change, now);
          if (change.fields?.userId) isBound = true;
          return answer;
        },
        find(ids, now) {
          if (isBound) throw new Error("the line is down");
          return store.find(ids, now);
        },
      },
    });
    const stranger = await halfSignedIn(here);
    const session = await here.sessions.validate(stranger.token);
    const refused = session?.completeSignIn();
    const expected = expect(refused).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    while (!isBound) await here.runtime.settle();
    await here.runtime.settle();
    here.runtime.advance("1s"); // the pause before the second try
    await expected;
    expect(await here.sessions.list("ann")).toEqual([]);
  });

  it("where the store cannot end sessions by their user, a half sign-in has nothing to show and is completed", async () => {
    const { byUser: _none, ...bare } = memoryStore();
    const here = world({ store: bare });
    const browser = await halfSignedIn(here);
    expect(await complete(browser)).toBe(200);
  });
});
