import { describe, expect, it } from "vitest";
import { memoryStore } from "../../src/index.ts";
import { fakeRuntime } from "../../src/testing/index.ts";
import { Browser, world } from "../support/world.ts";
import { claimsOf, issued, refresh, successorIn, type TokenWorld, tokenWorld } from "./scene.ts";

const refused = { error: "invalid_grant" };

async function isRefused(here: TokenWorld, refreshToken: string) {
  here.runtime.advance("1m");
  expect((await refresh(here, refreshToken)).body).toEqual(refused);
  expect(here.events.filter(({ type }) => type === "refresh-token-reused")).toEqual([]);
}

describe("R7 a refresh token ends with", () => {
  it("the session: signed out of, revoked, revoked by its user, with all others", async () => {
    const here = tokenWorld();
    const ends: ((one: Awaited<ReturnType<typeof issued>>) => Promise<unknown>)[] = [
      ({ session }) => session.signOut(),
      ({ session }) => session.destroy(),
      ({ session }) => here.sessions.revoke(session.id ?? ""),
      ({ session }) => session.revoke(session.id ?? ""),
      () => here.sessions.revokeUser("ann"),
      async () => (await here.sessions.create({ userId: "ann" })).session.revokeOthers(),
      async () => (await here.sessions.create({ userId: "ann" })).session.credentialsChanged(),
      ({ session }) => session.credentialsChanged(),
      ({ session }) => session.signIn("bob"),
    ];
    for (const end of ends) {
      const one = await issued(here);
      await end(one);
      await isRefused(here, one.refreshToken);
    }
  });

  it("the deadlines of the session, at equality", async () => {
    const here = tokenWorld(
      { refresh: { idle: "60d", absolute: "90d" } },
      { timeouts: { idle: "1h", absolute: "2h" } },
    );
    const idle = await issued(here);
    expect(idle.refreshExpiresAt).toBe(here.runtime.now() + 3_600_000);
    here.runtime.advance(3_600_000);
    expect((await refresh(here, idle.refreshToken)).body).toEqual(refused);
    const absolute = await issued(here);
    here.runtime.advance("55m");
    const second = successorIn(await refresh(here, absolute.refreshToken)); // slides the idle deadline of the session too
    here.runtime.advance("55m");
    const third = await refresh(here, second);
    expect(third.body.expires_in).toBe(300);
    here.runtime.advance("9m");
    const last = await refresh(here, successorIn(third));
    expect(last.body.expires_in).toBe(60); // and no access token outlives it
    here.runtime.advance("1m");
    expect((await refresh(here, successorIn(last))).body).toEqual(refused);
  });

  it("the deadlines of the session, which no access token outlives either; this use moves them first", async () => {
    const here = tokenWorld({ access: "10m" }, { timeouts: { idle: "4m", absolute: "2h" } });
    const { session, token } = await here.sessions.create({ userId: "ann" });
    const lasts = async (refreshable: boolean, of = session) =>
      (await of.issueTokens({ client: "mobile", refresh: refreshable })).expiresIn;
    expect([await lasts(true), await lasts(false)]).toEqual([240, 240]);
    for (const refreshable of [true, false]) {
      here.runtime.advance("3m");
      const late = (await here.sessions.validate(token)) ?? expect.fail();
      here.store.reset();
      expect(await lasts(refreshable, late)).toBe(240);
      expect(late.idleExpiresAt).toBe(here.runtime.now() + 240_000);
    }
    here.runtime.advance("3m");
    const late = (await here.sessions.validate(token)) ?? expect.fail();
    await here.sessions.revoke(session.id ?? "");
    await expect(lasts(false, late)).rejects.toMatchObject({ code: "SESSION_DESTROYED" });
  });

  it("an impersonation, which issues none", async () => {
    const here = tokenWorld({}, { impersonation: { allow: () => true } });
    const { session, refreshToken } = await issued(here);
    await session.impersonate("bob", { reason: "Ticket 1", ttl: "15m" });
    await expect(session.issueTokens({ client: "mobile" })).rejects.toMatchObject({ code: "IMPERSONATION_REFUSED" });
    await isRefused(here, refreshToken);
  });

  it("the user: whoever is known no more gets nothing, and nothing is ended by that", async () => {
    const users = new Set(["ann"]);
    const here = tokenWorld({}, { user: (userId) => (users.has(userId) ? { id: userId } : null) });
    const { refreshToken } = await issued(here);
    users.clear();
    await isRefused(here, refreshToken);
    users.add("ann");
    successorIn(await refresh(here, refreshToken));
  });

  it("nothing else: the same user signs in again, proves it again, rotates, replaces the data", async () => {
    const here = tokenWorld();
    const { session, refreshToken } = await issued(here);
    await session.set({ cart: [1] });
    await session.replace({ step: 1 });
    await session.reauthenticate({ amr: ["otp"] });
    await session.rotate();
    await session.signIn("ann");
    expect(session.data).toEqual({ step: 1 });
    successorIn(await refresh(here, refreshToken));
  });
});

