import { createLocalJWKSet, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { api, claimsOf, issued, issuer, refresh, successorIn, tokenWorld } from "./scene.ts";

const seconds = (ms: number) => Math.floor(ms / 1_000);

describe("session.issueTokens", () => {
  it("J3 J4 gives an access token by RFC 9068 that another library verifies", async () => {
    const here = tokenWorld();
    const { token } = await here.sessions.create({ userId: "ann", amr: ["pwd", "otp"], acr: "aal2" });
    const session = (await here.sessions.validate(token)) ?? expect.fail();
    const made = await session.issueTokens({ client: "mobile", audience: api, scope: ["orders:read"] });
    const keys = createLocalJWKSet((await here.sessions.tokens.jwks()) as never);
    const now = here.runtime.now();
    const { payload, protectedHeader } = await jwtVerify(made.accessToken, keys, {
      ...{ issuer, audience: api, typ: "at+jwt", algorithms: ["EdDSA"], currentDate: new Date(now) },
      requiredClaims: ["jti"],
    });
    expect(protectedHeader).toEqual({ alg: "EdDSA", typ: "at+jwt", kid: expect.any(String) });
    expect(payload).toEqual({
      ...{ iss: issuer, sub: "ann", aud: api, client_id: "mobile", scope: "orders:read" },
      ...{ iat: seconds(now), exp: seconds(now) + 300, jti: expect.stringMatching(/^[\w-]{22}$/), sid: session.id },
      ...{ auth_time: seconds(now), acr: "aal2", amr: ["pwd", "otp"] },
    });
    expect(made).toMatchObject({ tokenType: "Bearer", expiresIn: 300, expiresAt: now + 300_000, audience: [api] });
  });

  it("J10 says nothing of the user beyond the id", async () => {
    const here = tokenWorld({}, { user: () => ({ id: "ann", email: "ann@shop.example" }), data: undefined } as never);
    const { accessToken } = await issued(here);
    const allowed = ["iss", "sub", "aud", "client_id", "scope", "iat", "exp", "jti", "sid", "auth_time", "acr", "amr"];
    expect(Object.keys(claimsOf(accessToken)).filter((claim) => !allowed.includes(claim))).toEqual([]);
  });

  it("stores nothing without a refresh token, for one read, and one write with one", async () => {
    const here = tokenWorld();
    const { session } = await here.sessions.create({ userId: "ann" });
    here.store.reset();
    expect((await session.issueTokens({ client: "mobile", refresh: false })).refreshToken).toBeNull();
    expect(here.store.counts).toMatchObject({ update: 0, find: 1 });
    here.store.reset();
    await session.issueTokens({ client: "mobile" });
    expect(here.store.counts).toMatchObject({ update: 1, find: 0 });
  });
});

describe("the token endpoint", () => {
  it("R1 gives the next tokens for one read and one write", async () => {
    const here = tokenWorld();
    const { refreshToken, session } = await issued(here);
    here.runtime.advance("5m");
    here.store.reset();
    const answer = await refresh(here, refreshToken);
    expect(here.store.counts).toMatchObject({ find: 1, update: 1, create: 0, destroy: 0 });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("cache-control")).toContain("no-store");
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(answer.body).toEqual({
      ...{ access_token: expect.any(String), token_type: "Bearer", expires_in: 300 },
      ...{ refresh_token: expect.stringMatching(/^ccr_/), scope: "orders:read orders:write" },
    });
    expect(answer.body.refresh_token).not.toBe(refreshToken);
    expect(claimsOf(answer.body.access_token as string)).toMatchObject({ sub: "ann", sid: session.id, aud: api });
  });

  it("R3 gives the same successor to the same token within the window, for one read", async () => {
    const here = tokenWorld();
    const { refreshToken } = await issued(here);
    const first = successorIn(await refresh(here, refreshToken));
    here.runtime.advance(9_999);
    here.store.reset();
    expect(successorIn(await refresh(here, refreshToken))).toBe(first);
    expect(here.store.counts).toMatchObject({ find: 1, update: 0 });
    expect(successorIn(await refresh(here, first))).not.toBe(first);
  });

  it("R2 R4 ends the session where a token comes back after the window", async () => {
    const here = tokenWorld();
    const { refreshToken, token, session } = await issued(here);
    const first = successorIn(await refresh(here, refreshToken));
    here.runtime.advance(10_000);
    const answer = await refresh(here, refreshToken);
    expect([answer.status, answer.body]).toEqual([400, { error: "invalid_grant" }]);
    expect(await here.sessions.validate(token)).toBeNull();
    expect((await refresh(here, first)).body).toEqual({ error: "invalid_grant" });
    expect(here.events).toContainEqual({
      ...{ type: "refresh-token-reused", sessionId: session.id, userId: "ann", clientId: "mobile" },
      ...{ generation: 1, newest: 2, at: here.runtime.now() },
    });
    expect(here.events).toContainEqual(expect.objectContaining({ type: "destroyed", by: "reuse" }));
  });

  it("R2 knows a token of any age", async () => {
    const here = tokenWorld();
    const { refreshToken, token } = await issued(here);
    let newest = refreshToken;
    for (let generation = 0; generation < 300; generation++) newest = successorIn(await refresh(here, newest));
    here.runtime.advance("1m");
    newest = successorIn(await refresh(here, newest));
    expect((await refresh(here, refreshToken)).status).toBe(400);
    expect(await here.sessions.validate(token)).toBeNull();
  });
});
