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

/** What a user is about to pay. Its amounts were fixed by the server when it was made. */
export interface Order {
  /** Its public name: it may be shown and logged, and opens nothing. */
  readonly id: string;
  readonly userId: string;
  /** `"open"` until it is paid. */
  readonly status: "open" | "paid" | "refunded";
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
