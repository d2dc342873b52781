import type { DiscountKind } from "./pricing/discount.ts";

/** One product of an order, with the price that it had when the order was made. */
export interface OrderLine {
  readonly productId: string;
  /** What the product was called. */
  readonly name: string;
  readonly quantity: number;
  /** Before anything is taken off, in minor units. */
  readonly fullPrice: number;
  /** What is to be paid for all pieces, in minor units. */
  readonly total: number;
  readonly discount: DiscountKind;
  /** Parity made it cheaper: what is bought is for the country of the order alone. */
  readonly isRestricted: boolean;
  /** The coupon that this line uses up, or `null`. */
  readonly couponId: string | null;
  /** Whether a fixed amount was taken off it: an order has that once. */
  readonly usesFixedCoupon: boolean;
  /** The purchase that this one takes the place of, or `null`. */
  readonly upgradeFrom: string | null;
}

/**
 * What has become of an order. `"open"`: it may be paid. `"expired"`: its lifetime is over, or another order of the same user has
 * taken the coupon or the credit that it held. A payment counts all the same, as long as what the order needs is still to be had;
 * otherwise the order is `"unfulfilled"`: the money was taken, nothing was given for it, and it is to be paid back.
 */
export type OrderStatus = "open" | "expired" | "paid" | "unfulfilled" | "refunded";

/** What a user is about to pay. Its amounts were fixed by the server when it was made. */
export interface Order {
  /** Its public name: it may be shown and logged, and opens nothing. */
  readonly id: string;
  readonly userId: string;
  readonly status: OrderStatus;
  /** ISO 4217, in lower case. */
  readonly currency: string;
  /** The sum of its lines, in minor units. */
  readonly total: number;
  readonly lines: readonly OrderLine[];
  /** The visitor's country when the order was made, or `null`. */
  readonly country: string | null;
  /** Who sent the visitor, or `null`. */
  readonly referral: string | null;
  readonly createdAt: number;
}
