import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { memoryStore } from "../../src/index.ts";
import { pausingStore } from "../../src/testing/index.ts";
import {
  api,
  claimsOf,
  issued,
  issuer,
  post,
  refresh,
  stock,
  successorIn,
  tokenWorld,
  usual,
} from "../tokens/scene.ts";

describe("R2 G2 what has ended", () => {
  it("gives no access token to a request that was under way, with a refresh token or without", async () => {
    const here = tokenWorld();
    const { token } = await here.sessions.create({ userId: "ann" });
    const underWay = (await here.sessions.validate(token)) ?? expect.fail();
    await here.sessions.revokeUser("ann");
    here.runtime.advance("2s");
    for (const withRefresh of [true, false])
      await expect(underWay.issueTokens({ client: "mobile", refresh: withRefresh })).rejects.toMatchObject({
        code: "SESSION_DESTROYED",
      });
  });

  it("gives none to a request that began before the password was changed", async () => {
    const here = tokenWorld();
    const { token, session } = await here.sessions.create({ userId: "ann" });
    const underWay = (await here.sessions.validate(token)) ?? expect.fail();
    await session.credentialsChanged();
    here.runtime.advance("2s");
    await expect(underWay.issueTokens({ client: "mobile", refresh: false })).rejects.toMatchObject({
      code: "SESSION_REPLACED",
    });
  });

  it("J8 is not live for a service that asks about each token: what was issued before the password was changed", async () => {
    for (const withRefresh of [true, false]) {
      const here = tokenWorld();
      const { session } = await here.sessions.create({ userId: "ann" });
      const { isLive } = here.sessions.tokens;
      const before = claimsOf((await session.issueTokens({ client: "mobile", refresh: withRefresh })).accessToken);
      expect(await isLive(before.sid, before)).toBe(true);
      here.runtime.advance("2s");
      await session.credentialsChanged();
      expect(await isLive(before.sid, before)).toBe(false);
      here.runtime.advance("2s");
      const { accessToken, refreshToken } = await session.issueTokens({ client: "mobile" });
      expect(await isLive(before.sid, claimsOf(accessToken))).toBe(true);
      successorIn(await refresh(here, refreshToken ?? ""));
      expect(session.data).toEqual({});
    }
  });

  it("gives none at its deadlines, whose access token ends with them", async () => {
    const here = tokenWorld({}, { timeouts: { idle: "10m", absolute: "1h" } });
    const { token } = await here.sessions.create({ userId: "ann" });
    const underWay = (await here.sessions.validate(token)) ?? expect.fail();
    here.runtime.advance("10m");
    await expect(underWay.issueTokens({ client: "mobile", refresh: false })).rejects.toMatchObject({
      code: "SESSION_DESTROYED",
    });
  });

  it("counts for the epoch too where the thief exchanges while the session of a reused token is being ended", async () => {
    const store = pausingStore(memoryStore());
    const here = tokenWorld({}, { store });
    const { refreshToken } = await issued(here);
    const head = successorIn(await refresh(here, refreshToken));
    here.runtime.advance("1m");
    store.hold("destroy");
    const reuse = refresh(here, refreshToken);
    await store.untilHeld("destroy");
    here.runtime.advance(1_500);
    const late = claimsOf(String((await refresh(here, head)).body.access_token));
    store.release();
    expect((await reuse).body).toEqual({ error: "invalid_grant" });
    expect(Number(late.iat) * 1_000).toBeLessThan(await here.sessions.tokens.epochOf("ann"));
  });
});

describe("R2 reuse", () => {
  it("ends the session also where more is asked for than the token may give", async () => {
    for (const more of [{ scope: "stock:read" }, { resource: stock }] as Readonly<Record<string, string>>[]) {
      const here = tokenWorld();
      const { refreshToken, token } = await issued(here);
      successorIn(await refresh(here, refreshToken));
      here.runtime.advance("1m");
      expect((await refresh(here, refreshToken, more)).body).toEqual({ error: "invalid_grant" });
      expect(await here.sessions.validate(token)).toBeNull();
    }
  });
});

