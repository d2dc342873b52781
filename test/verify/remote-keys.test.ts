import { describe, expect, it } from "vitest";
import { fakeRuntime } from "../../src/testing/index.ts";
import { accessTokenVerifier, type RemoteKeysOptions, remoteKeys } from "../../src/verify/index.ts";
import { pairOf, Scene } from "./issuer.ts";

const url = "https://shop.example/api/session/jwks.json";
const one = await pairOf("k1");
const two = await pairOf("k2");

/** An address of keys that counts, and whose answer the test decides. */
function site(options: RemoteKeysOptions = {}) {
  const runtime = fakeRuntime();
  const asked: Array<{ url: string; init: RequestInit | undefined }> = [];
  const here = {
    runtime,
    asked,
    answer: async (): Promise<Response> => Response.json({ keys: [one.jwk] }),
    keys: remoteKeys(url, {
      runtime,
      fetch: (async (address: string, init?: RequestInit) => {
        asked.push({ url: String(address), init });
        return here.answer();
      }) as typeof fetch,
      ...options,
    }),
    find: (kid: string) => here.keys.find({ kid, alg: "EdDSA" }),
  };
  return here;
}

const outage = { code: "VERIFICATION_UNAVAILABLE" };

describe("J7 keys at an address", () => {
  it("are fetched once for any number of tokens at once, and not before the first", async () => {
    const here = site();
    expect(here.asked).toHaveLength(0);
    const found = await Promise.all(Array.from({ length: 100 }, () => here.find("k1")));
    expect(found.every((key) => key === found[0] && key !== null)).toBe(true);
    expect(here.asked).toHaveLength(1);
    expect(here.asked[0]).toMatchObject({ url, init: { redirect: "manual" } });
  });

  it("100,000 random names cause one request in a cool-down", async () => {
    const here = site();
    await here.find("k1");
    const flood = () => Promise.all(Array.from({ length: 10_000 }, (_, at) => here.find(`random-${at}`)));
    for (let second = 0; second < 10; second++) {
      expect((await flood()).every((key) => key === null)).toBe(true);
      here.runtime.advance("6s"); // a minute in all: two cool-downs
    }
    expect(here.asked).toHaveLength(2); // the first, and the one at 30 s
    here.runtime.advance("30s");
    await flood();
    expect(here.asked).toHaveLength(3);
  });

  it("a new key is found by the token that names it first", async () => {
    const here = site();
    await here.find("k1");
    here.answer = async () => Response.json({ keys: [two.jwk, one.jwk] });
    expect(await here.find("k2")).toBeNull(); // within the cool-down
    here.runtime.advance("30s");
    expect(await here.find("k2")).not.toBeNull();
    expect(await here.find("k1")).not.toBeNull();
    expect(here.asked).toHaveLength(2);
  });

  it.each([
    ["10m", 600_000],
    ["1s", 1_000], // shorter than the pause between two questions
  ] as const)(
    "a key that was taken back is trusted until the keys are asked for again, and no longer: %s",
    async (freshFor, lasts) => {
      const here = site({ freshFor });
      await here.find("k1");
      here.answer = async () => Response.json({ keys: [two.jwk] });
      here.runtime.advance(lasts - 1);
      expect(await here.find("k1")).not.toBeNull();
      here.runtime.advance(1);
      expect(await here.find("k1")).toBeNull();
      expect(here.asked).toHaveLength(2);
    },
  );

  it("G8 while nobody answers the keys at hand are used for an hour, with few questions, and then nobody can be judged", async () => {
    const here = site();
    await here.find("k1");
    here.answer = () => Promise.reject(new Error("no route"));
    for (let minute = 0; minute < 59; minute++) {
      here.runtime.advance("1m");
      expect(await here.find("k1")).not.toBeNull();
    }
    expect(here.asked.length).toBeLessThan(60);
    await expect(here.find("k9")).rejects.toMatchObject(outage); // it may be a new one
    here.runtime.advance("1m");
    await expect(here.find("k1")).rejects.toMatchObject(outage);
    here.answer = async () => Response.json({ keys: [one.jwk] });
    here.runtime.advance("30s");
    expect(await here.find("k1")).not.toBeNull();
  });

  it("a clock that was set back stretches neither how long they are believed nor the cool-down", async () => {
    const clock = fakeRuntime();
    let back = 0;
    const here = site({ runtime: { ...clock, now: () => clock.now() - back } });
    await here.find("k1");
    here.answer = async () => Response.json({ keys: [two.jwk] });
    back = 3_600_000;
    expect([await here.find("k2"), await here.find("k1")]).toEqual([expect.anything(), null]);
    const flood = () => Promise.all(Array.from({ length: 1_000 }, (_, at) => here.find(`random-${at}`)));
    await flood();
    expect(here.asked).toHaveLength(2);
    clock.advance("30s");
    await flood();
    expect(here.asked).toHaveLength(3);
    here.answer = () => Promise.reject(new Error("no route"));
    back *= 2;
    expect(await here.find("k2")).not.toBeNull(); // nobody answers: as if they had just become due
    await expect(flood()).rejects.toMatchObject(outage);
    expect(here.asked).toHaveLength(4);
    clock.advance("50m");
    await expect(here.find("k2")).rejects.toMatchObject(outage);
  });

  it("an address that fails is left alone for a while, longer each time", async () => {
    const here = site();
    here.answer = async () => new Response("gone", { status: 500 });
    for (let second = 0; second < 120; second++) {
      await expect(here.find("k1")).rejects.toMatchObject(outage);
      here.runtime.advance("1s");
    }
    expect(here.asked.length).toBeLessThanOrEqual(9); // 0, 1, 3, 7, 15, 31, 61, 91 s
    expect(here.asked.length).toBeGreaterThanOrEqual(7);
  });

  it.each([
    ["another status", async () => new Response("{}", { status: 404 })],
    ["a redirect", async () => Response.redirect("https://evil.example/keys")],
    ["no JSON", async () => new Response("<html>")],
    ["no set of keys", async () => Response.json([one.jwk])],
    ["null", async () => Response.json(null)],
    ["keys that are no list", async () => Response.json({ keys: { 0: one.jwk } })],
    ["nothing", async () => new Response(null)],
    ["no UTF-8", async () => new Response(new Uint8Array([0xff, 0xfe]))],
    ["too many bytes", async () => new Response(`{"keys":[],"x":"${"x".repeat(70_000)}"}`)],
  ])("%s is an outage, and no refusal", async (_what, answer) => {
    const here = site();
    here.answer = answer;
    await expect(here.find("k1")).rejects.toMatchObject(outage);
  });

  it("a body without an end is not read to its end", async () => {
    const here = site();
    let chunks = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        chunks += 1;
        controller.enqueue(new Uint8Array(1_024).fill(32));
      },
    });
    here.answer = async () => new Response(endless);
    await expect(here.find("k1")).rejects.toMatchObject(outage);
    expect(chunks).toBeLessThan(80);
  });

  it("no answer in time is an outage; the next token asks again", async () => {
    const here = site();
    here.answer = () => new Promise(() => undefined);
    const waiting = [here.find("k1"), here.find("k1")].map((find) => expect(find).rejects.toMatchObject(outage));
    await here.runtime.settle();
    here.runtime.advance("5s");
    await Promise.all(waiting);
    here.answer = async () => Response.json({ keys: [one.jwk] });
    here.runtime.advance("1s");
    expect(await here.find("k1")).not.toBeNull();
  });

  it("an answer that arrives after it was given up changes nothing that is newer", async () => {
    const here = site({ timeLimit: "1s" });
    let arrive = (_: Response) => undefined as unknown;
    here.answer = () => new Promise((resolve) => (arrive = resolve));
    const first = expect(here.find("k1")).rejects.toMatchObject(outage);
    await here.runtime.settle();
    here.runtime.advance("1s");
    await first;
    here.answer = async () => Response.json({ keys: [two.jwk] });
    here.runtime.advance("1s");
    expect(await here.find("k2")).not.toBeNull();
    arrive(Response.json({ keys: [one.jwk] }));
    await here.runtime.settle();
    expect(await here.find("k2")).not.toBeNull();
  });

  it("what is no public key for signatures of the accepted algorithms is passed over", async () => {
    const { d, ...rest } = (await crypto.subtle.exportKey("jwk", one.privateKey)) as { d: string };
    const rsa = await pairOf("r1", "RS256");
    const keys = [
      null,
      7,
      "k1",
      [],
      {},
      { ...rest, d, kid: "private", alg: "EdDSA" },
      { kty: "oct", k: "AAAA", kid: "symmetric", alg: "HS256" },
      { ...one.jwk, kid: "encrypts", use: "enc" },
      { ...one.jwk, kid: "signs", key_ops: ["sign"] },
      { ...one.jwk, kid: "broken", x: "AA" },
      { ...one.jwk, kid: "renamed", alg: "ES256" },
      { ...one.jwk, kid: "curve", crv: "Ed448" },
      rsa.jwk,
      two.jwk,
    ];
    const here = site();
    here.answer = async () => Response.json({ keys });
    const names = ["private", "symmetric", "encrypts", "signs", "broken", "renamed", "curve", "r1"];
    expect(await Promise.all(names.map(here.find))).toEqual(names.map(() => null));
    expect(await here.find("k2")).not.toBeNull();
  });

  it("of a set without measure a hundred keys are used", async () => {
    const here = site();
    here.answer = async () =>
      Response.json({ keys: Array.from({ length: 300 }, (_, at) => ({ ...one.jwk, kid: `n${at}` })) });
    expect(await here.find("n99")).not.toBeNull();
    expect(await here.find("n100")).toBeNull();
  });

  it.each([
    "http://shop.example/jwks.json",
    "http://localhost.evil.example/jwks.json",
    "https://user:pass@shop.example/jwks.json",
    "ftp://shop.example/jwks.json",
    "data:application/json,{}",
    "jwks.json",
    "",
  ])("%j is no address of keys", (address) => {
    expect(() => remoteKeys(address)).toThrow(/not an https address/);
  });

  it.each(["http://localhost:3000/jwks.json", "http://127.0.0.1/jwks.json", "http://[::1]:80/jwks.json"])(
    "%j is one, on this machine",
    (address) => {
      expect(() => remoteKeys(address)).not.toThrow();
    },
  );
});

