import { describe, expect, it } from "vitest";
import { Browser, eventNames, type World, world } from "../support/world.ts";

const minute = 60_000;

async function signedIn(here: World, options = {}): Promise<Browser> {
  const browser = new Browser(here);
  await browser.visit((session) => session.signIn("ann", { amr: ["pwd"], ...options }));
  return browser;
}

describe("L15 freshness: how long ago the user really proved who they are", () => {
  it.each([
    [-1, true],
    [0, false],
    [1, false],
  ])("%i ms from the end of ten minutes it is fresh: %s", async (offset, isFresh) => {
    const here = world();
    const browser = await signedIn(here);
    here.runtime.advance(10 * minute + offset);
    expect(await browser.visit((session) => session.satisfies({ freshFor: "10m" }))).toBe(isFresh);
  });

  it("neither touches nor rotation nor writes nor step-ups of others move it", async () => {
    const here = world();
    const browser = await signedIn(here);
    const at = here.runtime.now();
    const elsewhere = await signedIn(here);
    for (let hours = 0; hours < 5; hours++) {
      here.runtime.advance("1h");
      await browser.visit(async (session) => {
        await session.set({ hours });
        await session.touch();
        await session.rotate();
      });
      await elsewhere.visit((session) => session.reauthenticate());
    }
    expect(await browser.visit((session) => session.authenticatedAt)).toBe(at);
    expect(await browser.visit((session) => session.satisfies({ freshFor: "5h" }))).toBe(false);
  });

  it("L4 reauthentication makes it now, with a new token, and kills the old one at once; the deadlines stay", async () => {
    const here = world();
    const browser = await signedIn(here);
    const before = browser.token;
    const expiresAt = await browser.visit((session) => session.expiresAt);
    here.runtime.advance("2h");
    await browser.visit((session) => session.reauthenticate({ amr: ["otp"] }));
    expect(browser.token).not.toBe(before);
    expect(await here.sessions.validate(before)).toBeNull();
    const now = here.runtime.now();
    expect(await browser.visit(({ authenticatedAt, amr }) => ({ authenticatedAt, amr }))).toEqual({
      authenticatedAt: now,
      amr: ["pwd", "otp"],
    });
    expect(await browser.visit((session) => session.expiresAt)).toBe(expiresAt);
    expect(eventNames(here)).toContain("reauthenticated");
  });

  it("a request that began before a reauthentication can neither write nor rotate after it", async () => {
    const here = world();
    const browser = await signedIn(here);
    const slow = await here.sessions.validate(browser.token);
    await browser.visit((session) => session.reauthenticate());
    await expect(slow?.set({ a: 1 })).rejects.toMatchObject({ code: "SESSION_REPLACED" });
    await expect(slow?.rotate()).rejects.toMatchObject({ code: "SESSION_REPLACED" });
    await expect(slow?.reauthenticate()).rejects.toMatchObject({ code: "SESSION_REPLACED" });
  });

  it("an anonymous visitor satisfies nothing and cannot reauthenticate", async () => {
    const here = world();
    const browser = new Browser(here);
    expect(await browser.visit((session) => session.satisfies({}))).toBe(false);
    await expect(browser.visit((session) => session.reauthenticate())).resolves.toBeUndefined();
    expect(browser.lastResponse.status).toBe(401);
    await browser.visit((session) => session.set({ cart: [1] }));
    await browser.visit((session) => session.reauthenticate());
    expect(browser.lastResponse.status).toBe(401);
  });
});

describe("L16 step-up: methods and level, with an end of their own", () => {
  it.each([
    [-1, true],
    [0, false],
    [1, false],
  ])("%i ms from its end a step-up counts: %s", async (offset, counts) => {
    const here = world();
    const browser = await signedIn(here, { acr: "aal1" });
    await browser.visit((session) => session.reauthenticate({ amr: ["otp"], acr: "aal2", expiresIn: "15m" }));
    here.runtime.advance(15 * minute + offset);
    const { amr, acr } = await browser.visit((session) => ({ amr: session.amr, acr: session.acr }));
    expect({ amr, acr }).toEqual(counts ? { amr: ["pwd", "otp"], acr: "aal2" } : { amr: ["pwd"], acr: "aal1" });
    expect(await browser.visit((session) => session.satisfies({ acr: "aal2", amr: ["otp"] }))).toBe(counts);
  });

  it("without an end it counts as long as the session", async () => {
    const here = world();
    const browser = await signedIn(here);
    await browser.visit((session) => session.reauthenticate({ amr: ["hwk"], acr: "aal3" }));
    here.runtime.advance("5d");
    expect(await browser.visit((session) => session.acr)).toBe("aal3");
  });

  it("a higher level is as good, where the levels are in order; a lower or unknown one never is", async () => {
    const asked = async (acrLevels: readonly string[], reached: string | undefined, acr: string) => {
      const browser = await signedIn(world({ acrLevels }), reached === undefined ? {} : { acr: reached });
      return browser.visit((session) => session.satisfies({ acr }));
    };
    const levels = ["aal1", "aal2", "aal3"];
    expect(await asked(levels, "aal3", "aal2")).toBe(true);
    expect(await asked(levels, "aal2", "aal2")).toBe(true);
    expect(await asked(levels, "aal1", "aal2")).toBe(false);
    expect(await asked(levels, undefined, "aal1")).toBe(false);
    expect(await asked(levels, "gold", "aal1")).toBe(false);
    expect(await asked(levels, "aal3", "gold")).toBe(false);
    expect(await asked([], "aal3", "aal2")).toBe(false);
    expect(await asked([], "aal3", "aal3")).toBe(true);
  });

  it("signing in anew begins with nothing proven but what it says", async () => {
    const here = world();
    const browser = await signedIn(here);
    await browser.visit((session) => session.reauthenticate({ amr: ["otp"], acr: "aal2" }));
    await browser.visit((session) => session.signIn("ann"));
    expect(await browser.visit(({ amr, acr }) => ({ amr, acr }))).toEqual({ amr: [], acr: null });
  });

  it.each([[["\n"]], [[1]], ["pwd"], [[""]], [Array(17).fill("x")], [["x".repeat(65)]]])(
    "G13 refuses %j as methods, and nothing is stored",
    async (amr) => {
      const here = world();
      const browser = new Browser(here);
      await expect(browser.visit((session) => session.signIn("ann", { amr: amr as never }))).rejects.toMatchObject({
        code: "DATA_INVALID",
      });
      expect(await here.sessions.list("ann")).toEqual([]);
    },
  );
});

