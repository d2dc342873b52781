import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bulkPercent } from "../../../src/extensions/commerce/pricing/bulk.ts";
import { type CouponDiscount, percentagesOf } from "../../../src/extensions/commerce/pricing/discount.ts";
import { parityPercent } from "../../../src/extensions/commerce/pricing/parity.ts";
import type { PricePolicy, PriceRequest } from "../../../src/extensions/commerce/pricing/price.ts";
import { standardPrices } from "../../../src/extensions/commerce/pricing/standard-prices.ts";

const request = (patch: Partial<PriceRequest> = {}): PriceRequest => ({
  unitPrice: 10_000,
  quantity: 1,
  parity: 0,
  coupon: null,
  credit: 0,
  ...patch,
});
const percentage = (percent: number): CouponDiscount => ({ kind: "percentage", percent });
const fixed = (amount: number): CouponDiscount => ({ kind: "fixed", amount });

describe("purchasing-power parity", () => {
  it.each([
    [Number.NaN, 0],
    [-20, 0],
    [0, 0],
    [37.4, 0],
    [37.5, 40],
    [39, 40],
    [40, 40],
    [42.4, 40],
    [42.5, 45],
    [62, 60],
    [74, 75],
    [75, 75],
    [78, 75],
    [100, 75],
    [Number.POSITIVE_INFINITY, 75],
  ])("of a raw %s percent is %s percent", (raw, percent) => {
    expect(parityPercent(raw)).toBe(percent);
  });

  it("is for a single piece", () => {
    expect(standardPrices()(request({ parity: 60 })).appliedDiscount).toEqual({
      kind: "ppp",
      percent: 60,
      amount: 6_000,
    });
    expect(standardPrices()(request({ parity: 60, quantity: 2 })).appliedDiscount.kind).toBe("none");
  });
});

describe("many pieces", () => {
  it.each([
    [1, 0],
    [4, 0],
    [5, 15],
    [9, 15],
    [10, 25],
    [29, 25],
    [30, 35],
    [10_000, 35],
  ])("%s pieces: %s percent", (quantity, percent) => {
    expect(bulkPercent(quantity)).toBe(percent);
    const { appliedDiscount, calculatedPrice } = standardPrices()(request({ quantity }));
    expect(appliedDiscount.percent ?? 0).toBe(percent);
    expect(calculatedPrice).toBe(quantity * 100 * (100 - percent));
  });

  it("has tiers of one's own, in any order", () => {
    const prices = standardPrices({ bulk: [[20, 50], [3, 10]] }); // biome-ignore format: a pair a tier
    expect([2, 3, 19, 20].map((quantity) => prices(request({ quantity })).appliedDiscount.percent)).toEqual([
      null,
      10,
      10,
      50,
    ]);
  });
});

describe("the discount that applies", () => {
  it.each<[string, Partial<PriceRequest>, string, number]>([
    ["nothing", {}, "none", 10_000],
    ["a percentage", { coupon: percentage(20) }, "percentage", 8_000],
    ["a fixed amount", { coupon: fixed(2_500) }, "fixed", 7_500],
    ["a fixed amount above the price", { coupon: fixed(20_000) }, "fixed", 0],
    ["a coupon of nothing", { coupon: fixed(0) }, "none", 10_000],
    ["all of it", { coupon: percentage(100) }, "percentage", 0],
    ["parity against a smaller coupon", { parity: 60, coupon: percentage(20) }, "ppp", 4_000],
    ["parity against a larger coupon", { parity: 40, coupon: percentage(50) }, "percentage", 5_000],
    [
      "parity against an equal coupon, which asks for no country",
      { parity: 50, coupon: percentage(50) },
      "percentage",
      5_000,
    ],
    ["bulk against a smaller coupon", { quantity: 10, coupon: percentage(20) }, "bulk", 75_000],
    ["bulk against an equal coupon, which would be used up", { quantity: 10, coupon: percentage(25) }, "bulk", 75_000],
    ["bulk against a larger coupon", { quantity: 5, coupon: percentage(20) }, "percentage", 40_000],
    ["a fixed amount against bulk", { quantity: 5, coupon: fixed(10_000) }, "fixed", 40_000],
    ["a price of nothing", { unitPrice: 0, coupon: percentage(20) }, "none", 0],
  ])("%s", (_, patch, kind, price) => {
    const { appliedDiscount, calculatedPrice, stackedDiscounts } = standardPrices()(request(patch));
    expect([appliedDiscount.kind, calculatedPrice, stackedDiscounts]).toEqual([kind, price, []]);
  });

  it("lists all that the visitor may have", () => {
    const { availableDiscounts } = standardPrices()(request({ parity: 60, coupon: percentage(20) }));
    expect(availableDiscounts).toEqual([
      { kind: "percentage", percent: 20, amount: 2_000 },
      { kind: "ppp", percent: 60, amount: 6_000 },
    ]);
  });
});

describe("discounts that stack", () => {
  const stacking = standardPrices({ couponStacksWith: ["bulk", "ppp"] });

  it.each<[string, Partial<PriceRequest>, string[], number]>([
    ["bulk, then a percentage of the rest", { quantity: 10, coupon: percentage(20) }, ["bulk", "percentage"], 60_000],
    ["parity, then a fixed amount", { parity: 60, coupon: fixed(1_000) }, ["ppp", "fixed"], 3_000],
    ["parity, then more than is left", { parity: 60, coupon: fixed(5_000) }, ["ppp", "fixed"], 0],
    ["a coupon alone", { coupon: percentage(20) }, ["percentage"], 8_000],
  ])("%s", (_, patch, kinds, price) => {
    const { appliedDiscount, stackedDiscounts, calculatedPrice } = stacking(request(patch));
    expect([appliedDiscount, ...stackedDiscounts].map(({ kind }) => kind)).toEqual(kinds);
    expect(calculatedPrice).toBe(price);
  });
});

