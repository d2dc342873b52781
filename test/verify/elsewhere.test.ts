import { generateKeyPairSync, sign as signBytes } from "node:crypto";
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import {
  accessTokenVerifier,
  type PublicKey,
  type VerifierOptions,
  verifyAccessToken,
} from "../../src/verify/index.ts";
import { audience, issuer, scene } from "./issuer.ts";

describe("Tokens travel", () => {
  it.each(["EdDSA", "ES256"])("what we take for good, plain jose does too: %s", async (alg) => {
    const here = await scene(alg);
    const token = await here.token();
    expect(await here.reasonOf(token)).toBeNull();
    const expected = { issuer, audience, typ: "at+jwt", currentDate: new Date(here.runtime.now()) };
    const { payload } = await jwtVerify(token, createLocalJWKSet({ keys: [here.pair.jwk as never] }), expected);
    expect(payload).toEqual(here.claims());
  });

  it.each(["EdDSA", "Ed25519", "ES256"])(
    "what plain jose signs as RFC 9068 says, we take for good: %s",
    async (alg) => {
      const { privateKey, publicKey } = await generateKeyPair(alg);
      const token = await new SignJWT({ client_id: "app", scope: "a" })
        .setProtectedHeader({ alg, typ: "at+jwt", kid: "k1" })
        .setIssuer(issuer)
        .setAudience([audience, "https://other.example"])
        .setSubject("u1")
        .setJti("j1")
        .setIssuedAt()
        .setExpirationTime("5m")
        .sign(privateKey);
      const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: "k1", alg } as PublicKey] };
      expect((await verifyAccessToken(token, { issuer, audience, keys })).claims?.sub).toBe("u1");
    },
  );
});

/** A token as an older library makes it: RS256, `typ: "JWT"`, an hour long, made with Node's own functions. */
function foreignIssuer() {
  const iss = "https://login.example/";
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid: "r1", use: "sig" } as PublicKey;
  const tokenOf = (header: object, claims: object) => {
    const now = Math.floor(Date.now() / 1_000);
    const all = { iss, sub: "auth|1", aud: audience, iat: now, exp: now + 3_600, azp: "spa", ...claims };
    const input = [{ alg: "RS256", typ: "JWT", kid: "r1", ...header }, all]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    return `${input}.${signBytes("sha256", Buffer.from(input), privateKey).toString("base64url")}`;
  };
  const plain = { issuer: iss, audience, keys: { keys: [jwk] }, algorithms: ["RS256"] } satisfies VerifierOptions;
  return { tokenOf, plain };
}

describe("Tokens of a foreign issuer", () => {
  const { tokenOf, plain } = foreignIssuer();
  const token = tokenOf({}, {});
  const foreign = { typ: "JWT", without: ["client_id", "jti"] } as const;
  const reasonOf = async (text: string, options: VerifierOptions) =>
    (await verifyAccessToken(text, options)).refusal?.reason ?? null;

  it("are refused as long as nothing says how they differ", async () => {
    expect(await reasonOf(token, plain)).toBe("type");
    const typ = { ...plain, foreign: { typ: "JWT" }, longestLife: "1h" } as const;
    expect(await reasonOf(token, typ)).toBe("claims");
    expect(await reasonOf(token, { ...plain, foreign } as VerifierOptions)).toBe("too-long");
    expect(() => accessTokenVerifier({ ...plain, algorithms: ["ES256"] })).toThrow(/not a set of public keys/);
  });

  it("are accepted as configured, and no others", async () => {
    const options = { ...plain, foreign, longestLife: "1h" } as const;
    const { claims } = await verifyAccessToken(token, options);
    expect(claims).toMatchObject({ sub: "auth|1", azp: "spa" });
    expect(claims?.client_id).toBeUndefined();
    expect(await reasonOf(tokenOf({ typ: "at+jwt" }, {}), options)).toBe("type");
    expect(await reasonOf(tokenOf({ typ: undefined }, {}), options)).toBe("type");
    expect(await reasonOf(tokenOf({}, { client_id: 7 }), options)).toBe("claims");
    expect(await reasonOf(tokenOf({}, { sub: undefined }), options)).toBe("claims");
    expect(await reasonOf(tokenOf({}, { iss: issuer }), options)).toBe("issuer");
  });

  it("may have no type at all, or no beginning, where that is said", async () => {
    const untyped = {
      ...plain,
      foreign: { typ: null, without: ["client_id", "jti", "iat"] },
      longestLife: "1h",
    } as const;
    expect(await reasonOf(tokenOf({ typ: undefined }, { iat: undefined }), untyped)).toBeNull();
    expect(await reasonOf(token, untyped)).toBe("type");
    const late = Math.floor(Date.now() / 1_000) + 3_700;
    expect(await reasonOf(tokenOf({ typ: undefined }, { iat: undefined, exp: late }), untyped)).toBe("too-long");
    const both = { ...untyped, foreign: { ...untyped.foreign, typ: ["JWT", null] } } as const;
    expect(await reasonOf(token, both)).toBeNull();
    expect(await reasonOf(tokenOf({ typ: undefined }, {}), both)).toBeNull();
  });
});
