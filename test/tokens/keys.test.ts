import { createLocalJWKSet, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { memoryStore, type SessionStore, SessionStoreError } from "../../src/index.ts";
import { fakeRuntime } from "../../src/testing/index.ts";
import { generateTokenKey, storedKeys } from "../../src/tokens/index.ts";
import { everyText, recording } from "../support/recording-store.ts";
import { issued, issuer, refresh, secrets, successorIn, type TokenWorld, tokenWorld } from "./scene.ts";

const keysOf = async ({ sessions }: TokenWorld) => (await sessions.tokens.jwks()).keys as readonly { kid: string }[];
const idsOf = async (here: TokenWorld) => (await keysOf(here)).map(({ kid }) => kid);
const get = ({ sessions }: TokenWorld, path: string, method = "GET") =>
  sessions.handler(new Request(`https://shop.example/api/session/${path}`, { method }));

function keyIn(token: string): string {
  return JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString()).kid;
}

async function verifies(here: TokenWorld, token: string): Promise<boolean> {
  const keys = createLocalJWKSet((await here.sessions.tokens.jwks()) as never);
  const only = { issuer, currentDate: new Date(here.runtime.now()) };
  return jwtVerify(token, keys, only).then(
    () => true,
    () => false,
  );
}

describe("J7 GET /jwks.json", () => {
  it("has the public keys, and may be kept by caches, since nothing of a visitor is in it", async () => {
    const here = tokenWorld();
    here.store.reset();
    const answer = await get(here, "jwks.json");
    expect(answer.headers.get("cache-control")).toBe("public, max-age=300");
    expect(answer.headers.get("content-type")).toBe("application/jwk-set+json");
    expect([answer.headers.get("vary"), answer.headers.getSetCookie()]).toEqual([null, []]);
    const { keys } = await answer.json();
    expect(keys).toEqual([
      { kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig", kid: expect.any(String), x: expect.any(String) },
    ]);
    expect(here.store.total()).toBe(0);
    expect((await get(here, "jwks.json", "HEAD")).status).toBe(200);
    expect((await get(here, "jwks.json", "POST")).status).toBe(405);
  });

  it("shows no private part, whatever part of the configuration a key stands in", async () => {
    const [active, published, retired] = await Promise.all(
      ["EdDSA", "ES256", "ES256"].map((algorithm) => generateTokenKey({ algorithm } as never)),
    );
    const here = tokenWorld({ keys: { active, published: [published as string], retired: [retired as string] } });
    const keys = await keysOf(here);
    expect(keys.map(({ kid }) => kid)).toEqual([active, published, retired].map((text) => JSON.parse(text ?? "").kid));
    expect(keys.flatMap((key) => Object.keys(key)).filter((name) => name === "d")).toEqual([]);
    expect(keyIn((await issued(here)).accessToken)).toBe(JSON.parse(active ?? "").kid);
  });

  it.each(["EdDSA", "ES256"] as const)("J6 %s: what is signed verifies", async (algorithm) => {
    const here = tokenWorld({ keys: await generateTokenKey({ algorithm }) });
    expect(await verifies(here, (await issued(here)).accessToken)).toBe(true);
  });

  it("J6 a key whose parts do not fit each other signs nothing", async () => {
    for (const algorithm of ["EdDSA", "ES256"] as const) {
      const [one, other] = await Promise.all([generateTokenKey({ algorithm }), generateTokenKey({ algorithm })]);
      const here = tokenWorld({ keys: { ...JSON.parse(one), d: JSON.parse(other).d } });
      const { session } = await here.sessions.create({ userId: "ann" });
      await expect(session.issueTokens({ client: "mobile" })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    }
  });

  it("J7 by hand: published, then active, then retired, and what was signed before verifies throughout", async () => {
    const [old, next] = await Promise.all([generateTokenKey(), generateTokenKey()]);
    const before = tokenWorld({ keys: { active: old, published: [next] } });
    const { accessToken } = await issued(before);
    const after = tokenWorld({
      keys: { active: next, retired: [JSON.stringify({ ...JSON.parse(old), d: undefined })] },
    });
    expect(await verifies(after, accessToken)).toBe(true);
    expect(await verifies(before, (await issued(after)).accessToken)).toBe(true);
  });
});

describe("J7 keys in the store", () => {
  const scene = (store: SessionStore = memoryStore(), own = secrets) =>
    tokenWorld(
      { keys: storedKeys({ every: "30d", ahead: "1h" }) },
      { store, secrets: own, timeouts: { idle: "365d", absolute: "365d" } },
    );

  it("are made once by any number of instances at once", async () => {
    const store = memoryStore();
    const instances = Array.from({ length: 10 }, (_, seed) =>
      tokenWorld({ keys: storedKeys() }, { store, runtime: fakeRuntime({ seed }) }),
    );
    const ids = await Promise.all(instances.map(idsOf));
    expect(new Set(ids.flat()).size).toBe(1);
    expect(instances.flatMap(({ events }) => events).filter(({ type }) => type === "token-key-made")).toHaveLength(1);
  });

  it("rotate by themselves: published first, then signing, and published until what they signed has ended", async () => {
    const here = scene();
    const [first] = await idsOf(here);
    here.runtime.advance("29d");
    expect(await idsOf(here)).toEqual([first]);
    here.runtime.advance("23h");
    const [, second] = await idsOf(here); // an hour ahead
    expect(second).toEqual(expect.any(String));
    const old = (await issued(here)).accessToken;
    expect(keyIn(old)).toBe(first);
    here.runtime.advance("1h");
    expect(keyIn((await issued(here)).accessToken)).toBe(second);
    expect(await verifies(here, old)).toBe(false); // by its own end
    expect(await idsOf(here)).toEqual([first, second]);
    here.runtime.advance("10m");
    expect(await idsOf(here)).toEqual([second]);
  });

  it("reach every instance before they sign, without a restart", async () => {
    const store = memoryStore();
    const [here, there] = [scene(store), scene(store)];
    await Promise.all([idsOf(here), idsOf(there)]);
    for (const one of [here, there]) one.runtime.advance("719h");
    const [, next] = await idsOf(here);
    there.runtime.advance("1m");
    expect(await idsOf(there)).toContain(next);
  });

  it("rotate when they are told to; a revoked one is gone at once, and so is what it signed", async () => {
    const here = scene();
    const { accessToken, refreshToken } = await issued(here);
    const next = await here.sessions.tokens.rotateKeys();
    expect(await idsOf(here)).toEqual([keyIn(accessToken), next]);
    expect(keyIn((await issued(here)).accessToken)).toBe(keyIn(accessToken));
    const fresh = await here.sessions.tokens.rotateKeys({ revoke: true });
    expect(await idsOf(here)).toEqual([fresh]);
    expect(await verifies(here, accessToken)).toBe(false);
    const answer = await refresh(here, refreshToken);
    expect(keyIn(String(answer.body.access_token))).toBe(fresh);
    await expect(tokenWorld().sessions.tokens.rotateKeys()).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  it("that were being read when they were revoked are not kept", async () => {
    const whole = memoryStore();
    let isNext = false;
    let answer = () => undefined as unknown;
    const find: SessionStore["find"] = (ids, now) => {
      const found = whole.find(ids, now);
      if (!isNext) return found;
      isNext = false;
      return new Promise((resolve) => {
        answer = () => resolve(found);
      });
    };
    const here = scene({ ...whole, find });
    const { accessToken } = await issued(here);
    here.runtime.advance("61s");
    isNext = true;
    const reading = idsOf(here);
    await here.runtime.settle();
    const revoking = here.sessions.tokens.rotateKeys({ revoke: true });
    await here.runtime.settle();
    here.runtime.advance(150); // a read waits no longer for one that is under way
    const fresh = await revoking;
    answer();
    expect(await reading).toEqual([keyIn(accessToken)]);
    expect(keyIn((await issued(here)).accessToken)).toBe(fresh);
    expect(await idsOf(here)).toEqual([fresh]);
  });

  it("are read anew by a clock that was set back", async () => {
    const store = memoryStore();
    const clock = fakeRuntime();
    let back = 0;
    const runtime = { ...clock, now: () => clock.now() - back };
    const here = tokenWorld({ keys: storedKeys() }, { store, runtime });
    const there = tokenWorld({ keys: storedKeys() }, { store, runtime: clock });
    await idsOf(here);
    const fresh = await there.sessions.tokens.rotateKeys({ revoke: true });
    back = 3_600_000;
    expect(await idsOf(here)).toEqual([fresh]);
  });

  it("G4 are encrypted with a sub-key of the secrets, of which all decrypt", async () => {
    const { store, written } = recording(memoryStore());
    const [id] = await idsOf(scene(store));
    const { accessToken } = await issued(scene(store, ["a new secret of thirty-two bytes and more", ...secrets]));
    expect(keyIn(accessToken)).toBe(id);
    const texts = everyText(written).join("\n");
    expect(texts).toContain(id);
    expect(texts).not.toMatch(/\\*"d\\*":/);
  });

  it("that cannot be read any more are replaced: what they signed is still known", async () => {
    const store = memoryStore();
    const { accessToken } = await issued(scene(store));
    const here = scene(store, ["quite another secret of thirty-two bytes"]);
    const later = (await issued(here)).accessToken;
    expect(keyIn(later)).not.toBe(keyIn(accessToken));
    expect([await verifies(here, accessToken), await verifies(here, later)]).toEqual([true, true]);
    expect(here.events).toContainEqual(
      expect.objectContaining({ type: "token-key-unreadable", keyId: keyIn(accessToken) }),
    );
  });

  it("G8 are known still while the store does not answer", async () => {
    const whole = memoryStore();
    let isDown = false;
    const find: SessionStore["find"] = (ids, now) => {
      if (isDown) throw new SessionStoreError("STORE_FULL", "down");
      return whole.find(ids, now);
    };
    const here = scene({ ...whole, find });
    const known = await idsOf(here);
    here.runtime.advance("2m");
    isDown = true;
    expect(await idsOf(here)).toEqual(known);
    here.runtime.advance("12m"); // not for ever: they may have been revoked since
    expect(await idsOf(here)).toEqual(known);
    here.runtime.advance("1m");
    await expect(keysOf(here)).rejects.toMatchObject({ code: "STORE_FULL" });
    expect((await get(here, "jwks.json")).status).toBe(503);
    isDown = false;
    expect(await idsOf(here)).toEqual(known);
  });

  it("sign what an exchange gives", async () => {
    const here = scene();
    const { refreshToken } = await issued(here);
    const answer = await refresh(here, refreshToken);
    successorIn(answer);
    expect(await verifies(here, String(answer.body.access_token))).toBe(true);
  });
});