describe("an upgrade", () => {
  it.each<[string, Partial<PriceRequest>, number, number]>([
    ["takes off what was paid", { credit: 3_000 }, 7_000, 3_000],
    ["comes on top of a discount", { credit: 3_000, coupon: percentage(50) }, 2_000, 3_000],
    ["pays nothing back", { credit: 30_000 }, 0, 10_000],
    ["leaves a credit that is not needed", { credit: 30_000, coupon: percentage(50) }, 0, 5_000],
  ])("%s", (_, patch, price, used) => {
    const { calculatedPrice, upgradeCredit } = standardPrices()(request(patch));
    expect([calculatedPrice, upgradeCredit]).toEqual([price, used]);
  });
});

describe("rounding", () => {
  it.each([
    ["half a unit is the visitor's", 333, [50], 167],
    ["less than half is not", 333, [33], 110],
    ["more than half is", 335, [33], 111],
    ["two decimals of a percentage count", 10_000, [33.33], 3_333],
    ["where floating point would fall short", 1_005, [10], 101],
    ["one rounding for two percentages", 999, [15, 15], 277],
    ["nothing of nothing", 0, [50], 0],
    ["more than all is all", 100, [250], 100],
  ])("%s", (_, amount, percents, result) => {
    expect(percentagesOf(amount, percents)).toBe(result);
  });
});

describe("requests that make no sense", () => {
  it.each<[string, Partial<PriceRequest>]>([
    ["half a piece", { quantity: 1.5 }],
    ["no piece", { quantity: 0 }],
    ["too many pieces", { quantity: 1e7 }],
    ["half a cent", { unitPrice: 99.5 }],
    ["a negative price", { unitPrice: -1 }],
    ["not a number", { unitPrice: Number.NaN }],
    ["a negative credit", { credit: -1 }],
    ["a negative coupon", { coupon: fixed(-1) }],
    ["more than a hundred percent", { coupon: percentage(101) }],
  ])("%s", (_, patch) => {
    expect(() => standardPrices()(request(patch))).toThrow(RangeError);
  });
});

const coupons = fc.oneof(
  fc.constant(null),
  fc.record({ kind: fc.constant("fixed" as const), amount: fc.nat(1_000_000) }),
  fc.record({
    kind: fc.constant("percentage" as const),
    percent: fc.nat(10_000).map((points) => points / 100),
  }),
);
const requests: fc.Arbitrary<PriceRequest> = fc.record({
  unitPrice: fc.nat(10_000_000),
  quantity: fc.integer({ min: 1, max: 500 }),
  parity: fc.double({ min: -10, max: 110, noNaN: true }),
  coupon: coupons,
  credit: fc.nat(20_000_000),
});
const policies: fc.Arbitrary<PricePolicy> = fc
  .subarray(["bulk", "ppp"] as const)
  .map((couponStacksWith) => standardPrices({ couponStacksWith }));

describe("every price", () => {
  const always = (check: (prices: PricePolicy, request: PriceRequest) => void) =>
    fc.assert(fc.property(policies, requests, check), { numRuns: 2_000 });

  it("is a whole number, never negative and never above the full price", () => {
    always((prices, asked) => {
      const { calculatedPrice, fullPrice } = prices(asked);
      expect(Number.isSafeInteger(calculatedPrice)).toBe(true);
      expect(calculatedPrice).toBeGreaterThanOrEqual(0);
      expect(calculatedPrice).toBeLessThanOrEqual(fullPrice);
    });
  });

  it("is never above what any one of the available discounts would make it", () => {
    always((prices, asked) => {
      const { calculatedPrice, fullPrice, availableDiscounts } = prices(asked);
      for (const { amount } of availableDiscounts) expect(calculatedPrice).toBeLessThanOrEqual(fullPrice - amount);
    });
  });

  it("is no higher with a coupon, a credit or a parity than without", () => {
    always((prices, asked) => {
      const { calculatedPrice } = prices(asked);
      for (const without of [{ coupon: null }, { credit: 0 }, { parity: 0 }]) {
        expect(calculatedPrice).toBeLessThanOrEqual(prices({ ...asked, ...without }).calculatedPrice);
      }
    });
  });

  it("grows no smaller with the price of a piece", () => {
    always((prices, asked) => {
      const dearer = prices({ ...asked, unitPrice: asked.unitPrice + 1 });
      expect(dearer.calculatedPrice).toBeGreaterThanOrEqual(prices(asked).calculatedPrice);
    });
  });

  it("is the same again", () => {
    always((prices, asked) => {
      expect(prices(asked)).toEqual(prices(structuredClone(asked)));
    });
  });

  it("does not depend on the order of percentages or tiers", () => {
    const percents = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 4 });
    fc.assert(
      fc.property(fc.nat(1e9), percents, (amount, list) => {
        expect(percentagesOf(amount, list)).toBe(percentagesOf(amount, [...list].reverse()));
      }),
    );
    const tiers = fc.uniqueArray(fc.tuple(fc.nat(50), fc.nat(100)), { selector: ([from]) => from, maxLength: 5 });
    fc.assert(
      fc.property(tiers, fc.nat(60), (list, quantity) => {
        expect(bulkPercent(quantity, list)).toBe(bulkPercent(quantity, [...list].reverse()));
      }),
    );
  });
});
