import { type Cart, createCart } from "./cart.ts";
import { cartTotal } from "./cart-total.ts";
import { type CheckoutOptions, type CheckoutResult, checkout, type Till } from "./checkout.ts";
import type { CommerceOptions } from "./options.ts";
import { type Attribution, isCode } from "./own-data.ts";
import { type OwnOrder, ownOrders } from "./own-orders.ts";
import { createOwned, type Owned } from "./owned.ts";
import { createFindCoupon, type PriceOptions, type ProductPrice, quote } from "./quote.ts";
import { type PaymentReceived, receive } from "./receipt.ts";
import { type Redeemed, redeem } from "./redemption.ts";
import { type RefundAsked, refund } from "./refund.ts";
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
  /** The visitor's own orders with what has become of them, oldest first, each with the purchases that it has brought. */
  orders(): Promise<readonly OwnOrder[]>;
  readonly seats: Seats;
  /**
   * Makes an order, at the prices of this moment, and begins its payment.
   *
   * So long as the order is open it holds its coupon and its credits: an earlier order of the visitor that held them expires.
   *
   * @throws {@link SessionStateError} `UNAUTHENTICATED`: nobody is signed in. `IMPERSONATION_REFUSED`: somebody else acts for them.
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
  /**
   * Has an order of the visitor paid back, where `mayRefund` of the configuration lets them and the provider can be told to. All of it
   * goes: its purchases, their seats and their rights.
   *
   * @throws {@link SessionStateError} `UNAUTHENTICATED`, or `IMPERSONATION_REFUSED` while impersonating.
   */
  refund(orderId: string): Promise<RefundAsked>;
  /**
   * Redeems a coupon that pays for a whole product.
   *
   * @throws {@link SessionStateError} `UNAUTHENTICATED`, or `IMPERSONATION_REFUSED` while impersonating.
   */
  redeem(code: string): Promise<Redeemed>;
  /**
   * Gives a purchase of the visitor to another user.
   *
   * @throws {@link SessionStateError} `UNAUTHENTICATED`, or `IMPERSONATION_REFUSED` while impersonating.
   */
  transfer(purchaseId: string, to: string): Promise<Transferred>;
}

/** Makes the value for one visitor. */
export function createCommerce(viewer: Viewer, { recipient, mayRefund }: CommerceOptions): Commerce {
  const { forget, ...owned } = createOwned(viewer);
  const findCoupon = createFindCoupon(viewer);
  const lines = createCart(viewer);
  const all: Owned = { ...owned, forget };
  const till: Till = { viewer, owned: all, findCoupon, cart: lines };
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
    cart: cartOf(till),
    orders: () => ownOrders(viewer, all),
    seats: createSeats(viewer, all),
    checkout: (options = {}) => checkout(till, options),
    confirm: (orderId) => confirm(till, orderId),
    receive: (request) => receive(viewer, request),
    async refund(orderId) {
      const asked = await refund(viewer, mayRefund, orderId);
      forget();
      return asked;
    },
    redeem: (code) => redeem(viewer, all, findCoupon, code),
    transfer: (purchaseId, to) => transfer(viewer, all, recipient, purchaseId, to),
  };
}

function cartOf(till: Till): Cart {
  const { forget, ...cart } = till.cart;
  return { ...cart, total: async (options = {}) => cartTotal(till, await cart.lines(), options) };
}

async function confirm({ viewer, owned, cart }: Till, orderId: string): Promise<Settlement | "open"> {
  const userId = requireUserId(viewer, "confirm an order");
  const order = await viewer.data.findOrder(orderId);
  if (order?.userId !== userId) return "missing";
  if (order.status !== "open" && order.status !== "expired") return "already";
  const event = await viewer.payment.confirm?.(order);
  if (!event) return "open";
  const settled = await settle(viewer, event);
  owned.forget();
  cart.forget();
  return settled;
}

function changed(present: string | null, given: string | null | undefined): string | null {
  return given === null || isCode(given) ? given : present;
}
