import { describe, expect, it } from "vitest";
import { Browser, eventNames, world } from "../support/world.ts";

const wellShaped = `ccs_${"A".repeat(22)}.${"A".repeat(43)}`;

describe("G5 strangers cost nothing", () => {
  const headers = {
    "no cookie": undefined,
    "other people's cookies": "theme=dark; _ga=1",
    "an empty cookie": "__Host-session=",
    "a malformed token": "__Host-session=hello",
    "a token of another kind": `__Host-session=ccr_${wellShaped.slice(4)}`,
    "a token with a flipped spare bit": `__Host-session=${wellShaped.slice(0, -1)}B`,
    "a token that is too long": `__Host-session=${wellShaped}A`,
    "the name in another case": `__host-session=${wellShaped}`,
    "the name after a no-break space": `\u00a0__Host-session=${wellShaped}`,
  };
  for (const [name, cookie] of Object.entries(headers)) {
    it(`T7 L24 ${name}: no store call, no cookie, nothing stored`, async () => {
      const here = world();
      const browser = new Browser(here);
      const seen = await browser.visit(
        (session) => [session.id, session.userId, session.data, session.isAnonymous],
        cookie ? { cookie } : {},
      );
      expect(seen).toEqual([null, null, {}, true]);
      expect(here.store.total()).toBe(0);
      expect(browser.lastResponse.headers.getSetCookie()).toEqual([]);
    });
  }

  it("A6 a well-shaped token that is unknown costs one read and no write", async () => {
    const here = world();
    await new Browser(here).visit(() => undefined, { cookie: `__Host-session=${wellShaped}` });
    expect(here.store.counts).toMatchObject({ find: 1 });
    expect(here.store.total()).toBe(1);
    expect(eventNames(here)).toEqual(["rejected:unknown"]);
  });

  it("C13 the first write makes one session and one cookie, however many writes the request makes", async () => {
    const here = world();
    const browser = new Browser(here);
    await browser.visit(async (session) => {
      await Promise.all([
        session.set({ a: 1 }),
        session.set({ b: 2 }),
        session.update("c", () => 3),
        session.replace({ a: 1, b: 2, c: 3 }),
      ]);
      await session.set({ d: 4 });
    });
    expect(here.store.counts.create).toBe(1);
    expect(browser.lastResponse.headers.getSetCookie()).toHaveLength(1);
    expect(await browser.visit((session) => session.data)).toEqual({ a: 1, b: 2, c: 3, d: 4 });
  });

  it("makes no session for a write that writes nothing", async () => {
    const here = world();
    const browser = new Browser(here);
    await browser.visit(async (session) => {
      await session.set({});
      await session.set({ gone: undefined });
      await session.replace({});
      await session.update("nothing", () => undefined);
      expect(await session.pluck("nothing" as never)).toBeUndefined();
      await session.rotate();
      await session.destroy();
    });
    expect(here.store.total()).toBe(0);
    expect(browser.lastResponse.headers.getSetCookie()).toEqual([]);
  });

  it("C7 of two cookies of the name accepts the only valid one, in either order, and refuses two valid ones", async () => {
    const here = world();
    const [one, other] = await Promise.all([
      here.sessions.create({ userId: "u1" }),
      here.sessions.create({ userId: "u2" }),
    ]);
    const userOf = (...tokens: string[]) =>
      new Browser(here).visit((session) => session.userId, {
        cookie: tokens.map((token) => `__Host-session=${token}`).join("; "),
      });
    expect(await userOf(one.token, wellShaped)).toBe("u1");
    expect(await userOf("junk", other.token)).toBe("u2");
    expect(await userOf(one.token, one.token)).toBe("u1");
    expect(await userOf(one.token, other.token)).toBeNull();
    expect(
      await userOf(
        wellShaped,
        wellShaped.replace("ccs_A", "ccs_B"),
        wellShaped.replace("ccs_A", "ccs_C"),
        wellShaped.replace("ccs_A", "ccs_D"),
        one.token,
      ),
    ).toBeNull();
    expect(eventNames(here).filter((name) => name === "rejected:ambiguous")).toHaveLength(2);
  });
});
