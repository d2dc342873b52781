import { describe, expect, it } from "vitest";
import { accessTokenVerifier, verifyAccessToken } from "../../src/verify/index.ts";
import { resolveVerifier } from "../../src/verify/verifier-policy.ts";
import { audience, issuer, pairOf, scene, shortRsa } from "./issuer.ts";

const { jwk, privateKey } = await pairOf("k1");
const privateJwk = { ...jwk, ...((await crypto.subtle.exportKey("jwk", privateKey)) as object), key_ops: ["verify"] };
const good = { issuer, audience, keys: { keys: [jwk] } };

const wrong: Array<[what: string, options: object, message: RegExp]> = [
  ["no issuer", { issuer: undefined }, /issuer is not a text/],
  ["no audience", { audience: undefined }, /audience names nobody/],
  ["an empty list of audiences", { audience: [] }, /audience names nobody/],
  ["an empty audience", { audience: [audience, ""] }, /audience names nobody/],
  ["an option that there is not", { audiences: [audience] }, /no option "audiences"/],
  ["an algorithm for secrets", { algorithms: ["HS256"] }, /algorithms has another name/],
  ["no algorithm", { algorithms: [] }, /algorithms has another name/],
  ["alg none", { algorithms: ["EdDSA", "none"] }, /algorithms has another name/],
  ["a tolerance of minutes", { tolerance: "2m" }, /tolerance is longer than 60 seconds/],
  ["a tolerance that is none", { tolerance: "soon" }, /tolerance is not a duration/],
  ["a life that is none", { longestLife: -1 }, /longestLife is not a duration/],
  ["a length that is none", { longest: 1e9 }, /longest is not a number/],
  ["keys over plain http", { keys: "http://shop.example/jwks.json" }, /keys is not an https address/],
  ["no keys", { keys: { keys: [] } }, /not a set of public keys/],
  ["keys that are none", { keys: { keys: [null] } }, /not a set of public keys/],
  ["a private key", { keys: { keys: [privateJwk] } }, /not a set of public keys/],
  ["a secret", { keys: { keys: [{ kty: "oct", k: "AAAA", alg: "HS256" }] } }, /not a set of public keys/],
  ["an RSA key of 1,024 bits", { keys: { keys: [shortRsa("r1").jwk] }, algorithms: ["RS256"] }, /not a set of public/],
  ["a mode that there is not", { revocation: { mode: "sometimes" } }, /revocation.mode is neither/],
  ["checked by nobody", { revocation: { mode: "checked" } }, /isLive is not a function/],
  ["an epoch without a bound", { revocation: { mode: "epoch", epochOf: () => null } }, /no duration maxStale/],
  ["a foreign token without exp", { foreign: { typ: "JWT", without: ["exp"] } }, /claim that is needed/],
  ["a foreign token of no type", { foreign: { typ: [] } }, /foreign.typ is no type/],
  ["proofs for no origin", { dpop: { origin: `${audience}/`, replays: null } }, /dpop.origin is not an origin/],
  ["proofs that nobody remembers", { dpop: { origin: audience } }, /dpop.replays has no function/],
];

describe("The options of a verifier", () => {
  it.each(wrong)("%s is CONFIG_INVALID", async (_what, options, message) => {
    const all = { ...good, ...options } as never;
    expect(() => accessTokenVerifier(all)).toThrow(message);
    expect(() => accessTokenVerifier(all)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    await expect(verifyAccessToken("x", all)).rejects.toThrow(message);
  });

  it("all problems are told at once, and none of them at all is an error too", () => {
    const all = { ...good, issuer: "", audience: "", tolerance: "2m" } as const;
    expect(() => accessTokenVerifier(all)).toThrow(/has 3 problems/);
    expect(() => accessTokenVerifier(undefined as never)).toThrow(/problems/);
  });

  it("each call goes by its own, whatever the call before said, and whatever has become of that since", async () => {
    const here = await scene();
    const token = await here.token();
    const good = here.options();
    const reasonBy = async (options: object) =>
      (await verifyAccessToken(token, { ...good, ...options } as never)).refusal?.reason ?? null;
    for (let round = 0; round < 2; round++) {
      expect(await reasonBy({})).toBeNull();
      expect(await reasonBy({ audience: "https://other.example" })).toBe("audience");
      expect(await reasonBy({ issuer: "https://other.example" })).toBe("issuer");
      expect(await reasonBy({ longest: 10 })).toBe("malformed");
    }
    const shared: { audience: string } = { ...good, audience: "https://other.example" } as never;
    expect((await verifyAccessToken(token, shared as never)).refusal?.reason).toBe("audience");
    shared.audience = good.audience as string;
    expect(await reasonBy({})).toBeNull();
    await expect(verifyAccessToken(token, undefined as never)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  it("the smallest are safe", async () => {
    const here = await scene();
    const policy = resolveVerifier(here.options());
    expect(policy).toMatchObject({
      algorithms: ["EdDSA", "Ed25519", "ES256"],
      tolerance: 5_000,
      longestLife: 900_000,
      longest: 4_096,
      typs: ["at+jwt"],
      optional: [],
    });
  });
});
