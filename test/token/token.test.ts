import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Runtime } from "../../src/runtime.ts";
import { systemRuntime } from "../../src/runtime.ts";
import { digestOf } from "../../src/token/digest.ts";
import { type IssuedToken, isSessionId, issueToken, parseToken } from "../../src/token/token.ts";

// Any sequence of UTF-16 units, lone surrogates included.
const anyText = fc.uint16Array({ maxLength: 80 }).map((units) => String.fromCharCode(...units));

// The pattern that the documentation gives to secret scanners.
const format = /^ccs_[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$/;

const issue = (): IssuedToken => issueToken("session", systemRuntime);
const parse = (text: string) => parseToken("session", text);
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "base64url"));

// Hands out the bytes it is given, in turn, and remembers how many were asked for. Everything else must stay untouched.
function scriptedRuntime(...script: Uint8Array[]): Runtime & { readonly asked: number[] } {
  const asked: number[] = [];
  const refuse = (): never => expect.unreachable("a token is made of random bytes alone");
  return {
    asked,
    now: refuse,
    jitter: refuse,
    after: refuse,
    background: refuse,
    randomBytes(size) {
      asked.push(size);
      return script.shift() ?? new Uint8Array(size);
    },
  };
}

describe("issueToken", () => {
  it("T1: asks the generator for 16 bytes of id and 32 bytes of secret, and for nothing else", () => {
    const runtime = scriptedRuntime();
    issueToken("session", runtime);
    expect(runtime.asked).toEqual([16, 32]);
  });

  it("T1: asks for a secret alone when the session keeps its id", () => {
    const runtime = scriptedRuntime();
    const { id } = issue();
    expect(issueToken("session", runtime, id).id).toBe(id);
    expect(runtime.asked).toEqual([32]);
  });

  it("T1: the default generator is crypto.getRandomValues", () => {
    const original = crypto.getRandomValues;
    const sizes: number[] = [];
    crypto.getRandomValues = ((array: Uint8Array) => {
      sizes.push(array.length);
      return array.fill(0xa5);
    }) as typeof original;
    try {
      expect(issue().token).toBe(`ccs_${"paWl".repeat(5)}pQ.${"paWl".repeat(10)}paU`);
      expect(sizes).toEqual([16, 32]);
    } finally {
      crypto.getRandomValues = original;
    }
  });

  it("T1, T6: every random bit reaches the token, and the token holds nothing else", () => {
    const bytes = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });
    fc.assert(
      fc.property(bytes(16), bytes(32), (id, secret) => {
        const issued = issueToken("session", scriptedRuntime(id, secret));
        expect(bytesOf(issued.id)).toEqual(id);
        expect(bytesOf(issued.secret)).toEqual(secret);
        expect(issued.token).toBe(`ccs_${issued.id}.${issued.secret}`);
      }),
    );
  });

  it("T1, T7: 100,000 tokens have the format, differ, and show no bias in any bit", () => {
    const count = 100_000;
    const tokens = new Set<string>();
    const ids = new Set<string>();
    const ones = new Uint32Array(48 * 8);
    for (let made = 0; made < count; made++) {
      const { token, id, secret } = issue();
      if (!format.test(token)) expect.fail("a token without the format");
      tokens.add(token);
      ids.add(id);
      countOnes(ones, Buffer.concat([Buffer.from(id, "base64url"), Buffer.from(secret, "base64url")]));
    }
    expect(tokens.size).toBe(count);
    expect(ids.size).toBe(count);
    // χ² with one degree of freedom is (2·ones − n)²/n. A fair bit passes 45 once in 5·10^10 times, and there are 384.
    const worst = Math.max(...Array.from(ones, (one) => (2 * one - count) ** 2 / count));
    expect(worst).toBeLessThan(45);
  });

  it("T7: is recognisable, of fixed length, and fit for a cookie and a header without escapes", () => {
    const { token } = issue();
    expect(token).toHaveLength(70);
    expect(token).toMatch(format);
    expect(encodeURIComponent(token)).toBe(token);
  });
});