describe("L16 a step-up", () => {
  it("is claimed by no access token that lives on when it has ended", async () => {
    const here = tokenWorld();
    const { session } = await here.sessions.create({ userId: "ann" });
    await session.reauthenticate({ acr: "aal2", expiresIn: "1m" });
    const raised = await session.issueTokens({ client: "mobile" });
    expect(claimsOf(raised.accessToken).acr).toBe("aal2");
    expect(raised.expiresIn).toBe(60);
    here.runtime.advance("1m");
    const { body } = await refresh(here, raised.refreshToken ?? "");
    expect([claimsOf(String(body.access_token)).acr, body.expires_in]).toEqual([undefined, 300]);
  });
});

describe("G5 R2 a stranger with a key of their own", () => {
  it("makes the store remember nothing by proofs beside refresh tokens that are none of ours", async () => {
    const here = tokenWorld({ dpop: {} });
    const { refreshToken } = await issued(here);
    const { privateKey, publicKey } = await generateKeyPair("ES256");
    const jwk = await exportJWK(publicKey);
    expect(await calculateJwkThumbprint(jwk)).toHaveLength(43);
    const proof = await new SignJWT({
      jti: "one",
      htm: "POST",
      htu: `${issuer}/api/session/token`,
      iat: Math.floor(here.runtime.now() / 1_000),
    })
      .setProtectedHeader({ alg: "ES256", typ: "dpop+jwt", jwk })
      .sign(privateKey);
    const forged = `${refreshToken.slice(0, 90)}${"A".repeat(43)}`;
    for (const token of ["nothing", forged]) {
      here.store.reset();
      const fields = { grant_type: "refresh_token", client_id: "mobile", refresh_token: token };
      expect((await post(here, "token", fields, { dpop: proof })).body).toEqual({ error: "invalid_grant" });
      expect(here.store.total()).toBe(0);
    }
  });
});

describe("R6 what a client may not have any more", () => {
  it("is in no token that it is given for a refresh token of before", async () => {
    const store = memoryStore();
    const before = tokenWorld({}, { store });
    const { refreshToken } = await issued(before, { audience: [api, stock] });
    const mobile = { public: true, scopes: ["orders:read"], audiences: [stock] } as const;
    const after = tokenWorld({ clients: { ...usual.clients, mobile } }, { store });
    const answer = await refresh(after, refreshToken);
    expect(answer.body.scope).toBe("orders:read");
    expect(claimsOf(String(answer.body.access_token))).toMatchObject({ aud: stock, scope: "orders:read" });
    const wider = await refresh(after, successorIn(answer), { scope: "orders:write" });
    expect(wider.body).toEqual({ error: "invalid_scope" });
    const elsewhere = await refresh(after, successorIn(answer), { resource: api });
    expect(elsewhere.body).toEqual({ error: "invalid_target" });
  });

  it("leaves nothing to exchange where no audience is left", async () => {
    const store = memoryStore();
    const { refreshToken } = await issued(tokenWorld({}, { store }), { audience: [api] });
    const mobile = { public: true, audiences: [stock] } as const;
    const after = tokenWorld({ clients: { ...usual.clients, mobile } }, { store });
    expect((await refresh(after, refreshToken)).body).toEqual({ error: "invalid_target" });
  });

  it("is said once, however often it is asked for", async () => {
    const here = tokenWorld();
    const { refreshToken } = await issued(here);
    const fields = new URLSearchParams({
      grant_type: "refresh_token",
      client_id: "mobile",
      refresh_token: refreshToken,
    });
    for (let at = 0; at < 1_000; at++) fields.append("resource", api);
    fields.set("scope", "orders:read orders:read");
    const { access_token: token } = (await post(here, "token", fields)).body;
    expect(claimsOf(String(token))).toMatchObject({ aud: api, scope: "orders:read" });
  });
});
