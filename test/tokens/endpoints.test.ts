import { describe, expect, it } from "vitest";
import { memoryStore, SessionStoreError } from "../../src/index.ts";
import { basic, claimsOf, issued, post, refresh, serverSecret, successorIn, tokenWorld, usual } from "./scene.ts";

const asApi = basic("api", `${serverSecret} of the api`);
const asReports = basic("reports", serverSecret);

describe("J13 POST /introspect", () => {
  it("tells whoever serves the audience, or has it, of an access token", async () => {
    const here = tokenWorld();
    const { accessToken } = await issued(here);
    const answer = await post(here, "introspect", { token: accessToken }, asApi);
    const { auth_time, ...claims } = claimsOf(accessToken);
    expect(answer.body).toEqual({ active: true, token_type: "Bearer", ...claims });
    expect(answer.headers.get("cache-control")).toContain("no-store");
    const own = await issued(here, { client: "reports", scope: ["orders:read"] });
    expect((await post(here, "introspect", { token: own.accessToken }, asReports)).body.active).toBe(true);
  });

  it("knows nothing of what is ended, expired, another's or no token", async () => {
    const here = tokenWorld();
    const inactive = async (token: string, as = asApi) => {
      const { status, body } = await post(here, "introspect", { token }, as);
      expect([status, body]).toEqual([200, { active: false }]);
    };
    const ended = await issued(here);
    await ended.session.destroy();
    const expired = await issued(here, { userId: "bob" });
    here.runtime.advance("5m");
    const { accessToken, refreshToken, token, session } = await issued(here, { userId: "cid" });
    await inactive(ended.accessToken);
    await inactive(expired.accessToken);
    await inactive(accessToken, asReports);
    for (const other of [`${accessToken}x`, "x", token, session.id ?? "", refreshToken, "a.b.c"]) await inactive(other);
    const stock = await issued(here, { audience: ["https://stock.shop.example"] });
    await inactive(stock.accessToken);
    await here.sessions.revokeUser("cid");
    await inactive(accessToken);
  });

  it("counts the epoch of the user, though their session lives", async () => {
    const here = tokenWorld();
    const { accessToken, session } = await issued(here);
    await session.credentialsChanged();
    expect((await post(here, "introspect", { token: accessToken }, asApi)).body).toEqual({ active: false });
    here.runtime.advance("1s");
    const { accessToken: later } = await session.issueTokens({ client: "mobile" });
    expect((await post(here, "introspect", { token: later }, asApi)).body.active).toBe(true);
  });

  it("tells the client of its refresh token, and uses nothing up", async () => {
    const here = tokenWorld();
    const { refreshToken } = await issued(here, { client: "reports", scope: ["orders:read"] });
    const { body } = await post(here, "introspect", { token: refreshToken }, asReports);
    expect(body).toMatchObject({ active: true, token_type: "refresh_token", sub: "ann", client_id: "reports" });
    const grant = { grant_type: "refresh_token", refresh_token: refreshToken };
    successorIn(await post(here, "token", grant, asReports));
    expect((await post(here, "introspect", { token: refreshToken }, asReports)).body).toEqual({ active: false });
    successorIn(await post(here, "token", grant, asReports));
  });

  it.each([
    ["nobody", {}, {}],
    ["a public client", { client_id: "mobile" }, {}],
    ["a wrong secret", {}, basic("api", serverSecret)],
  ])("is refused to %s", async (_, fields, headers) => {
    const here = tokenWorld();
    const { accessToken } = await issued(here);
    here.store.reset();
    const answer = await post(here, "introspect", { token: accessToken, ...fields }, headers as Record<string, string>);
    expect([answer.status, answer.body]).toEqual([401, { error: "invalid_client" }]);
    expect(here.store.total()).toBe(0);
  });

  it("G8 answers 503, and not inactive, where the store does not", async () => {
    const { accessToken } = await issued(tokenWorld());
    const down = () => {
      throw new SessionStoreError("STORE_FULL", "down");
    };
    const broken = tokenWorld({}, { store: { ...memoryStore(), find: down } });
    expect((await post(broken, "introspect", { token: accessToken }, asApi)).status).toBe(503);
  });
});

