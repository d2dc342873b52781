import { describe, expect, it } from "vitest";
import { memoryStore, SessionStoreError } from "../../src/index.ts";
import { world } from "../support/world.ts";
import { api, issued, refresh, stock, successorIn, tokenWorld } from "./scene.ts";

describe("session.listTokens", () => {
  it("tells what acts for the user in all of their sessions, the newest first, and no secret", async () => {
    const here = tokenWorld();
    const phone = await issued(here, { audience: [api, stock] });
    here.runtime.advance("1h");
    const { session } = await here.sessions.create({ userId: "ann" });
    await session.issueTokens({ client: "cli", scope: ["stock:read"] });
    await session.issueTokens({ client: "mobile", refresh: false });
    await issued(here, { userId: "bob" });
    here.runtime.advance("1m");
    const usedAt = here.runtime.now();
    const next = successorIn(await refresh(here, phone.refreshToken));
    here.store.reset();
    const listed = await session.listTokens();
    expect(here.store.total()).toBe(1);
    expect(listed).toEqual([
      {
        id: expect.stringMatching(new RegExp(`^${session.id}\\.[\\w-]{12}$`)),
        clientId: "cli",
        ...{ scope: ["stock:read"], audience: [api], sessionId: session.id },
        ...{ createdAt: usedAt - 60_000, lastUsedAt: null, isBound: false },
        expiresAt: session.idleExpiresAt,
      },
      {
        id: expect.any(String),
        clientId: "mobile",
        ...{ scope: ["orders:read", "orders:write"], audience: [api, stock], sessionId: phone.session.id },
        ...{ createdAt: usedAt - 3_660_000, lastUsedAt: usedAt, isBound: false },
        expiresAt: expect.any(Number),
      },
    ]);
    expect(await here.sessions.tokens.list("ann")).toEqual(listed);
    for (const secret of [phone.refreshToken, next]) {
      const half = secret.slice(47); // the secret and the code
      expect(JSON.stringify(listed)).not.toContain(half.slice(0, 20));
    }
  });

  it("leaves out what has ended: idle, revoked, with its session, by another user's sign-in, while impersonating", async () => {
    const here = tokenWorld(
      { refresh: { idle: "1h", absolute: "30d" } },
      { impersonation: { allow: () => true }, timeouts: { idle: "1d", absolute: "30d" } },
    );
    const { session } = await issued(here);
    const listed = async () => (await here.sessions.tokens.list("ann")).length;
    expect(await listed()).toBe(1);
    here.runtime.advance(3_599_999);
    expect(await listed()).toBe(1);
    here.runtime.advance(1);
    expect(await listed()).toBe(0);
    await session.issueTokens({ client: "mobile" });
    await session.impersonate("bob", { reason: "Ticket 1", ttl: "15m" });
    expect([await listed(), (await here.sessions.tokens.list("bob")).length]).toEqual([0, 0]);
    await session.stopImpersonating();
    await session.issueTokens({ client: "mobile" });
    expect(await listed()).toBe(1);
    await session.signIn("bob");
    expect([await listed(), (await session.listTokens()).length]).toEqual([0, 0]);
    const other = await issued(here);
    await other.session.destroy();
    expect(await listed()).toBe(0);
  });

  it("is empty where nobody is signed in, and needs tokens in the configuration", async () => {
    const { session } = await tokenWorld().sessions.create();
    expect([await session.listTokens(), await session.revokeTokens("x")]).toEqual([[], false]);
    const plain = world();
    const signedIn = await plain.sessions.create({ userId: "ann" });
    const { list, revoke } = plain.sessions.tokens;
    for (const asked of [signedIn.session.listTokens(), signedIn.session.revokeTokens("x"), list("ann"), revoke("x")])
      await expect(asked).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });
});

