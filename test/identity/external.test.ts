import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import type { ExternalUser, IdentityFunction } from "../../src/index.ts";
import { memoryStore } from "../../src/index.ts";
import { failingStore } from "../../src/testing/index.ts";
import { Browser, eventNames, world } from "../support/world.ts";

type Options = Parameters<typeof world>[0];

/** Sessions beside an application that signs users in, and what that application says at the moment. */
function beside(options: Options = {}, says: { who: string | null } = { who: null }) {
  const signOut = vi.fn(() => {
    says.who = null;
  });
  const ask = vi.fn((): ExternalUser | null => (says.who === null ? null : { userId: says.who }));
  const identity: IdentityFunction = Object.assign(ask, { signOut });
  const here = world({ identity, data: { cart: z.array(z.string()), step: z.number() }, keep: ["cart"], ...options });
  const browser = new Browser(here);
  const see = () =>
    browser.visit((session) => ({ id: session.id, userId: session.userId, data: { ...session.data } as object }));
  return { ...here, says, ask, signOut, browser, see };
}

const nobody = { id: null, userId: null };

describe("a user whom another application has signed in", () => {
  it("G5, G6: is seen at once; reading makes no record and no cookie", async () => {
    const { says, browser, see, store } = beside();
    says.who = "ada";
    expect(await see()).toMatchObject({ id: null, userId: "ada" });
    expect(await browser.visit((session) => session.isAnonymous)).toBe(false);
    expect(store.total()).toBe(0);
    expect(browser.lastResponse.headers.getSetCookie()).toEqual([]);
  });

  it("G7: is asked for once a request, however often the session is used", async () => {
    const { says, browser, ask } = beside();
    says.who = "ada";
    await browser.visit(async (session) => {
      await session.set({ cart: ["a"] });
      await session.set({ step: 1 });
      await session.loadUser();
      return session.userId;
    });
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it("gets a record with the first write: one create, bound to them", async () => {
    const { says, browser, see, store, sessions } = beside();
    says.who = "ada";
    await browser.visit((session) => session.set({ step: 2 }));
    expect(store.counts).toMatchObject({ create: 1, update: 0 });
    expect(await see()).toMatchObject({ userId: "ada", data: { step: 2 } });
    expect(await sessions.list("ada")).toHaveLength(1);
  });

  it("G3: takes over an anonymous visitor's session with the first write, in one statement, with a new token", async () => {
    const { says, browser, see, store, sessions } = beside();
    await browser.visit((session) => session.set({ cart: ["a"], step: 1 }));
    const [before, { id }] = [browser.token, await see()];
    says.who = "ada";
    expect(await see()).toMatchObject({ id, userId: "ada", data: { cart: ["a"] } }); // what keep leaves
    expect(((await see()).data as { step?: number }).step).toBeUndefined();
    store.reset();
    await browser.visit((session) => session.update("cart", (cart) => [...(cart as string[]), "b"]));
    expect(store.counts).toMatchObject({ create: 0, update: 1 });
    expect(browser.token).not.toBe(before);
    expect(await sessions.validate(before)).toBeNull();
    expect(await see()).toMatchObject({ id, userId: "ada", data: { cart: ["a", "b"] } });
    const old = new Browser(beside({ store }, { who: "ada" }));
    old.cookies.set("__Host-session", before);
    expect(await old.visit((session) => session.data)).toEqual({});
  });

  it("plucks from the session that is taken over, and begins none by it", async () => {
    const { says, browser, see, store } = beside({ keep: ["cart", "step"] });
    await browser.visit((session) => session.set({ cart: ["a"], step: 1 }));
    says.who = "ada";
    expect(await browser.visit((session) => session.pluck("step"))).toBe(1);
    expect(await see()).toMatchObject({ userId: "ada", data: { cart: ["a"] } });
    const stranger = beside({ store }, { who: "bob" });
    expect(await stranger.browser.visit((session) => session.pluck("step"))).toBeUndefined();
    await stranger.browser.visit((session) => session.set({}));
    expect(stranger.browser.token).toBe("");
  });

  it("never sees or writes what is another user's", async () => {
    const { says, browser, see, sessions } = beside({}, { who: "ada" });
    await browser.visit((session) => session.set({ cart: ["ada's"] }));
    says.who = "bob";
    expect(await see()).toMatchObject({ id: null, userId: "bob" });
    expect(JSON.stringify(await see())).not.toContain("ada's");
    await browser.visit((session) => session.set({ step: 3 }));
    expect(await see()).toMatchObject({ userId: "bob", data: { step: 3 } });
    expect(JSON.stringify(await see())).not.toContain("ada's");
    expect(await sessions.list("ada")).toEqual([]);
  });

  it("who has signed out is nobody, sees nothing, and their session ends with the next write", async () => {
    const { says, browser, see, sessions, store } = beside({}, { who: "ada" });
    await browser.visit((session) => session.set({ cart: ["ada's"] }));
    says.who = null;
    store.reset();
    expect(await see()).toMatchObject(nobody);
    expect(JSON.stringify(await see())).not.toContain("ada's");
    expect(store.counts).toMatchObject({ update: 0, destroy: 0 });
    await browser.visit((session) => session.set({ step: 1 }));
    expect(await sessions.list("ada")).toEqual([]);
    expect(await see()).toMatchObject({ userId: null, data: { step: 1 } });
  });

  it("has their data back when they return before that", async () => {
    const { says, browser, see } = beside({}, { who: "ada" });
    await browser.visit((session) => session.set({ cart: ["a"] }));
    says.who = null;
    await see();
    says.who = "ada";
    expect(await see()).toMatchObject({ userId: "ada", data: { cart: ["a"] } });
  });

  it("loses nothing of ten first writes at once", async () => {
    const { says, browser, see } = beside({ data: undefined as never, keep: ["cart"] as never });
    await browser.visit((session) => session.set({ cart: ["a"] }));
    says.who = "ada";
    await browser.visit((session) =>
      Promise.all(Array.from({ length: 10 }, (_, at) => session.set({ [`key${at}`]: at }))),
    );
    expect(Object.keys((await see()).data)).toHaveLength(11);
  });

  it("has proven nothing here: what asks for a recent authentication is not satisfied, until they do", async () => {
    const { says, browser } = beside();
    says.who = "ada";
    await browser.visit((session) => session.set({ step: 1 }));
    expect(await browser.visit((session) => session.satisfies({ freshFor: "10m" }))).toBe(false);
    await browser.visit((session) => session.reauthenticate({ amr: ["otp"] }));
    expect(await browser.visit((session) => session.satisfies({ freshFor: "10m" }))).toBe(true);
  });

  it("proves it again also where there is no session yet", async () => {
    const { browser } = beside({}, { who: "ada" });
    await browser.visit((session) => session.reauthenticate({ amr: ["otp"] }));
    expect(await browser.visit((session) => session.satisfies({ freshFor: "10m" }))).toBe(true);
  });

  it("ends their other sessions, whether or not this one is bound yet", async () => {
    const { browser, sessions } = beside({}, { who: "ada" });
    await sessions.create({ userId: "ada" });
    expect(await browser.visit((session) => session.list())).toHaveLength(1);
    expect(await browser.visit((session) => session.revokeOthers())).toBe(1);
    expect(await sessions.list("ada")).toEqual([]);
  });

  it("is looked up with what is known of them, and is nobody where the look-up knows them not", async () => {
    const user = vi.fn((_id: string, external?: unknown) => external ?? null);
    const known: { user?: unknown } = { user: { name: "Ada" } };
    const here = beside({ user, identity: () => ({ userId: "ada", ...known }) });
    const seen = () => here.browser.visit(async (session) => [await session.loadUser(), session.userId]);
    expect(await seen()).toEqual([{ name: "Ada" }, "ada"]);
    expect(user).toHaveBeenCalledTimes(1);
    known.user = undefined;
    expect(await seen()).toEqual([null, null]);
    expect(eventNames(here)).toContain("user-missing");
  });
});

describe("signing in and out beside another application", () => {
  it.each(["signIn", "startSignIn"] as const)("%s says that it is done elsewhere", async (method) => {
    const { browser, store } = beside();
    const call = browser.visit((session) => session[method]("eve"));
    await expect(call).rejects.toMatchObject({ code: "SIGNS_IN_ELSEWHERE" });
    expect(store.counts.create).toBe(0);
  });

  it.each(["destroy", "signOut"] as const)("%s signs out of both", async (method) => {
    const { browser, says, see, signOut, sessions } = beside({}, { who: "ada" });
    await browser.visit((session) => session.set({ cart: ["a"] }));
    await browser.visit(async (session) => {
      await session[method]();
      expect(session.userId).toBeNull();
    });
    expect(signOut).toHaveBeenCalledTimes(1);
    expect(says.who).toBeNull();
    expect(await see()).toMatchObject(nobody);
    expect(await sessions.list("ada")).toEqual([]);
    expect(browser.token).toBe("");
  });

  it("signs out of the other one also where there is no session of ours, and of nothing where nobody is signed in", async () => {
    const { browser, signOut, says } = beside({}, { who: "ada" });
    await browser.visit((session) => session.destroy());
    expect(says.who).toBeNull();
    await browser.visit((session) => session.destroy());
    expect(signOut).toHaveBeenCalledTimes(1);
  });

  it("does not hang when the other sign-out ends our session in turn", async () => {
    const here = beside({}, { who: "ada" });
    await here.browser.visit((session) => session.set({ cart: ["a"] }));
    const { sessions, says } = here;
    const transport = (token: string) => ({
      presented: [token],
      permit() {},
      deliver() {},
      defer() {},
      header: () => null,
    });
    const visit = sessions.visit(transport(here.browser.token));
    here.signOut.mockImplementation(() => {
      says.who = null;
      return visit.end([], false) as never;
    });
    await visit.end();
    expect(await sessions.list("ada")).toEqual([]);
  });

  it("G8: a sign-out that fails elsewhere ends nothing, and says so", async () => {
    const { browser, signOut, see } = beside({}, { who: "ada" });
    await browser.visit((session) => session.set({ cart: ["a"] }));
    signOut.mockImplementation(() => {
      throw new Error("down");
    });
    const failed = browser.visit((session) => session.destroy().catch((error: { code: string }) => error.code));
    expect(await failed).toBe("IDENTITY_UNAVAILABLE");
    expect(await see()).toMatchObject({ userId: "ada", data: { cart: ["a"] } });
  });

  it("G8: where ours fails after it, nothing of ours is shown any more", async () => {
    const store = failingStore(memoryStore());
    const here = beside({ store }, { who: "ada" });
    await here.browser.visit((session) => session.set({ cart: ["a"] }));
    store.fail("destroy", "refuse");
    const failing = here.browser.visit((session) => session.destroy().catch((error: { code: string }) => error.code));
    await here.runtime.settle();
    here.runtime.advance("1s");
    expect(await failing).toBe("STORE_UNAVAILABLE");
    expect(await here.see()).toMatchObject(nobody);
  });
});

describe("an identity function that fails", () => {
  const throwing = () => {
    throw new Error("down");
  };
  it.each([
    ["throws", throwing],
    ["rejects", () => Promise.reject(new Error("down"))],
    ["answers what is no user", () => ({ userId: 7 }) as never],
    ["never answers", () => new Promise<never>(() => undefined)],
  ])("G8: that %s is a 503, never nobody and never somebody", async (_, identity) => {
    const here = beside({ identity });
    const reached = vi.fn();
    const answered = here.browser.visit(reached);
    await here.runtime.settle();
    here.runtime.advance("10s");
    await answered;
    expect(here.browser.lastResponse.status).toBe(503);
    expect(reached).not.toHaveBeenCalled();
    const shown = here.sessions.handler(new Request("https://shop.example/api/session"));
    await here.runtime.settle();
    here.runtime.advance("10s");
    expect((await shown).status).toBe(503);
  });

  it("is not asked where the token alone is in hand", async () => {
    const here = beside({ identity: throwing });
    const { token } = await here.sessions.create({ userId: "ada" });
    expect((await here.sessions.validate(token))?.userId).toBe("ada");
  });

  it("has to be a function", () => {
    expect(() => world({ identity: {} as never })).toThrow(/identity/);
  });
});
