/**
 * What a purchase is worth. `"Restricted"`: bought at a price for one country, and valid there. `"Refunded"`: paid back, and
 * worth nothing.
 */
export type PurchaseStatus = "Valid" | "Refunded" | "Restricted";

/** Something that a user has bought, or was given a seat of. */
export interface Purchase {
  /** Its public name: it may be shown and logged, and opens nothing. */
  readonly id: string;
  readonly userId: string;
  readonly productId: string;
  readonly status: PurchaseStatus;
  /** How many pieces. More than one is a team purchase: its pieces are seats. */
  readonly quantity: number;
  /** What was paid, in minor units. */
  readonly total: number;
  readonly currency: string;
  /** The country that it is for, where its status is `"Restricted"`; else where it was bought, or `null`. */
  readonly country: string | null;
  /** The order that paid for it, or `null`. */
  readonly orderId: string | null;
  /** The coupon that made it cheaper, or `null`. */
  readonly couponId: string | null;
  /** The team purchase whose seat this is, or `null`. */
  readonly seatOf: string | null;
  /** Of a team purchase: how many seats have been claimed; 0 for every other one. */
  readonly seatsUsed: number;
  /** The purchase that this one has taken the place of, or `null`. */
  readonly upgradedFrom: string | null;
  /** The purchase that has taken its place, or `null`. */
  readonly upgradedTo: string | null;
  readonly createdAt: number;
}

/** Whether it is a team purchase: its buyer has seats to give, and one only by claiming it. */
export function isTeamPurchase({ quantity }: Pick<Purchase, "quantity">): boolean {
  return quantity > 1;
}

/** Whether it gives its owner the product, wherever they are. */
export function isOwned(purchase: Purchase): boolean {
  return purchase.status !== "Refunded" && !isTeamPurchase(purchase);
}

/** Whether a purchase is worth nothing where the visitor is: it is for one country, and they are elsewhere or nobody knows. */
export function isElsewhere({ status, country: bought }: Purchase, country: string | null): boolean {
  return status === "Restricted" && bought !== country;
}
