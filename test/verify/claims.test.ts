import { describe, expect, it } from "vitest";
import { audience, issuer, scene } from "./issuer.ts";
import { naive } from "./naive-verifiers.ts";

const wrongTexts = [undefined, null, 7, true, "", [], ["x"], {}];
const wrongInstants = [undefined, null, "1760000000", true, [1], {}];

const wrong: Record<string, readonly unknown[]> = {
  iss: wrongTexts,
  sub: wrongTexts,
  aud: [undefined, null, 7, "", [], [7], [audience, 7], {}],
  client_id: wrongTexts,
  exp: wrongInstants,
  iat: wrongInstants,
  jti: wrongTexts,
  nbf: wrongInstants.slice(1),
  scope: [null, 7, ["orders:read"], {}],
  sid: wrongTexts.slice(1),
  auth_time: wrongInstants.slice(1),
  acr: wrongTexts.slice(1),
  amr: [null, "pwd", [7], {}],
  cnf: [null, "jkt", ["jkt"], { jkt: 7 }, { jkt: "" }],
};

const cases = Object.entries(wrong).flatMap(([name, values]) => values.map((value) => ({ name, value })));

describe("J4 a claim that is missing or of another type", () => {
  it.each(cases)("$name: $value", async ({ name, value }) => {
    const here = await scene();
    const token = await here.token({ [name]: value });
    expect(await here.reasonOf(token)).toBe("claims");
    await naive.signatureOnly(token, here.pair.jwk, here.now); // the control lets it in
  });

  it("is one that an object inherits", async () => {
    const here = await scene();
    const claims = JSON.stringify(here.claims()).replace('"sub":"u1",', '"__proto__":{"sub":"u1"},');
    const { signedBy, tokenOf } = await import("./issuer.ts");
    expect(await here.reasonOf(await tokenOf(here.header(), claims, signedBy(here.pair)))).toBe("claims");
    expect(({} as { sub?: string }).sub).toBeUndefined();
  });

  it("is an instant beyond all numbers", async () => {
    const here = await scene();
    const { signedBy, tokenOf } = await import("./issuer.ts");
    const claims = JSON.stringify(here.claims()).replace(/"exp":\d+/, '"exp":1e999');
    expect(await here.reasonOf(await tokenOf(here.header(), claims, signedBy(here.pair)))).toBe("claims");
  });
});

describe("J4 whose token it is, and for whom", () => {
  it.each([`${issuer}/`, "https://shop.example.evil", "HTTPS://SHOP.EXAMPLE", ` ${issuer}`, "https://shop"])(
    "the issuer %j is another one",
    async (iss) => {
      const here = await scene();
      expect(await here.reasonOf(await here.token({ iss }))).toBe("issuer");
    },
  );

  it.each([
    [`${audience}/`],
    ["https://api.shop.example.evil"],
    ["api.shop.example"],
    [["https://other.example", `${audience} `]],
  ])("the audience %j is not us", async (aud) => {
    const here = await scene();
    expect(await here.reasonOf(await here.token({ aud }))).toBe("audience");
  });

  it.each([[audience], [[audience]], [["https://other.example", audience]]])("the audience %j is us", async (aud) => {
    const here = await scene();
    expect(await here.reasonOf(await here.token({ aud }))).toBeNull();
  });

  it("any of the audiences that are configured will do", async () => {
    const here = await scene();
    const options = { audience: ["https://other.example", audience] };
    expect(await here.reasonOf(await here.token(), options)).toBeNull();
    expect(await here.reasonOf(await here.token({ aud: "https://third.example" }), options)).toBe("audience");
  });
});

describe("J5 the edges of a token's time, a second on each side", () => {
  const edges: Array<[what: string, claims: (now: number) => object, reason: string | null]> = [
    ["expired by all of the tolerance and a second", (now) => ({ iat: now - 60, exp: now - 6 }), "expired"],
    ["expired by all of the tolerance", (now) => ({ iat: now - 60, exp: now - 5 }), "expired"],
    ["expired by a second less", (now) => ({ iat: now - 60, exp: now - 4 }), null],
    ["nbf a second beyond the tolerance", (now) => ({ nbf: now + 6 }), "not-yet-valid"],
    ["nbf at the tolerance", (now) => ({ nbf: now + 5 }), null],
    ["nbf a second within", (now) => ({ nbf: now + 4 }), null],
    ["iat a second beyond the tolerance", (now) => ({ iat: now + 6, exp: now + 60 }), "not-yet-valid"],
    ["iat at the tolerance", (now) => ({ iat: now + 5, exp: now + 60 }), null],
    ["a life of 15 minutes and a second", (now) => ({ iat: now, exp: now + 901 }), "too-long"],
    ["a life of 15 minutes", (now) => ({ iat: now, exp: now + 900 }), null],
    ["a life that ends before it begins", (now) => ({ iat: now, exp: now - 10 }), "expired"],
  ];

  it.each(edges)("%s", async (_what, claims, reason) => {
    const here = await scene();
    expect(await here.reasonOf(await here.token({ ...claims(here.now) }))).toBe(reason);
  });

  it("without a tolerance a token ends at its very instant", async () => {
    const here = await scene();
    const token = await here.token({ exp: here.now + 10 });
    here.runtime.advance(9_999);
    expect(await here.reasonOf(token, { tolerance: 0 })).toBeNull();
    here.runtime.advance(1);
    expect(await here.reasonOf(token, { tolerance: 0 })).toBe("expired");
    expect(await here.reasonOf(token, { tolerance: "60s" })).toBeNull();
  });

  it("another longest life is a number in the configuration", async () => {
    const here = await scene();
    const token = await here.token({ exp: here.now + 3_600 });
    expect(await here.reasonOf(token, { longestLife: "1h" })).toBeNull();
    expect(await here.reasonOf(token, { longestLife: "59m" })).toBe("too-long");
  });
});
