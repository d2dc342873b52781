import { describe, expect, it } from "vitest";
import { memoryStore, type SessionStore } from "../../src/index.ts";
import { referenceStore } from "../conformance/reference-store.ts";
import { Browser, eventNames, twoVisits, world } from "../support/world.ts";

async function slowRequestStaysOut(store: SessionStore): Promise<void> {
  const here = world({ store, keep: [] });
  const { token } = await here.sessions.create({ data: { mine: "anonymous" } });
  const [slow, signingIn] = await twoVisits(here, token);
  const next = await signingIn.signIn("u1");
  await (await here.sessions.validate(next))?.set({ secret: "of u1" });
  for (const mutate of [
    () => slow.set({ planted: 1 }),
    () => slow.update("secret", (secret) => secret),
    () => slow.replace({}),
    () => slow.rotate(),
    () => slow.destroy(),
  ]) {
    await expect(mutate()).rejects.toMatchObject({ code: "SESSION_REPLACED" });
  }
  expect(slow.data).toEqual({ mine: "anonymous" });
  expect((await here.sessions.validate(next))?.data).toEqual({ secret: "of u1" });
}

describe("G3 no fixation, no mixing", () => {
  it("L4 issues a new token at sign-in; the old one is dead at once", async () => {
    const here = world();
    const { token, session } = await here.sessions.create();
    const next = await session.signIn("u1");
    expect(next).not.toBe(token);
    expect(await here.sessions.validate(token)).toBeNull();
    expect((await here.sessions.validate(next))?.userId).toBe("u1");
  });

  it("binds user and token in one atomic write", async () => {
    const here = world();
    const { session } = await here.sessions.create();
    here.store.reset();
    await session.signIn("u1");
    expect(here.store.counts).toMatchObject({ update: 1, create: 0, destroy: 0 });
  });

  it("keeps a request that began before a sign-in out of the session after it, and lets it end nothing", () =>
    slowRequestStaysOut(memoryStore()));

  it("negative control: a store that ignores the generation lets it in", async () => {
    await expect(slowRequestStaysOut(referenceStore({ isReplaced: () => false }))).rejects.toThrow();
  });

  it("L6 carries over only what keep names", async () => {
    const here = world({ keep: { cart: (anonymous: string[], current) => [...anonymous, String(current)] } });
    const { session } = await here.sessions.create({ data: { cart: ["a"], userId: "admin", roles: ["admin"] } });
    await session.signIn("u1");
    expect(session.data).toEqual({ cart: ["a", "undefined"] });
    expect(session.userId).toBe("u1");
  });

  it("keeps the data when the same user signs in again, drops it when another does", async () => {
    const here = world({ keep: ["cart"] });
    const { session } = await here.sessions.create({ userId: "u1", data: { cart: ["a"], private: 1 } });
    await session.signIn("u1");
    expect(session.data).toEqual({ cart: ["a"], private: 1 });
    await session.signIn("u2");
    expect(session.data).toEqual({});
  });

  it("T4 never adopts a token that it did not issue", async () => {
    const here = world();
    const browser = new Browser(here);
    const planted = `ccs_${"A".repeat(22)}.${"A".repeat(43)}`;
    browser.cookies.set("__Host-session", planted);
    await browser.visit((session) => session.set({ cart: 1 }));
    expect(browser.token).not.toBe(planted);
    expect(browser.token).not.toContain("A".repeat(22));
    expect(await here.sessions.validate(planted)).toBeNull();
  });

  it("reads an old token as anonymous, refuses its writes for a minute, and then does not know it", async () => {
    const here = world();
    const { token, session } = await here.sessions.create();
    await session.signIn("u1");
    const browser = new Browser(here);
    browser.cookies.set("__Host-session", token);
    await browser.visit(async (old) => {
      expect(old.userId).toBeNull();
      for (const mutate of [
        () => old.set({ a: 1 }),
        () => old.pluck("a" as never),
        () => old.replace({}),
        () => old.destroy(),
      ]) {
        await expect(mutate()).rejects.toMatchObject({ code: "SESSION_REPLACED" });
      }
    });
    expect(browser.lastResponse.headers.getSetCookie()).toEqual([]);
    expect(eventNames(here)).toContain("replayed");

    here.runtime.advance("59s");
    await browser.visit((old) => expect(old.set({ a: 1 })).rejects.toMatchObject({ code: "SESSION_REPLACED" }));
    here.runtime.advance("1s");
    await browser.visit((old) => old.set({ a: 1 }));
    expect(browser.token).not.toBe(token);
  });

  it("starts a new session when somebody signs in with a superseded token", async () => {
    const here = world({ keep: ["cart"] });
    const { token, session } = await here.sessions.create({ data: { cart: [1] } });
    await session.signIn("u1");
    const browser = new Browser(here);
    browser.cookies.set("__Host-session", token);
    await browser.visit((old) => old.signIn("u2"));
    const second = await here.sessions.validate(browser.token);
    expect(second?.userId).toBe("u2");
    expect(second?.id).not.toBe(session.id);
    expect(second?.data).toEqual({});
  });

  it("rotation keeps the old token for its grace, and signs nobody out", async () => {
    const here = world();
    const { token, session } = await here.sessions.create({ userId: "u1" });
    const next = (await session.rotate()) ?? "";
    expect((await here.sessions.validate(token))?.userId).toBe("u1");
    here.runtime.advance(9_999);
    expect((await here.sessions.validate(token))?.userId).toBe("u1");
    here.runtime.advance(1);
    expect(await here.sessions.validate(token)).toBeNull();
    expect((await here.sessions.validate(next))?.userId).toBe("u1");
  });

  it("of two requests that rotate at once one issues a token, and both go on", async () => {
    const here = world();
    const { token } = await here.sessions.create({ userId: "u1" });
    const [one, other] = await twoVisits(here, token);
    const tokens = await Promise.all([one.rotate(), other.rotate()]);
    expect(tokens.filter((issued) => issued !== null)).toHaveLength(1);
    await Promise.all([one.set({ a: 1 }), other.set({ b: 2 })]);
    here.runtime.advance("10s");
    const left = await here.sessions.validate(tokens.find((issued) => issued !== null) ?? "");
    expect(left?.data).toEqual({ a: 1, b: 2 });
  });

  it("L2 activity and rotation never move the absolute deadline; sign-in sets it anew", async () => {
    const here = world({ timeouts: { idle: "1h", absolute: "1d" } });
    const { token, session } = await here.sessions.create({ userId: "u1" });
    const end = session.expiresAt;
    let current = token;
    for (let hour = 0; hour < 20; hour++) {
      here.runtime.advance("50m");
      const visit = await here.sessions.validate(current);
      await visit?.set({ hour });
      current = (await visit?.rotate({ grace: 0 })) ?? "";
      expect(visit?.expiresAt).toBe(end);
    }
    const again = await here.sessions.validate(current);
    await again?.signIn("u1");
    expect(again?.expiresAt).toBe(here.runtime.now() + 86_400_000);
  });

  it("L5 has no public way to bind a user without a new token", async () => {
    const here = world();
    const { session } = await here.sessions.create();
    expect(() => Object.assign(session, { userId: "u1" })).toThrow(TypeError);
    await session.set({ userId: "u1" });
    expect(session.userId).toBeNull();
  });

  it("rotates once however often a request asks, and not after a sign-in", async () => {
    const here = world();
    const browser = new Browser(here);
    await browser.visit((session) => session.signIn("u1"));
    here.store.reset();
    await browser.visit((session) => Promise.all([session.rotate(), session.rotate()]));
    expect(here.store.counts.update).toBe(1);
    expect(browser.lastResponse.headers.getSetCookie()).toHaveLength(1);
    here.store.reset();
    await browser.visit(async (session) => {
      await session.signIn("u1");
      await session.rotate();
    });
    expect(here.store.counts.update).toBe(1);
  });
});
