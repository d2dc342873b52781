import { describe, expect, it } from "vitest";
import { accessTokenVerifier, type Revocation } from "../../src/verify/index.ts";
import { api, claimsOf, issued, issuer, refresh, stock, successorIn, type TokenWorld, tokenWorld } from "./scene.ts";

async function verifierFor({ sessions, runtime }: TokenWorld, revocation?: Revocation, audience = api) {
  const keys = (await sessions.tokens.jwks()) as never;
  return accessTokenVerifier({ issuer, audience, keys, runtime, ...(revocation && { revocation }) });
}

const reasonOf = async (verify: Awaited<ReturnType<typeof verifierFor>>, token: string) =>
  (await verify(token)).refusal?.reason ?? null;

describe("J8 our access tokens at our verifier", () => {
  it("are accepted as they are issued and exchanged, by their audience alone", async () => {
    const here = tokenWorld();
    const { accessToken, refreshToken } = await issued(here);
    const verify = await verifierFor(here);
    expect((await verify(accessToken)).claims).toMatchObject({ ...claimsOf(accessToken) });
    const answer = await refresh(here, refreshToken);
    successorIn(answer);
    expect(await reasonOf(verify, String(answer.body.access_token))).toBeNull();
    expect(await reasonOf(await verifierFor(here, undefined, stock), accessToken)).toBe("audience");
    here.runtime.advance("6m");
    expect(await reasonOf(verify, accessToken)).toBe("expired");
  });

  it("stateless: work on until they end", async () => {
    const here = tokenWorld();
    const { accessToken, session } = await issued(here);
    await session.destroy();
    expect(await reasonOf(await verifierFor(here, { mode: "stateless" }), accessToken)).toBeNull();
  });

  it("checked: end with their session, at once", async () => {
    const here = tokenWorld();
    const { isLive } = here.sessions.tokens;
    const verify = await verifierFor(here, { mode: "checked", isLive });
    const { accessToken, session } = await issued(here);
    expect(await reasonOf(verify, accessToken)).toBeNull();
    await session.destroy();
    expect(await reasonOf(verify, accessToken)).toBe("revoked");
  });

  it("epoch: end when all of their user is ended, and not those that are issued later", async () => {
    const here = tokenWorld();
    const { epochOf } = here.sessions.tokens;
    const verify = await verifierFor(here, { mode: "epoch", epochOf, maxStale: 0 });
    const { accessToken } = await issued(here);
    const other = await issued(here, { userId: "bob" });
    here.runtime.advance(300);
    await here.sessions.revokeUser("ann");
    expect(await reasonOf(verify, accessToken)).toBe("revoked");
    expect(await reasonOf(verify, other.accessToken)).toBeNull();
    here.runtime.advance(1_000);
    expect(await reasonOf(verify, (await issued(here)).accessToken)).toBeNull();
  });
});
