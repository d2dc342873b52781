import { type Cart, createCart } from "./cart.ts";
import { type CheckoutOptions, type CheckoutResult, checkout, type Till } from "./checkout.ts";
import type { CommerceOptions } from "./options.ts";
import { type Attribution, isCode } from "./own-data.ts";
import { createOwned, type Owned } from "./owned.ts";
import { createFindCoupon, type PriceOptions, type ProductPrice, quote } from "./quote.ts";
import { type PaymentReceived, receive } from "./receipt.ts";
import { type Redeemed, redeem } from "./redemption.ts";
import { createSeats, type Seats } from "./seats.ts";
import { type Settlement, settle } from "./settlement.ts";
import { type Transferred, transfer } from "./transfer.ts";
import { requireUserId, type Viewer } from "./viewer.ts";

/**
 * `session.commerce`: what the visitor owns, may have, and is about to buy. It is there at once; nothing is read before one of
 * its methods asks, and each question goes to the data once in a request.
 */
export interface Commerce extends Omit<Owned, "forget"> {
  /** The visitor's country by the sources of the configuration, two capital letters, or `null`. */
  readonly country: string | null;
  /** What has brought the visitor here. */
  readonly attribution: Attribution;
  /** Remembers a coupon or who has sent the visitor, for the visit; `null` forgets it. A text that can be neither is passed over. */
  attribute(change: Partial<Attribution>): Promise<void>;
  /** What a product costs this visitor; `null` where there is no such product. */
  price(productId: string, options?: PriceOptions): Promise<ProductPrice | null>;
  readonly cart: Cart;
  readonly seats: Seats;
  /**
   * Makes an order, at the prices of this moment, and begins its payment.
   *
   * @throws {@link SessionStateError} `UNAUTHENTICATED`: nobody is signed in.
   * @throws {@link SessionStoreError} `PAYMENT_UNAVAILABLE`: the provider did not answer.
   */
  checkout(options?: CheckoutOptions): Promise<CheckoutResult>;
  /**
   * Asks the provider whether an order of the visitor has been paid, where it can be asked, and makes the purchase of it. `"missing"`
   * for an order that is not theirs, `"open"` while it is not paid or the provider cannot be asked.
   */
  confirm(orderId: string): Promise<Settlement | "open">;
  /**
   * Takes a message of the provider, as the action `webhook` does: nothing of it is parsed before it is verified. For an application
   * that has a route of its own for it.
   */
  receive(request: Request): Promise<PaymentReceived>;
  /** Redeems a coupon that pays for a whole product. @throws {@link SessionStateError} `UNAUTHENTICATED` */
  redeem(code: string): Promise<Redeemed>;
  /** Gives a purchase of the visitor to another user. @throws {@link SessionStateError} `UNAUTHENTICATED` */
  transfer(purchaseId: string, to: string): Promise<Transferred>;
}

/** Makes the value for one visitor. */
export function createCommerce(viewer: Viewer, { recipient }: CommerceOptions): Commerce {
  const { forget, ...owned } = createOwned(viewer);
  const findCoupon = createFindCoupon(viewer);
  const cart = createCart(viewer);
  const all: Owned = { ...owned, forget };
  const till: Till = { viewer, owned: all, findCoupon, cart };
  return {
    ...owned,
    country: viewer.country,
    get attribution() {
      return viewer.own.attribution;
    },
    attribute: ({ coupon, referral }) => {
      return viewer.own.attribute((present) => ({
        coupon: changed(present.coupon, coupon),
        referral: changed(present.referral, referral),
      }));
    },
    async price(productId, options) {
      const product = await viewer.catalog.find(productId);
      return product ? quote(viewer, all, findCoupon, product, options) : null;
    },
    cart,
    seats: createSeats(viewer, all),
    checkout: (options = {}) => checkout(till, options),
    confirm: (orderId) => confirm(viewer, all, orderId),
    receive: (request) => receive(viewer, request),
    redeem: (code) => redeem(viewer, all, findCoupon, code),
    transfer: (purchaseId, to) => transfer(viewer, all, recipient, purchaseId, to),
  };
}

async function confirm(viewer: Viewer, owned: Owned, orderId: string): Promise<Settlement | "open"> {
  const userId = requireUserId(viewer, "confirm an order");
  const order = await viewer.data.findOrder(orderId);
  if (order?.userId !== userId) return "missing";
  if (order.status !== "open") return "already";
  const event = await viewer.payment.confirm?.(order);
  if (!event) return "open";
  const settled = await settle(viewer, event);
  owned.forget();
  return settled;
}

function changed(present: string | null, given: string | null | undefined): string | null {
  return given === null || isCode(given) ? given : present;
}
