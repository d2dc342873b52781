import fc from "fast-check";
import { expect, test } from "vitest";
import { keptKey } from "../../src/store/record.ts";
import { bytesOf, flat, ownerIn, type Packable, pack, theEngines, unpack } from "../../src/stores/memory/pack.ts";

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string(),
  fc.nat(40_000).map((length) => "x".repeat(length)),
);
const orNull = (arbitrary: fc.Arbitrary<string>) => fc.option(arbitrary, { nil: null });
const instant = fc.option(fc.double({ noNaN: true }), { nil: null });

const packable: fc.Arbitrary<Packable> = fc.record({
  digest: anyText,
  previousDigest: orNull(anyText),
  previousGraceEndsAt: instant,
  userId: orNull(anyText),
  device: orNull(anyText),
  actor: orNull(anyText),
  authenticatedAt: instant,
  persistent: fc.boolean(),
  generation: fc.maxSafeNat(),
  version: fc.maxSafeNat(),
  data: fc.dictionary(
    fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("__proto__", "constructor", "7")),
    anyText,
  ),
});

test("what is packed is unpacked as it was, whatever the texts hold", () => {
  fc.assert(
    fc.property(packable, (record) => {
      const { data, ...rest } = unpack(pack(record));
      expect(Object.entries(data)).toEqual(Object.entries(record.data));
      expect({ ...rest, data: 0 }).toEqual({ ...withoutMinusZero(record), data: 0 });
      expect(ownerIn(pack(record))).toBe(record.userId);
      const own = { ...record, userId: null, data: { ...record.data, [keptKey]: "" } };
      expect(ownerIn(pack(own))).toBe(theEngines);
    }),
    { numRuns: 1_000 },
  );
});

test("the empty text is not the absent one", () => {
  fc.assert(
    fc.property(packable, (record) => {
      expect(unpack(pack({ ...record, device: "", actor: null }))).toMatchObject({ device: "", actor: null });
    }),
    { numRuns: 20 },
  );
});

test("a flat copy equals its text", () => {
  fc.assert(fc.property(anyText, (text) => flat(text) === text));
});

test("bytes are counted in words, with the header of a string", () => {
  expect([bytesOf(""), bytesOf("a"), bytesOf("é".repeat(9)), bytesOf("漢".repeat(9))]).toEqual([16, 24, 32, 40]);
});

// An instant has no use for the sign of zero.
function withoutMinusZero(record: Packable): Packable {
  const plain = (number: number | null) => (number === 0 ? 0 : number);
  return {
    ...record,
    previousGraceEndsAt: plain(record.previousGraceEndsAt),
    authenticatedAt: plain(record.authenticatedAt),
  };
}