describe("R7 where a refresh token is begun at the same time", () => {
  it("a replacement of the data drops none", async () => {
    const here = tokenWorld();
    const { session, token } = await here.sessions.create({ userId: "ann", data: { step: 1 } });
    const other = (await here.sessions.validate(token)) ?? expect.fail();
    const made = await session.issueTokens({ client: "mobile" });
    await other.replace({ step: 2 }); // by a request that has read the session before
    successorIn(await refresh(here, made.refreshToken ?? ""));
  });

  it("a change of the password ends those that its request has not seen", async () => {
    const here = tokenWorld();
    const { session, token } = await here.sessions.create({ userId: "ann" });
    const thief = (await here.sessions.validate(token)) ?? expect.fail();
    const first = (await thief.issueTokens({ client: "mobile" })).refreshToken ?? "";
    await session.credentialsChanged(); // a request that knows of no family at all
    expect((await refresh(here, first)).body).toEqual(refused);
    const again = await here.sessions.create({ userId: "ann" });
    await again.session.issueTokens({ client: "mobile" });
    const thieves = (await here.sessions.validate(again.token)) ?? expect.fail();
    const second = (await thieves.issueTokens({ client: "mobile" })).refreshToken ?? "";
    await again.session.credentialsChanged(); // and one that knows of another family
    expect((await refresh(here, second)).body).toEqual(refused);
    await expect(thieves.issueTokens({ client: "mobile" })).rejects.toMatchObject({ code: "SESSION_REPLACED" });
  });

  it("a change of the password ends them where its own configuration has no tokens", async () => {
    const store = memoryStore();
    const here = tokenWorld({}, { store });
    const plain = world({ store });
    const { refreshToken, token } = await issued(here);
    const session = (await plain.sessions.validate(token)) ?? expect.fail();
    expect(session.data).toEqual({});
    await session.replace({ step: 1 });
    await session.credentialsChanged();
    expect((await refresh(here, refreshToken)).body).toEqual(refused);
  });
});

describe("R7 what a change of the password has ended", () => {
  it.each([
    ["by an application without tokens", false, 0],
    ["by an instance whose clock is behind", true, -30_000],
  ])("stays ended by a second one, %s", async (_, hasTokens, behind) => {
    const store = memoryStore();
    const here = tokenWorld({}, { store });
    const { session, accessToken } = await issued(here);
    const claims = claimsOf(accessToken);
    const isLive = () => here.sessions.tokens.isLive(String(claims.sid), claims as never);
    here.runtime.advance("2s");
    const { token } = await session.credentialsChanged();
    expect(await isLive()).toBe(false);
    const runtime = fakeRuntime({ now: here.runtime.now() + behind });
    const there = hasTokens ? tokenWorld({}, { store, runtime }) : world({ store, runtime });
    const again = (await there.sessions.validate(token)) ?? expect.fail();
    await again.credentialsChanged();
    expect(await isLive()).toBe(false);
  });
});

describe("R5 the life of a family", () => {
  it("is idle and absolute, at equality, and no exchange moves the absolute end", async () => {
    const here = tokenWorld({ refresh: { idle: "1h", absolute: "3h" } });
    const idle = await issued(here);
    here.runtime.advance(3_600_000);
    expect((await refresh(here, idle.refreshToken)).body).toEqual(refused);
    let { refreshToken } = await issued(here);
    for (let time = 0; time < 3; time++) {
      here.runtime.advance(3_599_999);
      refreshToken = successorIn(await refresh(here, refreshToken));
    }
    here.runtime.advance(3);
    expect((await refresh(here, refreshToken)).body).toEqual(refused);
  });

  it("belongs to a session that is alive: exchanging is using it", async () => {
    const here = tokenWorld(
      { refresh: { idle: "60d", absolute: "60d" } },
      { timeouts: { idle: "1h", absolute: "90d" } },
    );
    let { refreshToken } = await issued(here);
    for (let time = 0; time < 100; time++) {
      here.runtime.advance("50m");
      refreshToken = successorIn(await refresh(here, refreshToken));
    }
  });

  it("leaves room for twenty: of more the one unused longest makes way", async () => {
    const here = tokenWorld();
    const { session, refreshToken } = await issued(here);
    here.runtime.advance("1s");
    const kept = (await session.issueTokens({ client: "mobile" })).refreshToken ?? "";
    for (let time = 0; time < 19; time++) {
      here.runtime.advance("1s");
      await session.issueTokens({ client: "mobile" });
    }
    expect((await refresh(here, refreshToken)).body).toEqual(refused);
    successorIn(await refresh(here, kept));
  });
});

describe("session.issueTokens", () => {
  it("needs tokens in the configuration, and somebody who is signed in", async () => {
    const plain = world();
    const { session } = await plain.sessions.create({ userId: "ann" });
    await expect(session.issueTokens({ client: "mobile" })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    await expect(plain.sessions.tokens.epochOf("ann")).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    const here = tokenWorld();
    const anonymous = await here.sessions.create();
    await expect(anonymous.session.issueTokens({ client: "mobile" })).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
    });
  });

  it("tells no list, no data and no view of families", async () => {
    const here = tokenWorld();
    const { session } = await issued(here);
    expect([Object.keys(session.data), JSON.stringify(session)]).toEqual([[], expect.not.stringContaining("refresh")]);
    await expect(session.set({ "~refresh.x": 1 })).rejects.toMatchObject({ code: "DATA_INVALID" });
    expect(await session.pluck("~refresh")).toBeUndefined();
  });

  it("sets no cookie in a request", async () => {
    const here = tokenWorld();
    const browser = new Browser(here);
    await browser.visit((session) => session.signIn("ann"));
    const made = await browser.visit((session) => session.issueTokens({ client: "mobile" }));
    expect(browser.lastResponse.headers.getSetCookie()).toEqual([]);
    expect(claimsOf(made.accessToken).sub).toBe("ann");
  });
});
