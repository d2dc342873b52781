import type { Order, OrderLine, Purchase } from "../../../src/extensions/commerce/index.ts";

/** A purchase as a test needs it. */
export function purchase(patch: Partial<Purchase> = {}): Purchase {
  return {
    id: "p1",
    userId: "ada",
    productId: "course",
    status: "Valid",
    quantity: 1,
    total: 9_900,
    currency: "eur",
    country: null,
    orderId: null,
    couponId: null,
    seatOf: null,
    seatsUsed: 0,
    upgradedFrom: null,
    upgradedTo: null,
    createdAt: 1_000,
    ...patch,
  };
}

/** A line of an order. */
export function line(patch: Partial<OrderLine> = {}): OrderLine {
  return {
    productId: "course",
    name: "The course",
    quantity: 1,
    fullPrice: 9_900,
    total: 9_900,
    discount: "none",
    isRestricted: false,
    couponId: null,
    usesFixedCoupon: false,
    upgradeFrom: null,
    ...patch,
  };
}

/** An open order of one line. */
export function order(patch: Partial<Order> = {}): Order {
  return {
    id: "o1",
    userId: "ada",
    status: "open",
    currency: "eur",
    total: 9_900,
    lines: [line()],
    country: "DE",
    referral: "a friend",
    createdAt: 1_000,
    ...patch,
  };
}
