import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accessTokenVerifier, verifyDpopProof } from "../../src/verify/index.ts";
import { scene, signedBy, tokenOf } from "./issuer.ts";
import { naive } from "./naive-verifiers.ts";

const seed = 20_260_101;

describe("G13 hostile tokens are boring", () => {
  it("A1 any text, as a token, a header or a proof, is a refusal", async () => {
    const here = await scene();
    const verify = accessTokenVerifier(here.options());
    const text = fc.oneof(fc.string({ unit: "binary", maxLength: 300 }), fc.string({ maxLength: 300 }));
    await fc.assert(
      fc.asyncProperty(text, async (any) => {
        for (const presented of [
          any,
          { headers: { authorization: any } },
          { headers: { authorization: `Bearer ${any}` } },
        ])
          expect((await verify(presented)).claims).toBeNull();
        const proof = await verifyDpopProof(any, { method: "GET", url: "https://api.shop.example/", replays: null });
        expect(proof.refusal?.reason).toBe("proof");
      }),
      { seed, numRuns: 2_000 },
    );
  });

  it("any JSON as header and claims, well signed, is a refusal, and reaches no prototype", async () => {
    const here = await scene();
    const verify = accessTokenVerifier(here.options());
    const names = [
      "alg",
      "typ",
      "kid",
      "crit",
      "b64",
      "jwk",
      "iss",
      "aud",
      "exp",
      "iat",
      "cnf",
      "__proto__",
      "constructor",
    ];
    const json = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(fc.oneof(json, fc.jsonValue()), json, async (header, claims) => {
        const half = typeof header === "object" && header !== null ? { ...here.header(), ...header } : header;
        for (const [one, other] of [
          [header, here.claims()],
          [half, { ...claims, aud: 7 }],
          [here.header(), claims],
        ]) {
          const token = await tokenOf(one, other, signedBy(here.pair));
          const { claims: found, refusal } = await verify(token);
          if (found) expect(found).toMatchObject({ iss: "https://shop.example", sub: "u1" });
          else expect(refusal.status).toBe(401);
        }
        expect(({} as Record<string, unknown>).iss).toBeUndefined();
      }),
      { seed, numRuns: 500 },
    );
  });

  it("T7 every bit of a token matters, the spare ones of its last character too", async () => {
    const here = await scene();
    const token = await here.token();
    const verify = accessTokenVerifier(here.options());
    let acceptedByNaive = 0;
    for (let bit = 0; bit < token.length * 8; bit++) {
      const bytes = Buffer.from(token, "latin1");
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const changed = bytes.toString("latin1");
      expect((await verify(changed)).claims, `bit ${bit}`).toBeNull();
      const isTaken = await naive.generousDecoder(changed, here.pair.jwk, here.now).then(
        () => true,
        () => false,
      );
      if (isTaken) acceptedByNaive += 1;
    }
    expect(acceptedByNaive).toBeGreaterThan(0); // the control
    for (const changed of [
      `${token}A`,
      `${token}=`,
      `${token}.`,
      `.${token}`,
      ` ${token}`,
      `${token}\n`,
      token.slice(0, -1),
    ])
      expect((await verify(changed)).claims).toBeNull();
  });

  it("A4 J9 tokens without measure are not looked into", async () => {
    const here = await scene();
    const verify = accessTokenVerifier(here.options());
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`k${at}`, at])));
    for (const part of [deep, wide, "a".repeat(1_000_000)])
      for (const token of [
        await tokenOf(part, here.claims(), signedBy(here.pair)),
        await tokenOf(here.header(), part, signedBy(here.pair)),
      ])
        expect((await verify(token)).refusal?.reason).toBe("malformed");
    const dots = await verify(".".repeat(1_000_000));
    expect(dots.refusal?.reason).toBe("malformed");
  });

  it("A4 what fits the measure may be nested as deep as it likes", async () => {
    const here = await scene();
    const deep = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
    const claims = JSON.stringify(here.claims()).replace("{", `{"deep":${deep(20_000)},`);
    const token = await tokenOf(here.header(), claims, signedBy(here.pair));
    expect(await here.reasonOf(token, { longest: 65_536 })).toBeNull();
    expect(await here.reasonOf(token)).toBe("malformed");
    const header = JSON.stringify(here.header()).replace("{", `{"deep":${deep(20_000)},`);
    const reason = await here.reasonOf(await tokenOf(header, here.claims(), signedBy(here.pair)), { longest: 65_536 });
    expect(reason === null || reason === "malformed").toBe(true);
  });
});