describe("J13 POST /revoke-token", () => {
  const revoke = (here: ReturnType<typeof tokenWorld>, token: string, client_id = "mobile") =>
    post(here, "revoke-token", { client_id, token });

  it("ends the family of a refresh token of any age; the session goes on", async () => {
    const here = tokenWorld();
    const { refreshToken, token } = await issued(here);
    const next = successorIn(await refresh(here, refreshToken));
    here.runtime.advance("1m");
    expect(await revoke(here, refreshToken)).toMatchObject({ status: 200, body: {} });
    expect((await refresh(here, next)).status).toBe(400);
    expect(await here.sessions.validate(token)).not.toBeNull();
    expect(here.events).toContainEqual(expect.objectContaining({ type: "refresh-token-revoked", clientId: "mobile" }));
    expect((await revoke(here, next)).status).toBe(200);
  });

  it("ends the session with it where that is the client's own", async () => {
    const here = tokenWorld();
    const { refreshToken, token } = await issued(here, { client: "cli" });
    expect((await revoke(here, refreshToken, "cli")).status).toBe(200);
    expect(await here.sessions.validate(token)).toBeNull();
  });

  it("answers 200 to what is unknown, and says that an access token cannot be taken back", async () => {
    const here = tokenWorld();
    const { accessToken, token } = await issued(here);
    for (const unknown of ["x", token, `${accessToken}x`]) expect((await revoke(here, unknown)).status).toBe(200);
    expect((await revoke(here, accessToken)).body).toEqual({ error: "unsupported_token_type" });
    expect(await here.sessions.validate(token)).not.toBeNull();
  });

  it("is refused to whoever is not the client", async () => {
    const here = tokenWorld();
    const { refreshToken } = await issued(here);
    expect((await revoke(here, refreshToken, "cli")).body).toEqual({ error: "unauthorized_client" });
    expect((await revoke(here, refreshToken, "reports")).status).toBe(401);
    successorIn(await refresh(here, refreshToken));
  });
});

describe("the metadata (RFC 8414)", () => {
  it("tell what is served, and where", async () => {
    const here = tokenWorld();
    const url = "https://shop.example/api/session/.well-known/oauth-authorization-server";
    const answer = await here.sessions.handler(new Request(url));
    expect(await answer.json()).toEqual(here.sessions.tokens.metadata());
    expect(here.sessions.tokens.metadata()).toEqual({
      issuer: "https://shop.example",
      token_endpoint: "https://shop.example/api/session/token",
      token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "none"],
      grant_types_supported: ["refresh_token"],
      response_types_supported: [],
      jwks_uri: "https://shop.example/api/session/jwks.json",
      scopes_supported: usual.scopes,
      revocation_endpoint: "https://shop.example/api/session/revoke-token",
      revocation_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "none"],
      introspection_endpoint: "https://shop.example/api/session/introspect",
      introspection_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
    });
  });

  it("name no introspection where nobody could use it", () => {
    const here = tokenWorld({ clients: { mobile: { public: true } } });
    expect(here.sessions.tokens.metadata()).not.toHaveProperty("introspection_endpoint");
  });
});

