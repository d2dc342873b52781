import { describe, expect, it } from "vitest";
import { createSessions, memoryStore } from "../../src/index.ts";
import { generateTokenKey, storedKeys, type TokensOptions, tokens } from "../../src/tokens/index.ts";
import { secrets, serverSecret, tokenKey, usual } from "./scene.ts";

const made = (options: unknown, own: readonly string[] = secrets) =>
  createSessions({
    ...{ store: memoryStore(), origins: ["https://shop.example"], secrets: own },
    tokens: tokens(options as TokensOptions),
  });

const { d, ...publicKey } = JSON.parse(tokenKey);

describe("the options of tokens are checked at start-up, in one error", () => {
  it.each([
    ["issuer", { issuer: "shop.example" }, "CONFIG_INVALID", /issuer/],
    ["issuer", { issuer: "http://shop.example" }, "CONFIG_INVALID", /issuer/],
    ["issuer", { issuer: "https://shop.example/?a" }, "CONFIG_INVALID", /issuer/],
    ["audiences", { audiences: [] }, "CONFIG_INVALID", /audiences/],
    ["scopes", { scopes: ["a b"] }, "CONFIG_INVALID", /scopes/],
    ["clients", { clients: {} }, "CONFIG_INVALID", /clients/],
    ["a client", { clients: { mobile: {} } }, "CONFIG_INVALID", /mobile has to be public/],
    ["a client", { clients: { mobile: { public: true, secret: serverSecret } } }, "CONFIG_INVALID", /mobile/],
    ["a client", { clients: { api: { secret: undefined } } }, "CONFIG_SECRET_MISSING", /api\.secret/],
    ["a client", { clients: { api: { secret: "short" } } }, "CONFIG_SECRET_WEAK", /api\.secret\[0\]/],
    ["a client", { clients: { api: { secret: serverSecret, serves: ["else"] } } }, "CONFIG_INVALID", /audience/],
    ["a client", { clients: { mobile: { public: true, scopes: ["else"] } } }, "CONFIG_INVALID", /scopes/],
    ["access", { access: "16m" }, "CONFIG_INVALID", /15 minutes/],
    ["reuseWindow", { reuseWindow: "61s" }, "CONFIG_INVALID", /reuseWindow/],
    ["refresh", { refresh: { idle: "2d", absolute: "1d" } }, "CONFIG_INVALID", /refresh\.idle/],
    ["keys", { keys: undefined }, "CONFIG_SECRET_MISSING", /no key to sign/],
    ["keys", { keys: { active: undefined } }, "CONFIG_SECRET_MISSING", /no key to sign/],
    ["keys", { keys: "{" }, "CONFIG_INVALID", /active is no JWK/],
    ["keys", { keys: publicKey }, "CONFIG_INVALID", /public key, and is to sign/],
    ["keys", { keys: { active: tokenKey, retired: [tokenKey] } }, "CONFIG_INVALID", /two keys of one id/],
    ["keys", { keys: { kty: "RSA", n: "AQ", e: "AQAB" } }, "CONFIG_INVALID", /neither an Ed25519/],
    ["keys", { keys: { ...publicKey, d, alg: "HS256" } }, "CONFIG_INVALID", /neither an Ed25519/],
    ["keys", { keys: { active: tokenKey, published: ["{}"] } }, "CONFIG_INVALID", /published\[0\]/],
    ["storedKeys", { keys: storedKeys({ ahead: "1m" }) }, "CONFIG_INVALID", /ahead/],
    ["storedKeys", { keys: storedKeys({ every: "1h" }) }, "CONFIG_INVALID", /every/],
  ])("%s %o", (_, options, code, message) => {
    const error = expect.objectContaining({ code, message: expect.stringMatching(message) });
    expect(() => made({ ...usual, ...options })).toThrow(error);
  });

  it("all at once, and none quotes a key or a secret", () => {
    try {
      made({ issuer: "x", audiences: [], clients: { api: { secret: "short" } }, keys: `${tokenKey}}` }, []);
      expect.fail();
    } catch (error) {
      const { message } = error as Error;
      for (const part of ["issuer", "audiences", "api.secret", "keys.active", "needs secrets"])
        expect(message).toContain(part);
      expect(message).not.toContain(d);
      expect(message).not.toContain("short ");
    }
  });

  it("what is no option of tokens() is refused, and a longer life is allowed where it is said", async () => {
    const options = { store: memoryStore(), secrets, tokens: usual as never };
    expect(() => createSessions(options)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    expect(() => made({ ...usual, access: "1h", longAccess: true })).not.toThrow();
    await expect(generateTokenKey({ algorithm: "HS256" as never })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  it("their actions are nobody else's names", () => {
    const handler = () => null;
    for (const name of ["token", "introspect", "revoke-token", "jwks.json"])
      expect(() => createSessions({ store: memoryStore(), actions: { [name]: { handler } } })).toThrow(
        /another action/,
      );
  });
});