describe("session.revokeTokens", () => {
  it("ends one entry by its id, in whichever session of the user it is, and no other", async () => {
    const here = tokenWorld();
    const phone = await issued(here);
    here.runtime.advance("1s");
    const second = (await phone.session.issueTokens({ client: "mobile" })).refreshToken ?? expect.fail();
    const { session } = await here.sessions.create({ userId: "ann" });
    const [, first] = await session.listTokens();
    const next = successorIn(await refresh(here, phone.refreshToken));
    expect(await session.revokeTokens(first?.id ?? "")).toBe(true);
    expect(await session.revokeTokens(first?.id ?? "")).toBe(false);
    expect((await refresh(here, next)).body).toEqual({ error: "invalid_grant" });
    successorIn(await refresh(here, second));
    expect(await here.sessions.validate(phone.token)).not.toBeNull();
    expect(here.events.filter(({ type }) => type === "refresh-token-revoked")).toEqual([
      expect.objectContaining({ userId: "ann", clientId: "mobile", by: "holder", sessionId: phone.session.id }),
    ]);
    expect(here.events.filter(({ type }) => type === "refresh-token-reused")).toEqual([]);
  });

  it("ends the session with it where that is the client's own", async () => {
    const here = tokenWorld();
    const line = await issued(here, { client: "cli" });
    const { session } = await here.sessions.create({ userId: "ann" });
    const [{ id } = expect.fail()] = await session.listTokens();
    expect(await session.revokeTokens(id)).toBe(true);
    expect(await here.sessions.validate(line.token)).toBeNull();
    expect(here.events).toContainEqual(
      expect.objectContaining({ type: "destroyed", sessionId: line.session.id, userId: "ann", by: "holder" }),
    );
  });

  it("leaves another user's alone, whatever the id; what is no id costs no store call", async () => {
    const here = tokenWorld();
    const { refreshToken } = await issued(here);
    const [{ id } = expect.fail()] = await here.sessions.tokens.list("ann");
    const { session } = await here.sessions.create({ userId: "bob" });
    expect(await session.revokeTokens(id)).toBe(false);
    successorIn(await refresh(here, refreshToken));
    here.store.reset();
    const no = ["", "x", ".", `${id}.x`, id.split(".")[0], `${id.slice(0, -1)}`, null, 7] as string[];
    for (const other of no.slice(0, 4)) expect(await session.revokeTokens(other)).toBe(false);
    expect(here.store.total()).toBe(0);
    for (const other of no.slice(4)) expect(await session.revokeTokens(other)).toBe(false);
    expect((await here.sessions.tokens.list("ann")).length).toBe(1);
  });

  it("ends it though the identity of its session changes meanwhile, and nothing of whoever has signed in to it", async () => {
    const whole = memoryStore();
    let between: (() => Promise<unknown>) | null = null;
    const here = tokenWorld(
      {},
      {
        store: {
          ...whole,
          async update(...args) {
            const meanwhile = between;
            between = null;
            await meanwhile?.();
            return whole.update(...args);
          },
        },
      },
    );
    const one = await issued(here);
    const listed = async () => (await here.sessions.tokens.list("ann")).map(({ id }) => id);
    const [id = ""] = await listed();
    between = () => one.session.reauthenticate({ amr: ["otp"] });
    expect(await here.sessions.tokens.revoke(id)).toBe(true);
    expect(await listed()).toEqual([]);
    await one.session.issueTokens({ client: "mobile" });
    const [second = ""] = await listed();
    between = () => one.session.signIn("bob");
    expect(await here.sessions.tokens.revoke(second)).toBe(false);
    expect(one.session.userId).toBe("bob");
  });

  it("by the application ends anybody's; G8 an outage ends nothing and says so", async () => {
    const whole = memoryStore();
    let isDown = false;
    const here = tokenWorld(
      {},
      {
        store: {
          ...whole,
          update(...args) {
            if (isDown) throw new SessionStoreError("STORE_FULL", "down");
            return whole.update(...args);
          },
        },
      },
    );
    const { refreshToken } = await issued(here);
    const [{ id } = expect.fail()] = await here.sessions.tokens.list("ann");
    isDown = true;
    await expect(here.sessions.tokens.revoke(id)).rejects.toMatchObject({ code: "STORE_FULL" });
    isDown = false;
    successorIn(await refresh(here, refreshToken));
    expect(await here.sessions.tokens.revoke(id)).toBe(true);
    expect(await here.sessions.tokens.list("ann")).toEqual([]);
    expect(here.events).toContainEqual(expect.objectContaining({ type: "refresh-token-revoked", by: "manager" }));
  });

  it("names who really acts, while impersonating", async () => {
    const here = tokenWorld({}, { impersonation: { allow: () => true } });
    await issued(here, { userId: "bob" });
    const { session } = await here.sessions.create({ userId: "ann" });
    await session.impersonate("bob", { reason: "Ticket 1", ttl: "15m" });
    const [{ id } = expect.fail()] = await session.listTokens();
    expect(await session.revokeTokens(id)).toBe(true);
    expect(here.events).toContainEqual(
      expect.objectContaining({ type: "refresh-token-revoked", userId: "bob", by: "holder", actorId: "ann" }),
    );
  });
});