describe("J8 what a verifier may ask", () => {
  it("isLive: whether the session lives, and is still that user's", async () => {
    const here = tokenWorld();
    const { accessToken, session } = await issued(here);
    const { sid, sub } = claimsOf(accessToken);
    const { isLive } = here.sessions.tokens;
    expect(await isLive(sid, { sub })).toBe(true);
    expect(await isLive(sid, { sub: "bob" })).toBe(false);
    here.store.reset();
    expect([await isLive("x", { sub }), await isLive(undefined, { sub }), await isLive(sid, {})]).toEqual([
      false,
      false,
      false,
    ]);
    expect(here.store.total()).toBe(0);
    await session.destroy();
    expect(await isLive(sid, { sub })).toBe(false);
  });

  it("isLive: nothing that was ended comes back with its user: ann, bob, ann; nor after an impersonation", async () => {
    const here = tokenWorld({}, { impersonation: { allow: () => true } });
    const { isLive } = here.sessions.tokens;
    const { accessToken, session } = await issued(here);
    const { sid, sub, iat } = claimsOf(accessToken) as { sid: string; sub: string; iat: number };
    here.runtime.advance("1s");
    await session.signIn("bob");
    const bobs = claimsOf((await session.issueTokens({ client: "mobile" })).accessToken);
    expect([await isLive(sid, { sub, iat }), await isLive(sid, bobs)]).toEqual([false, true]);
    here.runtime.advance("1s");
    await session.signIn("ann");
    const again = claimsOf((await session.issueTokens({ client: "mobile" })).accessToken);
    expect([await isLive(sid, { sub, iat }), await isLive(sid, again)]).toEqual([false, true]);
    here.runtime.advance("1s");
    await session.credentialsChanged();
    expect(await isLive(sid, again)).toBe(false);
    await session.impersonate("bob", { reason: "Ticket 1", ttl: "1m" });
    await session.stopImpersonating();
    expect(await isLive(sid, again)).toBe(false);
    const token = await session.impersonate("bob", { reason: "Ticket 1", ttl: "1m" });
    here.runtime.advance("1m");
    await (await here.sessions.validate(token))?.set({ step: 1 }); // clears away what the impersonation has left
    expect(await isLive(sid, again)).toBe(false);
  });

  it("epochOf: has moved where the process died between ending the sessions and saying so", async () => {
    const whole = memoryStore();
    let isDead = false;
    const down = () => {
      throw new SessionStoreError("STORE_FULL", "dead");
    };
    const byUser = whole.byUser ?? expect.fail();
    const destroy: typeof byUser.destroy = (...args) => {
      isDead = true;
      return byUser.destroy(...args);
    };
    const store = {
      ...whole,
      byUser: { ...byUser, destroy },
      create: (...args: Parameters<typeof whole.create>) => (isDead ? down() : whole.create(...args)),
      update: (...args: Parameters<typeof whole.update>) => (isDead ? down() : whole.update(...args)),
    };
    const here = tokenWorld({}, { store });
    const { accessToken } = await issued(here);
    await expect(here.sessions.revokeUser("ann")).rejects.toMatchObject({ code: "STORE_FULL" });
    isDead = false;
    const iat = claimsOf(accessToken).iat as number;
    expect(iat * 1_000).toBeLessThan(await here.sessions.tokens.epochOf("ann"));
  });

  it("epochOf: moves with revokeUser, revokeOthers, credentialsChanged and a reuse; past what they issued", async () => {
    const here = tokenWorld();
    const { epochOf } = here.sessions.tokens;
    expect(await epochOf("ann")).toBe(0);
    const ends: ((one: Awaited<ReturnType<typeof issued>>) => Promise<unknown>)[] = [
      () => here.sessions.revokeUser("ann"),
      ({ session }) => session.revokeOthers(),
      ({ session }) => session.credentialsChanged(),
      async ({ refreshToken }) => {
        successorIn(await refresh(here, refreshToken));
        here.runtime.advance("1m");
        return refresh(here, refreshToken);
      },
    ];
    for (const end of ends) {
      here.runtime.advance("1h");
      const one = await issued(here);
      await end(one);
      const epoch = await epochOf("ann");
      expect((claimsOf(one.accessToken).iat as number) * 1_000).toBeLessThan(epoch);
      expect(epoch).toBe(here.runtime.now() + 1);
    }
    expect(await epochOf("bob")).toBe(0);
  });
});

describe("A token without scopes", () => {
  it("is answered without a field for them, which RFC 6749 does not let be empty", async () => {
    const here = tokenWorld({ clients: { reports: { secret: serverSecret } } });
    const { refreshToken } = await issued(here, { client: "reports", scope: [] });
    const fields = { client_id: "reports", client_secret: serverSecret };
    const described = await post(here, "introspect", { ...fields, token: refreshToken });
    expect(described.body).toMatchObject({ active: true, token_type: "refresh_token" });
    const exchanged = await refresh(here, refreshToken, fields);
    successorIn(exchanged);
    expect([described.body, exchanged.body].filter((body) => "scope" in body)).toEqual([]);
  });
});
