import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBase64url, toBase64url } from "../../src/bytes.ts";
import { parseRefreshToken, writeRefreshToken } from "../../src/token/refresh-token.ts";
import { parseToken } from "../../src/token/token.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(toBase64url);
const parts = fc.record({
  ...{ id: bytes(16), family: bytes(9), secret: bytes(32), code: bytes(32) },
  generation: fc.integer({ min: 1, max: 2 ** 48 - 1 }),
});

describe("the shape of a refresh token", () => {
  it("T7 has one length and one spelling, from which the parts come back", () => {
    fc.assert(
      fc.property(parts, (given) => {
        const token = writeRefreshToken(given);
        expect(token).toHaveLength(133);
        expect(parseRefreshToken(token)).toEqual(given);
      }),
    );
  });

  it("T7 T8 is no other: whatever is longer, shorter, spelled otherwise or of another kind is refused", () => {
    fc.assert(
      fc.property(parts, fc.nat(132), (given, at) => {
        const token = writeRefreshToken(given);
        for (const text of [`${token}A`, token.slice(1), ` ${token}`, `${token}\n`, token.replace("ccr_", "ccs_")])
          expect(parseRefreshToken(text)).toBeNull();
        expect(parseRefreshToken(`${token.slice(0, at)}!${token.slice(at + 1)}`)).toBeNull();
        expect(parseToken("session", token)).toBeNull();
        expect(parseToken("apiKey", token)).toBeNull();
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(parseRefreshToken(text)).toBeNull();
      }),
    );
  });
});

it("base64url is read as it is written", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (given) => {
      expect(fromBase64url(toBase64url(given))).toEqual(given);
    }),
  );
});
