import { describe, expect, it } from "vitest";
import type { RefusalReason, VerifierOptions } from "../../src/verify/index.ts";
import { audience, issuer, pairOf, type Scene, scene, shortRsa, signedBy, signedByText, tokenOf } from "./issuer.ts";
import { type NaiveVerifier, naive, publicTexts } from "./naive-verifiers.ts";

interface Vector {
  readonly name: string;
  readonly make: (here: Scene) => Promise<string>;
  readonly reason: RefusalReason;
  /** A verifier that leaves one thing out, and takes the token for good: so it is good in everything else. */
  readonly acceptedBy?: NaiveVerifier;
  readonly options?: Partial<VerifierOptions>;
}

const nothing = () => new Uint8Array();
const foreign = await pairOf("attacker");

const vectors: Vector[] = [
  {
    name: "J1 alg none, without a signature",
    make: (here) => tokenOf(here.header({ alg: "none" }), here.claims(), nothing),
    reason: "malformed",
    acceptedBy: naive.algorithmOfHeader,
  },
  ...["None", "NONE", "nOnE", ""].map((alg) => ({
    name: `J1 alg ${JSON.stringify(alg)}, with some signature`,
    make: (here: Scene) => tokenOf(here.header({ alg }), here.claims(), () => new Uint8Array(64)),
    reason: (alg === "" ? "malformed" : "algorithm") as RefusalReason,
  })),
  ...[0, 1, 2].map((form) => ({
    name: `J1 HS256 with what everybody knows of the public key, form ${form}`,
    make: (here: Scene) =>
      tokenOf(here.header({ alg: "HS256" }), here.claims(), signedByText(publicTexts(here.pair.jwk)[form] ?? "")),
    reason: "algorithm" as const,
    acceptedBy: naive.algorithmOfHeader,
  })),
  ...["HS256", "HS384", "HS512", "RS256", "PS256", "ES256", "ES384", "ES256K", "Ed25519", "ML-DSA-44"].map((alg) => ({
    name: `J1 ${alg} with a key for EdDSA`,
    make: (here: Scene) => tokenOf(here.header({ alg }), here.claims(), signedBy(here.pair)),
    reason: (["ES256", "Ed25519"].includes(alg) ? "unknown-key" : "algorithm") as RefusalReason,
  })),
  ...[{ alg: 7 }, { alg: null }, { alg: ["EdDSA"] }, { alg: undefined }].map((header) => ({
    name: `J1 alg is ${JSON.stringify(header.alg)}`,
    make: (here: Scene) => tokenOf(here.header(header), here.claims(), signedBy(here.pair)),
    reason: "malformed" as const,
  })),
  {
    name: "J2 jwk: the key that the token brings along",
    make: (here) => tokenOf(here.header({ jwk: foreign.jwk, kid: "k1" }), here.claims(), signedBy(foreign)),
    reason: "signature",
    acceptedBy: naive.keyOfHeader,
  },
  ...(["jku", "x5u"] as const).map((name) => ({
    name: `J2 ${name}: an address of keys`,
    make: (here: Scene) =>
      tokenOf(here.header({ [name]: "https://evil.example/keys" }), here.claims(), signedBy(foreign)),
    reason: "signature" as const,
  })),
  {
    name: "J2 x5c: a certificate",
    make: (here) => tokenOf(here.header({ x5c: ["MIIB"] }), here.claims(), signedBy(foreign)),
    reason: "signature",
  },
  {
    name: "J2 crit: an extension that nobody knows",
    make: (here) => here.token({}, { crit: ["exotic"], exotic: true }),
    reason: "malformed",
    acceptedBy: naive.extensionsIgnored,
  },
  ...[[], ["exp"], "exotic", [7], ["b64"], null].map((crit) => ({
    name: `J2 crit is ${JSON.stringify(crit)}`,
    make: (here: Scene) => here.token({}, { crit, b64: true }),
    reason: "malformed" as const,
  })),
  {
    name: "J2 b64 false: a payload that is not encoded",
    make: (here) => here.token({}, { crit: ["b64"], b64: false }),
    reason: "malformed",
  },
  ...[
    "JWT",
    "at+JWT",
    "AT+JWT",
    "application/at+jwt",
    "logout+jwt",
    "dpop+jwt",
    "id_token",
    "",
    undefined,
    7,
    null,
  ].map((typ) => ({
    name: `J3 typ is ${JSON.stringify(typ)}`,
    make: (here: Scene) => here.token({}, { typ }),
    reason: "type" as const,
    acceptedBy: naive.withoutType,
  })),
  {
    name: "J1 a key of another name",
    make: (here) => here.token({}, { kid: "k2" }),
    reason: "unknown-key",
  },
  ...[7, null, {}, ["k1"], "k".repeat(257)].map((kid) => ({
    name: `J7 kid is ${JSON.stringify(kid).slice(0, 20)}`,
    make: (here: Scene) => here.token({}, { kid }),
    reason: "malformed" as const,
  })),
  {
    name: "J1 another issuer's signature under our key's name",
    make: (here) => tokenOf(here.header(), here.claims(), signedBy(foreign)),
    reason: "signature",
  },
  {
    name: "J6 an RSA key of 1,024 bits",
    make: (here) => tokenOf({ alg: "RS256", typ: "at+jwt", kid: "short" }, here.claims(), rsa.sign),
    reason: "unknown-key",
    acceptedBy: (token) => naive.anyLength(token, rsa.jwk, 0),
    options: { algorithms: ["RS256"], keys: { find: async (name) => (await shortKeys()).find(name) } },
  },
  ...["", "[]", "null", "7", '"text"', "{", "\ufeff{}", "{}{}"].map((payload) => ({
    name: `J4 the payload is ${JSON.stringify(payload)}`,
    make: (here: Scene) => tokenOf(here.header(), payload, signedBy(here.pair)),
    reason: "malformed" as const,
    ...(payload !== "" && { acceptedBy: naive.signatureOnly }),
  })),
  {
    name: "J4 the payload is no UTF-8",
    make: async (here) => {
      const input = `${Buffer.from(JSON.stringify(here.header())).toString("base64url")}.wyg`;
      return `${input}.${Buffer.from(await signedBy(here.pair)(input)).toString("base64url")}`;
    },
    reason: "malformed",
  },
  {
    name: "J5 the life is longer than accepted",
    make: (here) => here.token({ exp: here.now + 901 }),
    reason: "too-long",
    acceptedBy: naive.withoutType,
  },
];

