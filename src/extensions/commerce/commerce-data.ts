import type { CartLine } from "./cart-line.ts";
import type { Coupon } from "./coupon.ts";
import type { Entitlement } from "./entitlement.ts";
import type { Order } from "./order.ts";
import type { Purchase } from "./purchase.ts";

/** A purchase to be kept, with the rights that come with it. */
export interface NewPurchase {
  readonly purchase: Purchase;
  readonly entitlements: readonly Entitlement[];
}

/** An order that has been paid, or costs nothing. */
export interface Fulfilment {
  readonly orderId: string;
  /** The provider's name for what it told: it counts once. */
  readonly eventId: string;
  readonly userId: string;
  /** The purchases of its lines. */
  readonly bought: readonly NewPurchase[];
  /** Whether money was paid. An order whose coupon or credit is gone is then `"unfulfilled"`; one of nothing stays as it was. */
  readonly isPaid: boolean;
  readonly now: number;
}

/** A way to a seat of a team purchase. */
export interface Invitation {
  /** SHA-256 of the code: whoever reads the database cannot claim a seat. */
  readonly digest: string;
  readonly purchaseId: string;
  /** Whom the owner meant it for, or `null`. Nothing checks that they are the one who claims. */
  readonly email: string | null;
  /** How often it may be claimed. */
  readonly maxUses: number;
  readonly used: number;
  readonly createdAt: number;
}

/** A seat that somebody is to have. */
export interface SeatClaim {
  readonly digest: string;
  /** The purchase of the claimant; its `seatOf` is the team purchase. */
  readonly seat: NewPurchase;
}

/** Who has a seat, for its owner to see. */
export interface ClaimedSeat {
  readonly userId: string;
  readonly claimedAt: number;
}

/**
 * Where purchases, orders and carts are kept. {@link sqlCommerce} is one for every SQL database.
 *
 * Each method that changes something is one atomic step: it happens as a whole or not at all, also among many processes. What is
 * absent is a value, never an error. It decides nothing about prices or rights.
 */
export interface CommerceData {
  /** The purchases of a user, oldest first. */
  purchasesOf(userId: string): Promise<readonly Purchase[]>;
  /** The rights of a user that have not been taken away, also those that have ended. */
  entitlementsOf(userId: string): Promise<readonly Entitlement[]>;
  findCoupon(code: string): Promise<Coupon | null>;

  /** The lines of a user's cart, in a fixed order. */
  cartOf(userId: string): Promise<readonly CartLine[]>;
  /** Puts lines into a user's cart: of a product that is there the greater quantity stays. Merging again changes nothing. */
  mergeCart(userId: string, lines: readonly CartLine[]): Promise<void>;
  /** Adds pieces to a user's cart, up to a number of pieces. */
  addToCart(userId: string, line: CartLine, most: number): Promise<void>;
  /** Takes pieces out of a user's cart; where none is left, the product. */
  takeFromCart(userId: string, line: CartLine): Promise<void>;
  /** Sets the quantity of one product in a user's cart; 0 takes it out. */
  setInCart(userId: string, line: CartLine): Promise<void>;

  /**
   * Keeps an open order, which holds a use of each of its coupons and the credits of its upgrades until `heldUntil`: nobody else's
   * order gets them meanwhile, and what is held and what is used is never more than a coupon's `maxUses`. From an earlier
   * order of the same user it takes them over, and that one is `"expired"`. `"coupon-used"` where no use of a coupon is left,
   * `"credit-used"` where a purchase is not the user's, was refunded or upgraded: nothing is kept then.
   */
  addOrder(order: Order, heldUntil: number): Promise<"added" | "coupon-used" | "credit-used">;
  /** The order as it is kept. That it is no longer open since its time is over, is for the caller to see. */
  findOrder(orderId: string): Promise<Order | null>;
  /** The orders of a user, oldest first. */
  ordersOf(userId: string): Promise<readonly Order[]>;
  /**
   * Makes an open or expired order a paid one, and keeps its purchases and their rights; uses up what it holds, marks the purchases
   * that were upgraded, and takes what was bought out of the cart. Once for each order and once for each event: `"already"`
   * for every other time, which changes nothing. A coupon or credit that it does not hold any more is taken if it is to be
   * had. If it is not, an order that was paid is `"unfulfilled"`, and keeps no purchase; one of nothing is `"used"`, which
   * changes nothing.
   */
  fulfil(fulfilment: Fulfilment): Promise<"fulfilled" | "already" | "missing" | "used" | "unfulfilled">;
  /**
   * Makes a paid or unfulfilled order a refunded one, its purchases and their seats `"Refunded"`, and takes their rights away.
   * `"missing"` for an order that was never paid.
   */
  refund(orderId: string, eventId: string, now: number): Promise<"refunded" | "already" | "missing">;

  /** Keeps an invitation, if `ownerId` owns the team purchase and it was not refunded. */
  addInvitation(invitation: Invitation, ownerId: string): Promise<"added" | "missing">;
  /** The invitation with this digest and the team purchase it belongs to. */
  findInvitation(digest: string): Promise<{ readonly invitation: Invitation; readonly team: Purchase } | null>;
  /**
   * Gives somebody a seat: never more than there are, and one for each user. `"already"` where they have one, `"used"` where the
   * invitation has been claimed as often as it may, `"full"` where no seat is left or the purchase was refunded.
   */
  claimSeat(claim: SeatClaim): Promise<"claimed" | "already" | "used" | "full">;
  /** Who has a seat of a team purchase, in the order of their claims; `null` where `ownerId` does not own it. */
  claimedSeats(purchaseId: string, ownerId: string): Promise<readonly ClaimedSeat[] | null>;

  /**
   * Uses a coupon up for a purchase without a payment: never more often than it may be used, once for each user. `"already"`
   * where this user has redeemed it, `"used"` where it is used up or has ended.
   */
  redeem(couponId: string, bought: NewPurchase): Promise<"redeemed" | "already" | "used">;
  /**
   * Gives a purchase, with its rights and its seats, to another user. `"missing"` where `from` does not own it, where it is a
   * seat or was redeemed, was refunded, or another purchase has taken its place.
   */
  transfer(purchaseId: string, from: string, to: string): Promise<"transferred" | "missing">;
}
