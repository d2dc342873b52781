import { createHash } from "node:crypto";
import { calculateJwkThumbprint, EmbeddedJWK, exportJWK, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import {
  accessTokenVerifier,
  type DpopExpectation,
  type DpopOptions,
  requireScope,
  verifyDpopProof,
} from "../../src/verify/index.ts";
import { audience, pairOf, type Scene, scene, shortRsa, signedBy, signedByText, tokenOf } from "./issuer.ts";

const client = await pairOf("client", "ES256");
const thief = await pairOf("thief", "ES256");
const { kid: _kid, alg: _alg, ...jwk } = client.jwk;
const { d } = await exportJWK(client.privateKey);
const jkt = await calculateJwkThumbprint(jwk as never);
const url = `${audience}/orders`;

type Json = Readonly<Record<string, unknown>>;

const hashOf = (token: string) => createHash("sha256").update(token).digest("base64url");

/** Remembers in this process, as exactly as anybody could. */
function memory() {
  const known = new Map<string, number>();
  return {
    known,
    async remember(id: string, expiresAt: number) {
      if (known.has(id)) return false;
      known.set(id, expiresAt);
      return true;
    },
  };
}

function proofOf(here: Scene, claims: Json = {}, header: Json = {}, sign = signedBy(client)) {
  const all = { jti: "p1", htm: "GET", htu: url, iat: here.now, ...claims };
  return tokenOf({ typ: "dpop+jwt", alg: "ES256", jwk, ...header }, all, sign);
}

async function reasonOf(here: Scene, proof: string | null, more: Partial<DpopExpectation> = {}) {
  const expected = { method: "GET", url, replays: null, runtime: here.runtime, ...more };
  const { refusal } = await verifyDpopProof(proof, expected);
  return refusal?.reason ?? null;
}

describe("J12 a proof of possession", () => {
  it("that holds gives the thumbprint of its key", async () => {
    const here = await scene();
    const proof = await proofOf(here);
    const answer = await verifyDpopProof(proof, { method: "GET", url, replays: memory(), runtime: here.runtime });
    expect(answer).toMatchObject({ proof: { jkt, claims: { jti: "p1" } }, refusal: null });
  });

  it.each(["EdDSA", "ES256"])("may be signed by %s", async (alg) => {
    const here = await scene();
    const { jwk: key, ...pair } = await pairOf("other", alg);
    expect(
      await reasonOf(here, await proofOf(here, {}, { alg, jwk: key }, signedBy({ jwk: key, ...pair }))),
    ).toBeNull();
  });

  const rsa = shortRsa("short");
  const bad: Array<[what: string, claims: Json, header?: Json, sign?: Parameters<typeof proofOf>[3]]> = [
    ["for another method", { htm: "POST" }],
    ["for a method in other letters", { htm: "get" }],
    ["for another path", { htu: `${audience}/orders/1` }],
    ["for another host", { htu: "https://evil.example/orders" }],
    ["for another scheme", { htu: "http://api.shop.example/orders" }],
    ["for another port", { htu: "https://api.shop.example:8443/orders" }],
    ["for no address", { htu: "/orders" }],
    ["without htm", { htm: undefined }],
    ["without htu", { htu: undefined }],
    ["without jti", { jti: undefined }],
    ["with an empty jti", { jti: "" }],
    ["with a jti that is a number", { jti: 7 }],
    ["with a jti without end", { jti: "j".repeat(257) }],
    ["without iat", { iat: undefined }],
    ["with an iat that is a text", { iat: "now" }],
    ["of another type", {}, { typ: "JWT" }],
    ["of no type", {}, { typ: undefined }],
    ["that names another algorithm", {}, { alg: "EdDSA" }],
    ["that names none", {}, { alg: "none" }, () => new Uint8Array()],
    ["that makes an HMAC of its public key", {}, { alg: "HS256" }, signedByText(JSON.stringify(jwk))],
    ["with a symmetric key", {}, { alg: "HS256", jwk: { kty: "oct", k: "AAAA" } }, signedByText(new Uint8Array(3))],
    ["with the private key in it", {}, { jwk: { ...jwk, d } }],
    ["without a key", {}, { jwk: undefined }],
    ["with a key that is none", {}, { jwk: [] }],
    ["with half a key", {}, { jwk: { ...jwk, y: undefined } }],
    ["with a point off the curve", {}, { jwk: { ...jwk, y: jwk.x } }],
    ["with an RSA key of 1,024 bits", {}, { alg: "RS256", jwk: rsa.jwk }, (input) => rsa.sign(input)],
    ["signed by another key", {}, {}, signedBy(thief)],
    ["with a critical extension", {}, { crit: ["x"], x: 1 }],
  ];
  it.each(bad)("%s is none", async (_what, claims, header, sign) => {
    const here = await scene();
    expect(await reasonOf(here, await proofOf(here, claims, header, sign))).toBe("proof");
  });

  it("the control: a verifier of the signature alone takes a proof for another method, address and time", async () => {
    const here = await scene();
    const proof = await proofOf(here, { htm: "POST", htu: "https://evil.example/", iat: 1 });
    await jwtVerify(proof, EmbeddedJWK, { typ: "dpop+jwt" });
    expect(await reasonOf(here, proof)).toBe("proof");
  });

  it.each([
    ["HTTPS://API.SHOP.EXAMPLE:443/orders"],
    ["https://api.shop.example/orders?page=2#top"],
    ["https://api.shop.example/x/../orders"],
    ["https://api.shop.example/%6Frders"],
  ])("%s is the same address", async (htu) => {
    const here = await scene();
    expect(await reasonOf(here, await proofOf(here, { htu }))).toBeNull();
    expect(await reasonOf(here, await proofOf(here), { url: htu })).toBeNull();
  });

  it("is young enough, a second on each side of each edge", async () => {
    const here = await scene();
    const at = async (iat: number) => reasonOf(here, await proofOf(here, { iat }));
    expect(await at(here.now - 64)).toBeNull();
    expect(await at(here.now - 65)).toBe("proof");
    expect(await at(here.now - 66)).toBe("proof");
    expect(await at(here.now + 4)).toBeNull();
    expect(await at(here.now + 5)).toBeNull();
    expect(await at(here.now + 6)).toBe("proof");
  });

  it("is for the token beside it, and by the key that was named", async () => {
    const here = await scene();
    const proof = await proofOf(here, { ath: hashOf("token") });
    expect(await reasonOf(here, proof, { accessToken: "token", jkt })).toBeNull();
    expect(await reasonOf(here, proof, { accessToken: "another" })).toBe("proof");
    expect(await reasonOf(here, await proofOf(here), { accessToken: "token" })).toBe("proof");
    expect(await reasonOf(here, proof, { jkt: await calculateJwkThumbprint(thief.jwk as never) })).toBe("proof");
  });

  it("is accepted once, whoever is first, and remembered for as long as it could be used and a minute more", async () => {
    const here = await scene();
    const replays = memory();
    const proof = await proofOf(here);
    const reasons = await Promise.all(Array.from({ length: 100 }, () => reasonOf(here, proof, { replays })));
    expect(reasons.filter((reason) => reason === null)).toHaveLength(1);
    expect([...replays.known.values()]).toEqual([here.runtime.now() + 125_000]);
    // The control: without a memory all of them are accepted.
    expect(await reasonOf(here, proof, { replays: null })).toBeNull();
  });

  it("of another key with the same jti is another proof: nobody uses up anybody else's", async () => {
    const here = await scene();
    const replays = memory();
    const { kid, alg, ...other } = thief.jwk;
    expect(await reasonOf(here, await proofOf(here, {}, { jwk: other }, signedBy(thief)), { replays })).toBeNull();
    expect(await reasonOf(here, await proofOf(here), { replays })).toBeNull();
  });

  it("that fails in anything else is not remembered", async () => {
    const here = await scene();
    const replays = memory();
    for (const [, claims, header, sign] of bad)
      await reasonOf(here, await proofOf(here, claims, header, sign), { replays });
    await reasonOf(here, null, { replays });
    expect(replays.known.size).toBe(0);
  });

  it("lacks the nonce that is asked for, and is told which", async () => {
    const here = await scene();
    const nonces = { issue: () => "n2", accepts: (nonce: string) => nonce === "n1" };
    const replays = memory();
    expect(await reasonOf(here, await proofOf(here, { nonce: "n1" }), { nonces, replays })).toBeNull();
    for (const nonce of [undefined, "n0", 7, ["n1"]]) {
      const proof = await proofOf(here, { nonce, jti: "p2" });
      const { refusal } = await verifyDpopProof(proof, { method: "GET", url, replays, nonces, runtime: here.runtime });
      expect(refusal?.reason).toBe("nonce");
      expect(refusal?.headers["dpop-nonce"]).toBe("n2");
      expect(refusal?.headers["www-authenticate"]).toBe('DPoP error="use_dpop_nonce", algs="EdDSA Ed25519 ES256"');
    }
    expect(replays.known.size).toBe(1);
  });

  it("G8 cannot be judged while the memory is out of reach, and is not refused by that", async () => {
    const here = await scene();
    const replays = { remember: () => Promise.reject(new Error("down")) };
    await expect(reasonOf(here, await proofOf(here), { replays })).rejects.toMatchObject({
      code: "VERIFICATION_UNAVAILABLE",
    });
  });

  it("is asked for by rules that make sense", async () => {
    const wrong = {
      replays: {} as never,
      maxAge: "1h",
      tolerance: "2m",
      algorithms: ["HS256"] as never,
      nonces: {} as never,
    };
    for (const [name, value] of Object.entries(wrong))
      await expect(
        verifyDpopProof("x", { method: "GET", url, replays: null, [name]: value }),
        name,
      ).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });
});

describe("J12 a token that is bound to a key", () => {
  const boundScene = async (more: Partial<DpopOptions> = {}) => {
    const here = await scene();
    const dpop = { origin: audience, replays: memory(), ...more };
    const verify = accessTokenVerifier(here.options({ dpop }));
    const token = await here.token({ cnf: { jkt } });
    const ask = async (authorization: string, proof?: string, init: RequestInit = {}) => {
      const headers = { authorization, ...(proof !== undefined && { dpop: proof }) };
      // What a proxy in front has made of the address: the path is what counts.
      return verify(new Request("http://10.0.0.7:8080/orders?page=2", { ...init, headers }));
    };
    return { here, verify, token, ask };
  };

  it("is good with a proof, by the path that arrived and the origin that is configured", async () => {
    const { here, token, ask } = await boundScene();
    const answer = await ask(`DPoP ${token}`, await proofOf(here, { ath: hashOf(token) }));
    expect(answer.claims?.sub).toBe("u1");
  });

  it("is good in Node's request as well, behind a router that shortens the path", async () => {
    const { here, token, verify } = await boundScene();
    const dpop = await proofOf(here, { ath: hashOf(token) });
    const request = {
      method: "GET",
      url: "/",
      originalUrl: "/orders?page=2",
      headers: { authorization: `dpop ${token}`, dpop },
    };
    expect((await verify(request)).refusal).toBeNull();
  });

  it("is nothing as a bearer's, without a proof, with two, with another's, for another token, or twice", async () => {
    const { here, token, verify, ask } = await boundScene();
    const good = { ath: hashOf(token) };
    const proof = await proofOf(here, good);
    const twice = new Request(url, { headers: { authorization: `DPoP ${token}` } });
    twice.headers.append("dpop", proof);
    twice.headers.append("dpop", proof);
    const { kid, alg, ...other } = thief.jwk;
    const reasons = [
      await ask(`Bearer ${token}`, proof),
      await ask(`DPoP ${token}`),
      await verify(twice),
      await verify(token),
      await verify(new Headers({ authorization: `DPoP ${token}`, dpop: proof })),
      await ask(`DPoP ${token}`, await proofOf(here, good, { jwk: other }, signedBy(thief))),
      await ask(`DPoP ${token}`, await proofOf(here, { ath: hashOf("another") })),
      await ask(`DPoP ${token}`, proof, { method: "DELETE" }),
    ].map(({ refusal }) => refusal?.reason);
    expect(reasons).toEqual(Array(8).fill("proof"));
    expect((await ask(`DPoP ${token}`, proof)).refusal).toBeNull();
    const again = (await ask(`DPoP ${token}`, proof)).refusal;
    expect(again?.headers["www-authenticate"]).toBe('DPoP error="invalid_dpop_proof", algs="EdDSA Ed25519 ES256"');
  });

  it("is refused where nobody can check the proof, and so is one that is bound to something unknown", async () => {
    const { here, token } = await boundScene();
    expect(await here.reasonOf(token)).toBe("proof");
    expect(await here.reasonOf(await here.token({ cnf: { "x5t#S256": "AAAA" } }))).toBe("proof");
  });

  it("is an invalid token in the words of RFC 6750, where proofs are not spoken of", async () => {
    const { here, token } = await boundScene();
    const { refusal } = await accessTokenVerifier(here.options())(token);
    expect([refusal?.reason, refusal?.headers["www-authenticate"]]).toEqual(["proof", 'Bearer error="invalid_token"']);
  });

  it("a token that is bound to nothing is a bearer's, unless bound ones are required", async () => {
    const { here, ask } = await boundScene();
    const plain = await here.token();
    expect((await ask(`Bearer ${plain}`)).refusal).toBeNull();
    expect((await ask(`DPoP ${plain}`, await proofOf(here, { ath: hashOf(plain) }))).refusal?.reason).toBe("proof");
    const strict = await boundScene({ required: true });
    expect((await strict.ask(`Bearer ${plain}`)).refusal?.reason).toBe("proof");
  });

  it("says which algorithms there are to whoever presents nothing, and asks for a nonce", async () => {
    const { here, token, verify, ask } = await boundScene({ nonces: { issue: () => "n1", accepts: () => false } });
    const { refusal } = await verify(new Request(url));
    expect(refusal?.headers["www-authenticate"]).toBe('Bearer, DPoP algs="EdDSA Ed25519 ES256"');
    const answer = await ask(`DPoP ${token}`, await proofOf(here, { ath: hashOf(token) }));
    expect(answer.refusal?.response().headers.get("dpop-nonce")).toBe("n1");
    const expired = await here.token({ cnf: { jkt }, exp: here.now - 60 });
    const late = (await ask(`DPoP ${expired}`)).refusal?.headers["www-authenticate"];
    expect(late).toBe('DPoP error="invalid_token", algs="EdDSA Ed25519 ES256"');
    expect(requireScope({ scope: "a", cnf: { jkt } }, "b")?.headers["www-authenticate"]).toBe(
      'DPoP error="insufficient_scope", scope="b"',
    );
  });
});
