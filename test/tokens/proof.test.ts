import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { claimsOf, issuer, post, successorIn, type TokenWorld, tokenWorld } from "./scene.ts";

const endpoint = `${issuer}/api/session/token`;

/** A client with a key of its own. */
async function keyHolder({ runtime }: TokenWorld) {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const jwk = await exportJWK(publicKey);
  let number = 0;
  const prove = (more: object = {}, htu = endpoint) => {
    number += 1;
    const claims = { jti: `proof ${number}`, htm: "POST", htu, iat: Math.floor(runtime.now() / 1_000), ...more };
    return new SignJWT(claims).setProtectedHeader({ alg: "ES256", typ: "dpop+jwt", jwk }).sign(privateKey);
  };
  return { thumbprint: await calculateJwkThumbprint(jwk), prove };
}

const exchange = (here: TokenWorld, token: string, proof?: string) =>
  post(
    here,
    "token",
    { grant_type: "refresh_token", client_id: "mobile", refresh_token: token },
    proof === undefined ? {} : { dpop: proof },
  );

async function bound(options: Parameters<typeof tokenWorld>[0] = { dpop: {} }) {
  const here = tokenWorld(options);
  const holder = await keyHolder(here);
  const { session, token } = await here.sessions.create({ userId: "ann" });
  const made = await session.issueTokens({ client: "mobile", thumbprint: holder.thumbprint });
  return { here, token, ...holder, ...made, refreshToken: made.refreshToken ?? expect.fail() };
}

describe("J12 tokens that are bound to a key (RFC 9449)", () => {
  it("say so, and are exchanged for others that are bound to the same, with a proof each time", async () => {
    const { here, accessToken, tokenType, refreshToken, thumbprint, prove } = await bound();
    expect([tokenType, claimsOf(accessToken).cnf]).toEqual(["DPoP", { jkt: thumbprint }]);
    const answer = await exchange(here, refreshToken, await prove());
    expect(answer.body.token_type).toBe("DPoP");
    expect(claimsOf(String(answer.body.access_token)).cnf).toEqual({ jkt: thumbprint });
    successorIn(await exchange(here, successorIn(answer), await prove()));
    expect(here.sessions.tokens.metadata()).toHaveProperty("dpop_signing_alg_values_supported");
  });

  it("are worth nothing without a proof, with another key's, or with one that was used; nothing is used up", async () => {
    const { here, refreshToken, prove, token } = await bound();
    const thief = await keyHolder(here);
    expect((await exchange(here, refreshToken)).body).toEqual({ error: "invalid_grant" });
    expect((await exchange(here, refreshToken, await thief.prove())).body).toEqual({ error: "invalid_grant" });
    expect(here.events).toContainEqual(expect.objectContaining({ reason: "unproven" }));
    const proof = await prove();
    const next = successorIn(await exchange(here, refreshToken, proof));
    expect((await exchange(here, next, proof)).body).toEqual({ error: "invalid_dpop_proof" });
    for (const wrong of [await prove({ htm: "GET" }), await prove({}, `${issuer}/else`), await prove({ iat: 1 }), "x"])
      expect((await exchange(here, next, wrong)).body).toEqual({ error: "invalid_dpop_proof" });
    expect(await here.sessions.validate(token)).not.toBeNull();
    successorIn(await exchange(here, next, await prove()));
  });

  it("are worth nothing where proofs are not accepted", async () => {
    const { here, refreshToken, prove } = await bound({});
    expect((await exchange(here, refreshToken, await prove())).body).toEqual({ error: "invalid_grant" });
  });

  it("take a nonce where one is asked for", async () => {
    const nonces = { issue: () => "the next one", accepts: (nonce: string) => nonce === "the next one" };
    const { here, refreshToken, prove } = await bound({ dpop: { nonces } });
    const answer = await exchange(here, refreshToken, await prove());
    expect([answer.body, answer.headers.get("dpop-nonce")]).toEqual([{ error: "use_dpop_nonce" }, "the next one"]);
    successorIn(await exchange(here, refreshToken, await prove({ nonce: "the next one" })));
  });

  it("may be asked for where the refresh token is bound to none", async () => {
    const here = tokenWorld({ dpop: {} });
    const { prove, thumbprint } = await keyHolder(here);
    const { session } = await here.sessions.create({ userId: "ann" });
    const { refreshToken } = await session.issueTokens({ client: "mobile" });
    const answer = await exchange(here, refreshToken ?? "", await prove());
    expect(claimsOf(String(answer.body.access_token)).cnf).toEqual({ jkt: thumbprint });
    expect((await exchange(here, successorIn(answer))).body.token_type).toBe("Bearer");
    const wrong = session.issueTokens({ client: "mobile", thumbprint: "x" });
    await expect(wrong).rejects.toMatchObject({ code: "DATA_INVALID" });
    expect(() => tokenWorld({ dpop: { maxAge: "1h" } })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});
