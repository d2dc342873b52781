import type { CouponDiscount, Discount } from "./discount.ts";

/** What a price depends on. */
export interface PriceRequest {
  /** The price of one piece, in minor units. */
  readonly unitPrice: number;
  /** How many pieces. */
  readonly quantity: number;
  /** The raw discount of the visitor's country, in percent; 0 where there is none, or where the visitor may not have it. */
  readonly parity: number;
  /** What the coupon takes off, or `null` without one. */
  readonly coupon: CouponDiscount | null;
  /** What was paid for the purchase that this one takes the place of, in minor units. */
  readonly credit: number;
}

/** The price of a product for one visitor. Amounts are whole minor units (cents). */
export interface Price {
  /** How many pieces. */
  readonly quantity: number;
  /** The price of one piece, before anything is taken off. */
  readonly unitPrice: number;
  /** `unitPrice` times `quantity`. */
  readonly fullPrice: number;
  /** What the visitor is to pay: never below 0, never above `fullPrice`. */
  readonly calculatedPrice: number;
  /** The discount that was chosen; of kind `"none"` where there is none. */
  readonly appliedDiscount: Discount;
  /** What is taken off beside it. */
  readonly stackedDiscounts: readonly Discount[];
  /** Every discount that the visitor may have, each as it would be alone. */
  readonly availableDiscounts: readonly Discount[];
  /** How much of the credit was used. */
  readonly upgradeCredit: number;
}

/**
 * Decides a price. It is a pure function: the same request has the same price, in a page and at the checkout.
 *
 * What it answers is checked: a `calculatedPrice` that is no whole number from 0 to `fullPrice` fails the request.
 */
export type PricePolicy = (request: PriceRequest) => Price;