const rsa = shortRsa("short");
async function shortKeys() {
  const { keySet } = await import("../../src/verify/key-set.ts");
  return keySet([rsa.jwk], ["RS256"]);
}

describe("A token made to deceive", () => {
  it.each(vectors)("$name", async ({ make, reason, options, acceptedBy }) => {
    const here = await scene();
    const token = await make(here);
    expect(await here.reasonOf(token, options)).toBe(reason);
    // The negative control: what leaves out this check lets it in.
    if (acceptedBy) await acceptedBy(token, here.pair.jwk, here.now);
  });

  it.each(["EdDSA", "Ed25519", "ES256", "RS256", "PS256"] as const)(
    "J1 every algorithm's key takes its own tokens: %s, and no token under another name",
    async (alg) => {
      const here = await scene(alg);
      expect(await here.reasonOf(await here.token(), { algorithms: [alg] })).toBeNull();
      for (const other of ["EdDSA", "Ed25519", "ES256", "RS256", "PS256", "HS256", "none"].filter(
        (one) => one !== alg,
      )) {
        const token = await here.token({}, { alg: other });
        const options = { algorithms: ["EdDSA", "Ed25519", "ES256", "RS256", "PS256"] } as const;
        expect(await here.reasonOf(token, options), other).not.toBeNull();
      }
    },
  );

  it("J1 RSA is accepted only where the configuration says so", async () => {
    const here = await scene("RS256");
    expect(() => here.options()).not.toThrow();
    await expect(here.reasonOf(await here.token())).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    const mixed = {
      keys: { keys: [here.pair.jwk, (await pairOf("k2")).jwk] },
      algorithms: ["EdDSA", "RS256"],
    } as const;
    expect(await here.reasonOf(await here.token(), mixed)).toBeNull();
  });

  it("J1 a token without kid is verified where there is no choice, and not where there is one", async () => {
    const here = await scene();
    const token = await here.token({}, { kid: undefined });
    expect(await here.reasonOf(token)).toBeNull();
    const other = await pairOf("k2");
    expect(await here.reasonOf(token, { keys: { keys: [here.pair.jwk, other.jwk] } })).toBe("unknown-key");
  });

  it("J9 an encrypted token is malformed, and nothing of it is decrypted or inflated", async () => {
    const here = await scene();
    const pbes2 = { alg: "PBES2-HS512+A256KW", enc: "A256GCM", p2c: 2 ** 31, p2s: "AAAA", zip: "DEF" };
    const header = Buffer.from(JSON.stringify(pbes2)).toString("base64url");
    for (const text of [`${header}.AAAA.AAAA.AAAA.AAAA`, `${header}..AAAA.AAAA.AAAA`, `${header}.AAAA.AAAA`])
      expect(await here.reasonOf(text)).toMatch(/^(?:malformed|type)$/);
  });

  it("says nothing of what it verified: no verification is remembered (J11)", async () => {
    const here = await scene();
    const token = await here.token();
    expect(await here.reasonOf(token)).toBeNull();
    here.runtime.advance("6m");
    expect(await here.reasonOf(token)).toBe("expired");
  });
});

it("a good token gives its claims", async () => {
  const here = await scene();
  const { accessTokenVerifier } = await import("../../src/verify/index.ts");
  const answer = await accessTokenVerifier(here.options())(await here.token({ extra: { any: ["thing"] } }));
  expect(answer).toEqual({ claims: here.claims({ extra: { any: ["thing"] } }), refusal: null });
  expect(answer.claims).toMatchObject({ iss: issuer, aud: audience });
});
