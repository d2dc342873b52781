import { importBuilt } from "../library.mjs";

const audience = "https://api.shop.example";

/** Makes a client's key, a proof for each round, and a token that is bound to it, with what it takes to verify them. */
export async function makeProofs({ dist }, { count }) {
  const { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } = await import("jose");
  const [issuer, client] = await Promise.all([generateKeyPair("EdDSA"), generateKeyPair("ES256")]);
  const [key, jwk] = await Promise.all([exportJWK(issuer.publicKey), exportJWK(client.publicKey)]);
  const claims = { client_id: "app", cnf: { jkt: await calculateJwkThumbprint(jwk) } };
  const token = await new SignJWT({ ...claims, jti: "t", iss: audience, aud: audience, sub: "u1" })
    .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: "k1" })
    .setIssuedAt()
    .setExpirationTime("15m")
    .sign(issuer.privateKey);
  const { hashOf } = await importBuilt(dist, "verify/dpop-proof.js");
  const ath = await hashOf(token);
  const proofOf = (_, number) =>
    new SignJWT({ jti: `proof-${number}`, htm: "GET", htu: `${audience}/orders`, ath })
      .setProtectedHeader({ alg: "ES256", typ: "dpop+jwt", jwk })
      .setIssuedAt()
      .sign(client.privateKey);
  const keys = { keys: [{ ...key, kid: "k1", alg: "EdDSA" }] };
  return { token, keys, proofs: await Promise.all(Array.from({ length: count }, proofOf)) };
}

/** Presents one proof many times at once, each to a verifier of its own. Answers how often it was taken, and why not. */
export async function presentProof({ dist, store }, { token, keys, proof, count }) {
  const { accessTokenVerifier } = await importBuilt(dist, "verify/index.js");
  const { dpopReplays } = await importBuilt(dist, "tokens/index.js");
  const present = async () => {
    const dpop = { origin: audience, replays: dpopReplays(store, { storeTimeLimit: "1m" }) };
    const verify = accessTokenVerifier({ issuer: audience, audience, keys, dpop });
    const headers = { authorization: `DPoP ${token}`, dpop: proof };
    const { refusal } = await verify({ method: "GET", url: "/orders", headers });
    return refusal?.reason ?? "accepted";
  };
  return Promise.all(Array.from({ length: count }, present));
}