describe("A verifier with the address of its keys", () => {
  it("follows a rotation without being told", async () => {
    const here = site();
    const { runtime } = here;
    const [old, next] = [new Scene(one), new Scene(two)].map((scene) => Object.assign(scene, { runtime }));
    if (!old || !next) return expect.fail();
    const verify = accessTokenVerifier(old.options({ keys: here.keys }));
    expect((await verify(await old.token())).refusal).toBeNull();
    here.answer = async () => Response.json({ keys: [one.jwk, two.jwk] });
    runtime.advance("1m");
    expect((await verify(await next.token())).refusal).toBeNull();
    expect((await verify(await old.token())).refusal).toBeNull();
    expect(here.asked).toHaveLength(2);
  });

  it("asks nobody about a token of another kind, or under an algorithm that is not accepted", async () => {
    const here = site();
    const scene = new Scene(one);
    const verify = accessTokenVerifier(scene.options({ keys: here.keys }));
    for (const header of [{ typ: "JWT" }, { alg: "none" }, { alg: "HS256" }, { kid: 7 }, { crit: ["x"], x: 1 }])
      expect((await verify(await scene.token({}, header))).claims).toBeNull();
    expect(here.asked).toHaveLength(0);
  });

  it("shares the keys of one address among all that are made anew for each request", async () => {
    const { createServer } = await import("node:http");
    let requests = 0;
    const server = createServer((_request, response) => {
      requests += 1;
      response.end(JSON.stringify({ keys: [one.jwk] }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const issuer = `http://127.0.0.1:${port}`;
    const { verifyAccessToken } = await import("../../src/verify/index.ts");
    const scene = new Scene(one);
    const iat = Math.floor(Date.now() / 1_000);
    const token = await scene.token({ iss: issuer, iat, exp: iat + 60 });
    for (let time = 0; time < 5; time++) {
      const { refusal } = await verifyAccessToken(token, { issuer, audience: "https://api.shop.example" });
      expect(refusal).toBeNull();
    }
    expect(requests).toBe(1);
    await new Promise((resolve) => server.close(resolve));
  });
});