function countOnes(ones: Uint32Array, bytes: Uint8Array): void {
  for (let bit = 0; bit < ones.length; bit++) {
    if (((bytes[bit >> 3] as number) >> (7 - (bit & 7))) & 1) ones[bit] = (ones[bit] as number) + 1;
  }
}

describe("parseToken", () => {
  const tokens = Array.from({ length: 200 }, issue);
  const base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  it("T7: gives back the parts that were issued", () => {
    for (const { token, id, secret } of tokens) expect(parse(token)).toEqual({ id, secret });
  });

  it("T4, T7: any flipped bit of any byte is refused, or is another id or another digest", () => {
    for (const { token, id, secret } of tokens) {
      const digest = digestOf(secret);
      for (let bit = 0; bit < token.length * 8; bit++) {
        const flipped = Buffer.from(token, "latin1");
        flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        const parts = parse(flipped.toString("latin1"));
        if (parts && parts.id === id && digestOf(parts.secret) === digest)
          expect.fail(`bit ${bit} makes no difference`);
      }
    }
  });

  it("T4, T7: one token has one spelling: of the characters that decode alike only one is accepted", () => {
    for (const { token } of tokens.slice(0, 20)) {
      for (const at of [4 + 21, token.length - 1]) {
        const spellings = Array.from(base64url, (letter) => token.slice(0, at) + letter + token.slice(at + 1)).filter(
          (text) => parse(text),
        );
        const decoded = new Set(spellings.map((text) => `${bytesOf(text.slice(4, 26))}.${bytesOf(text.slice(27))}`));
        expect(spellings.length).toBe(at === 25 ? 4 : 16);
        expect(decoded.size).toBe(spellings.length);
      }
    }
  });

  it("T7: every truncation, at either end, is refused", () => {
    for (const { token } of tokens) {
      for (let length = 0; length < token.length; length++) {
        expect(parse(token.slice(0, length))).toBeNull();
        expect(parse(token.slice(token.length - length))).toBeNull();
      }
    }
  });

  it("T7: every extension is refused", () => {
    const { token } = issue();
    const more = [
      " ",
      "\t",
      "\n",
      "\r\n",
      "\0",
      "=",
      "==",
      ".",
      "A",
      ";",
      '"',
      "%00",
      "\u00a0",
      "\ufeff",
      "a".repeat(1_000_000),
    ];
    for (const text of more) {
      expect(parse(token + text)).toBeNull();
      expect(parse(text + token)).toBeNull();
    }
    expect(parse(token + token)).toBeNull();
    expect(parse(`"${token}"`)).toBeNull();
  });

  it("T4, T7: another case is refused or another token, and the prefix has one case", () => {
    for (const { token, id, secret } of tokens) {
      for (const text of [token.toUpperCase(), token.toLowerCase(), swapCase(token)]) {
        const parts = parse(text);
        if (text !== token && parts) expect(parts.id === id && parts.secret === secret).toBe(false);
      }
      expect(parse(`CCS_${token.slice(4)}`)).toBeNull();
      expect(parse(`Ccs_${token.slice(4)}`)).toBeNull();
    }
  });

  it.each(["ccr_", "cca_", "cct_", "cs_", "ccs-", "ccs.", "ccs", "", "ccss", "xccs_", "session_", "%63cs_"])(
    "T8: a token of the kind %j is not a session token",
    (prefix) => expect(parse(prefix + issue().token.slice(4))).toBeNull(),
  );

  it.each([
    ["base64 with a plus sign", (text: string) => `${text.slice(0, 10)}+${text.slice(11)}`],
    ["base64 with a slash", (text: string) => `${text.slice(0, 10)}/${text.slice(11)}`],
    ["a line feed in place of the last character", (text: string) => `${text.slice(0, -1)}\n`],
    ["a dot in the id", (text: string) => `${text.slice(0, 10)}.${text.slice(11)}`],
    ["no dot", (text: string) => text.replace(".", "A")],
    ["the dot a place too early", (text: string) => `${text.slice(0, 25)}.${text[25]}${text.slice(27)}`],
    ["the dot a place too late", (text: string) => `${text.slice(0, 26)}${text[27]}.${text.slice(28)}`],
    ["the halves changed over", (text: string) => `ccs_${text.slice(27)}.${text.slice(4, 26)}`],
    ["a percent-encoded dot", (text: string) => text.replace(".", "%2E")],
    ["a full-width letter", (text: string) => `${text.slice(0, 10)}\uff21${text.slice(11)}`],
    ["a lone surrogate", (text: string) => `${text.slice(0, 10)}\ud800${text.slice(11)}`],
  ])("T7: %s is refused", (_why, change) => {
    for (const { token } of tokens.slice(0, 20)) expect(parse(change(token))).toBeNull();
  });

  it("T7, A1: whatever is not exactly the format is refused, and nothing throws", () => {
    const near = fc.array(
      fc.constantFrom("ccs_", ".", "A", "g", "w", "_", "-", "=", "AAAAAAAAAAAAAAAAAAAAA", "B".repeat(42), "\n"),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          near.map((parts) => parts.join("")),
          anyText,
        ),
        (text) => {
          if (!format.test(text)) expect(parse(text)).toBeNull();
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("T7: what is accepted decodes to 16 and 32 bytes and is written the same way again", () => {
    const text = fc.array(fc.constantFrom(...base64url), { minLength: 65, maxLength: 65 }).map((all) => all.join(""));
    let accepted = 0;
    fc.assert(
      fc.property(text, (letters) => {
        const parts = parse(`ccs_${letters.slice(0, 22)}.${letters.slice(22)}`);
        if (!parts) return;
        accepted += 1;
        expect(Buffer.from(bytesOf(parts.id)).toString("base64url")).toBe(letters.slice(0, 22));
        expect(Buffer.from(bytesOf(parts.secret)).toString("base64url")).toBe(letters.slice(22));
      }),
      { numRuns: 10_000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });
});

function swapCase(text: string): string {
  return Array.from(text, (letter) =>
    letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase(),
  ).join("");
}

describe("the public id", () => {
  it("T5: is recognised as an id, and parses as no token, alone or dressed up", () => {
    for (let made = 0; made < 200; made++) {
      const { id, secret, token } = issue();
      expect(isSessionId(id)).toBe(true);
      for (const text of [
        id,
        `ccs_${id}`,
        `ccs_${id}.`,
        `${id}.`,
        `ccs_${id}.${id}`,
        `ccs_${id}.${id}${id}`.slice(0, 69),
      ])
        expect(parse(text)).toBeNull();
      expect(isSessionId(token)).toBe(false);
      expect(isSessionId(secret)).toBe(false);
    }
  });

  it("T5: the digest that a store keeps parses as no token either", () => {
    const { id, secret } = issue();
    const digest = digestOf(secret) as string;
    for (const text of [digest, `ccs_${digest}`, `${id}.${digest}`]) expect(parse(text)).toBeNull();
    // Whoever has read id and digest in a dump can write a token of the right shape; its own digest is another one.
    expect(digestOf(digest)).not.toBe(digest);
  });

  it.each<[string, unknown]>([
    ["undefined", undefined],
    ["null", null],
    ["a number", 7],
    ["an object", {}],
    ["a list", []],
    ["a list that reads like an id", ["A".repeat(22)]],
    ["an empty text", ""],
    ["a character too few", "A".repeat(21)],
    ["a character too many", "A".repeat(23)],
    ["a second spelling", `${"A".repeat(21)}B`],
    ["a line feed at the end", `${"A".repeat(22)}\n`],
    ["a path", "../../../../etc/passwd"],
    ["a pattern of Redis", "*".repeat(22)],
    ["a quote", `${"A".repeat(20)}'A`],
    ["a megabyte", "A".repeat(1_000_000)],
  ])("A10: %s is no id", (_why, text) => expect(isSessionId(text)).toBe(false));
});