describe("L17 a half-authenticated visitor is nobody", () => {
  it("no check takes them for signed in: not the session, the list, the public view, or a requirement", async () => {
    const here = world({ user: (userId) => ({ userId }) });
    const browser = new Browser(here);
    await browser.visit((session) => session.startSignIn("ann", { amr: ["pwd"] }));
    const seen = await browser.visit(async (session) => {
      await session.loadUser();
      return {
        userId: session.userId,
        user: session.user,
        isAnonymous: session.isAnonymous,
        authenticatedAt: session.authenticatedAt,
        amr: session.amr,
        client: await session.toClient(),
        satisfies: session.satisfies({}),
        list: await session.list(),
        pending: session.pendingSignIn,
      };
    });
    expect(seen).toEqual({
      ...{ userId: null, user: null, isAnonymous: true, authenticatedAt: null, amr: [] },
      ...{ client: null, satisfies: false, list: [] },
      pending: { userId: "ann", amr: ["pwd"], expiresAt: here.runtime.now() + 10 * minute },
    });
    expect(await here.sessions.list("ann")).toEqual([]);
    expect(eventNames(here)).not.toContain("signed-in");
  });

  it("L4 each half issues a new token, and the one before it is dead at once", async () => {
    const here = world();
    const browser = new Browser(here);
    await browser.visit((session) => session.set({ cart: [1] }));
    const anonymous = browser.token;
    await browser.visit((session) => session.startSignIn("ann", { amr: ["pwd"] }));
    const half = browser.token;
    expect(await here.sessions.validate(anonymous)).toBeNull();
    await browser.visit((session) => session.completeSignIn({ amr: ["otp"], acr: "aal2" }));
    expect(await here.sessions.validate(half)).toBeNull();
    expect(await browser.visit(({ userId, amr, acr, pendingSignIn }) => ({ userId, amr, acr, pendingSignIn }))).toEqual(
      {
        ...{ userId: "ann", amr: ["pwd", "otp"], acr: "aal2", pendingSignIn: null },
      },
    );
  });

  it.each([
    [-1, 200],
    [0, 409],
    [1, 409],
  ])("%i ms from the end of the second half's time it answers %i", async (offset, status) => {
    const here = world();
    const browser = new Browser(here);
    await browser.visit((session) => session.startSignIn("ann", { expiresIn: "5m" }));
    here.runtime.advance(5 * minute + offset);
    await browser.visit((session) => session.completeSignIn());
    expect(browser.lastResponse.status).toBe(status);
    expect(await here.sessions.list("ann")).toHaveLength(status === 200 ? 1 : 0);
  });

  it("of two completions at once one signs in", async () => {
    const here = world();
    const browser = new Browser(here);
    await browser.visit((session) => session.startSignIn("ann"));
    const { token } = browser;
    const visits = await Promise.all([here.sessions.validate(token), here.sessions.validate(token)]);
    const outcomes = await Promise.allSettled(visits.map((session) => session?.completeSignIn()));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await here.sessions.list("ann")).toHaveLength(1);
  });

  it("another user's sign-in between the halves leaves nothing to complete", async () => {
    const here = world();
    const browser = new Browser(here);
    await browser.visit((session) => session.startSignIn("ann"));
    const slow = await here.sessions.validate(browser.token);
    await browser.visit((session) => session.startSignIn("bob"));
    await expect(slow?.completeSignIn()).rejects.toMatchObject({ code: "SESSION_REPLACED" });
    await browser.visit((session) => session.completeSignIn());
    expect(await browser.visit((session) => session.userId)).toBe("bob");
    expect(await here.sessions.list("ann")).toEqual([]);
  });

  it("there is nothing to complete without a first half, or twice", async () => {
    const here = world();
    const browser = new Browser(here);
    await browser.visit((session) => session.completeSignIn());
    expect(browser.lastResponse.status).toBe(409);
    await browser.visit((session) => session.startSignIn("ann"));
    await browser.visit((session) => session.completeSignIn());
    await browser.visit((session) => session.completeSignIn());
    expect(browser.lastResponse.status).toBe(409);
  });

  it("whoever is signed in stays so while another sign-in is half done", async () => {
    const here = world();
    const browser = await signedIn(here);
    await browser.visit((session) => session.startSignIn("bob"));
    expect(await browser.visit((session) => session.userId)).toBe("ann");
    await browser.visit((session) => session.completeSignIn());
    expect(await browser.visit((session) => session.userId)).toBe("bob");
  });
});
