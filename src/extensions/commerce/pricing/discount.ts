/** What a discount comes from; `"none"` where there is none. */
export type DiscountKind = "ppp" | "bulk" | "fixed" | "percentage" | "none";

/** A discount on one price. */
export interface Discount {
  readonly kind: DiscountKind;
  /** How many percent of the full price it takes off; `null` for a fixed amount. */
  readonly percent: number | null;
  /** How much it takes off, in minor units. Never more than the full price. */
  readonly amount: number;
}

/** No discount. */
export const noDiscount: Discount = { kind: "none", percent: null, amount: 0 };

/** What a coupon takes off: an amount in minor units, or a part of the price. */
export type CouponDiscount =
  | { readonly kind: "fixed"; readonly amount: number }
  | { readonly kind: "percentage"; readonly percent: number };

/**
 * A part of an amount, in whole minor units: what percentages that follow one another take off it together.
 *
 * It is rounded once, to the nearest minor unit, and half a unit is rounded up: a discount is rounded in favour of the
 * visitor. The order of the percentages changes nothing. Two decimals of a percentage count.
 */
export function percentagesOf(amount: number, percents: readonly number[]): number {
  let left = 1n;
  let whole = 1n;
  for (const percent of percents) {
    left *= whole100 - BigInt(Math.round(bounded(percent) * 100));
    whole *= whole100;
  }
  // Whole numbers throughout: a product of floating point numbers would round some halves the wrong way.
  return Number((BigInt(amount) * (whole - left) * 2n + whole) / (whole * 2n));
}

const whole100 = 10_000n;

function bounded(percent: number): number {
  return Number.isNaN(percent) ? 0 : Math.min(Math.max(percent, 0), 100);
}
