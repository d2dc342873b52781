import * as nodeCrypto from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPromise } from "../../src/maybe.ts";
import { systemRuntime } from "../../src/runtime.ts";
import { chooseDigest, digestOf } from "../../src/token/digest.ts";
import { issueToken } from "../../src/token/token.ts";

// Any sequence of UTF-16 units, lone surrogates included.
const anyText = fc.uint16Array({ maxLength: 300 }).map((units) => String.fromCharCode(...units));

const { createHash } = nodeCrypto;

// node:crypto as older releases have it, before 20.12 brought crypto.hash.
const byCreateHash = chooseDigest({ createHash });
const bySubtle = chooseDigest(undefined);
const expected = (text: string) => createHash("sha256").update(text).digest("base64url");

describe("digestOf", () => {
  it("T2: is SHA-256 in base64url (vectors of FIPS 180-4)", () => {
    expect(digestOf("abc")).toBe(
      Buffer.from("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "hex").toString("base64url"),
    );
    expect(digestOf("")).toBe(
      Buffer.from("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "hex").toString("base64url"),
    );
  });

  it("T2: holds nothing of the secret", () => {
    for (let made = 0; made < 200; made++) {
      const { secret, token } = issueToken("session", systemRuntime);
      const digest = digestOf(secret) as string;
      expect(digest).toHaveLength(43);
      expect([secret, token]).not.toContain(digest);
    }
  });

  it("T2: answers at once on Node", () => expect(isPromise(digestOf("x"))).toBe(false));
});

describe("chooseDigest", () => {
  it("T2: hash, createHash and subtle agree on secrets", async () => {
    for (let made = 0; made < 500; made++) {
      const { secret } = issueToken("session", systemRuntime);
      const all = [digestOf(secret), byCreateHash(secret), await bySubtle(secret)];
      expect(new Set(all)).toEqual(new Set([expected(secret)]));
    }
  });

  it("T2: they agree on any text, lone surrogates included", async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        expect([digestOf(text), byCreateHash(text), await bySubtle(text)]).toEqual(Array(3).fill(expected(text)));
      }),
      { numRuns: 1_000 },
    );
  });

  it("T2: takes crypto.hash where there is one", () => {
    const calls: unknown[][] = [];
    const digest = chooseDigest({
      createHash: () => expect.unreachable(),
      hash: (...call) => {
        calls.push(call);
        return "digest";
      },
    });
    expect(digest("secret")).toBe("digest");
    expect(calls).toEqual([["sha256", "secret", "base64url"]]);
  });

  it("T2: takes what this release of Node has", () => {
    expect(chooseDigest(nodeCrypto as unknown as Parameters<typeof chooseDigest>[0])("abc")).toBe(expected("abc"));
  });

  it("T2: goes through a promise on runtimes with subtle alone", () => expect(isPromise(bySubtle("x"))).toBe(true));
});
