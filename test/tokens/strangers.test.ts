import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { digestOf } from "../../src/token/digest.ts";
import { parseRefreshToken, writeRefreshToken } from "../../src/token/refresh-token.ts";
import { issued, post, refresh, successorIn, type TokenWorld, tokenWorld } from "./scene.ts";

const spelling = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Changes one letter so that the token keeps its shape: the last letters of parts have spare bits. */
function changed(token: string, at: number): string | null {
  for (const letter of spelling) {
    const other = token.slice(0, at) + letter + token.slice(at + 1);
    if (letter !== token[at] && parseRefreshToken(other)) return other;
  }
  return null;
}

async function quietly(here: TokenWorld, task: () => Promise<unknown>): Promise<number> {
  here.store.reset();
  await task();
  return here.store.total();
}

describe("R2 whoever does not have the token itself", () => {
  it("can end nothing and costs no store call, whatever letter of it is another", async () => {
    const here = tokenWorld();
    const { refreshToken, token } = await issued(here);
    let tried = 0;
    for (let at = 0; at < refreshToken.length; at++) {
      const other = changed(refreshToken, at);
      if (!other) continue;
      tried += 1;
      const calls = await quietly(here, async () => {
        expect((await refresh(here, other)).body).toEqual({ error: "invalid_grant" });
        expect((await post(here, "revoke-token", { client_id: "mobile", token: other })).status).toBe(200);
      });
      expect(calls).toBe(0);
    }
    expect(tried).toBeGreaterThan(120);
    expect(await here.sessions.validate(token)).not.toBeNull();
    successorIn(await refresh(here, refreshToken));
  });

  it("can do nothing with the public id, an old generation, and everything else that is public", async () => {
    const here = tokenWorld();
    const { refreshToken, token } = await issued(here);
    const parts = parseRefreshToken(refreshToken) ?? expect.fail();
    const { secret } = parseRefreshToken((await issued(here)).refreshToken) ?? expect.fail();
    const forged = writeRefreshToken({ ...parts, generation: 0, secret });
    here.runtime.advance("1m");
    expect((await refresh(here, forged)).status).toBe(400);
    expect(await here.sessions.validate(token)).not.toBeNull();
    expect(here.events).toContainEqual(
      expect.objectContaining({ type: "refresh-token-rejected", reason: "forged", sessionId: parts.id }),
    );
  });

  it("T9 is not heard where the token stands in the query, a header, JSON or a multipart form", async () => {
    const here = tokenWorld();
    const { refreshToken } = await issued(here);
    const fields = { grant_type: "refresh_token", client_id: "mobile", refresh_token: refreshToken };
    const url = "https://shop.example/api/session/token";
    const multipart = new FormData();
    for (const [name, value] of Object.entries(fields)) multipart.set(name, value);
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const requests = [
      new Request(`${url}?${new URLSearchParams(fields)}`, { method: "POST", headers: type }),
      new Request(url, { method: "POST", headers: { authorization: `Bearer ${refreshToken}`, ...type } }),
      new Request(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(fields),
      }),
      new Request(url, { method: "POST", body: multipart }),
      new Request(`${url}?${new URLSearchParams(fields)}`),
    ];
    const statuses = [];
    for (const request of requests) statuses.push((await here.sessions.handler(request)).status);
    expect(statuses).toEqual([401, 401, 400, 400, 405]);
    successorIn(await refresh(here, refreshToken));
  });

  it("T8 is not heard with a token of another kind", async () => {
    const here = tokenWorld();
    const { token, accessToken, session } = await issued(here);
    for (const other of [token, accessToken, session.id ?? "", await session.csrfToken()])
      expect((await refresh(here, other)).body).toEqual({ error: "invalid_grant" });
  });
});

describe("T8 refresh and access tokens", () => {
  it("open nothing but their own entry", async () => {
    const here = tokenWorld(
      {},
      { apiKeys: {}, actions: { script: { auth: { apiKey: true }, handler: () => 1 } } as never },
    );
    const { refreshToken, accessToken } = await issued(here);
    const spelled = (prefix: string) => prefix + refreshToken.slice(4, 70);
    for (const token of [refreshToken, accessToken, spelled("ccs_"), spelled("cck_")]) {
      const headers = { authorization: `Bearer ${token}`, cookie: `__Host-session=${encodeURIComponent(token)}` };
      const devices = new Request("https://shop.example/api/session/devices", { headers });
      const script = new Request("https://shop.example/api/session/script", { method: "POST", headers });
      expect(await here.sessions.validate(token)).toBeNull();
      expect(await here.sessions.apiKeys.validate(token)).toBeNull();
      expect(await here.sessions.authenticate(devices)).toBeNull();
      expect((await here.sessions.handler(devices)).status).toBe(401);
      expect((await here.sessions.handler(script)).status).toBe(401);
      expect(await (await here.sessions.create()).session.verifyCsrfToken(token)).toBe(false);
    }
  });
});

it("G14 no event and no error holds a token, a secret of one, or its digest", async () => {
  const here = tokenWorld();
  const { refreshToken, accessToken, session } = await issued(here);
  const next = await refresh(here, refreshToken);
  await post(here, "introspect", { token: refreshToken, client_id: "mobile" });
  await post(here, "token", { grant_type: "refresh_token", client_id: "cli", refresh_token: refreshToken });
  await post(here, "revoke-token", { client_id: "cli", token: refreshToken });
  here.runtime.advance("1m");
  await refresh(here, refreshToken);
  const failed = await session.issueTokens({ client: "mobile" }).catch((error) => inspect(error));
  const told = JSON.stringify(here.events) + failed;
  const { secret, code } = parseRefreshToken(refreshToken) ?? expect.fail();
  const digest = await digestOf(secret);
  for (const text of [refreshToken, successorIn(next), accessToken, secret, code, digest])
    expect(told).not.toContain(text);
  const kinds = ["tokens-issued", "tokens-refreshed", "refresh-token-rejected", "refresh-token-reused"];
  expect(here.events.map(({ type }) => type)).toEqual(expect.arrayContaining(kinds));
});
