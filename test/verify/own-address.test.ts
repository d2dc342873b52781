import { afterEach, expect, it, vi } from "vitest";
import { verifyAccessToken } from "../../src/verify/index.ts";
import { pairOf, Scene } from "./issuer.ts";

afterEach(() => vi.unstubAllGlobals());

it.each([
  ["https://one.example", "https://one.example/api/session/jwks.json"],
  ["https://two.example/", "https://two.example/api/session/jwks.json"],
  ["https://three.example/tenant/a", "https://three.example/tenant/a/jwks.json"],
])("the keys of %s are at %s where nothing is said", async (issuer, address) => {
  const pair = await pairOf("k1");
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (url: string) => {
    asked.push(url);
    return Response.json({ keys: [pair.jwk] });
  });
  const iat = Math.floor(Date.now() / 1_000);
  const token = await new Scene(pair).token({ iss: issuer, iat, exp: iat + 60 });
  const answer = await verifyAccessToken(token, { issuer, audience: "https://api.shop.example" });
  expect([answer.refusal, asked]).toEqual([null, [address]]);
});
