import { safeReturnTo } from "../../http/return-to.ts";
import type { CartLines } from "./cart.ts";
import type { Order } from "./order.ts";
import { endOf } from "./own-orders.ts";
import type { PaymentStart } from "./payment/payments.ts";
import {
  type CheckoutItem,
  type LineOptions,
  type Priced,
  type Prices,
  pricedLines,
  type Unpriced,
} from "./priced-lines.ts";
import { fulfil } from "./settlement.ts";
import { newId, requireUserId, type Viewer } from "./viewer.ts";

/** What is to be bought, and where the visitor comes back to. */
export interface CheckoutOptions extends LineOptions {
  /** A path of this site (default `"/"`). Any other address is taken for the default. */
  readonly returnTo?: string;
  /** What is bought (default: what is in the cart). */
  readonly items?: readonly CheckoutItem[];
}

/**
 * What became of a checkout. `"paid"`: nothing was left to pay, and the products are the visitor's. `"empty"`: there is nothing to buy.
 * `"mixed-currencies"`: an order has one currency. `"coupon-used-up"`: its last use is held by somebody's open order, or was used in
 * the meantime. `"credit-used"`: the purchase to be upgraded was upgraded, refunded or given away in the meantime.
 */
export type CheckoutResult =
  | {
      readonly status: "started";
      readonly orderId: string;
      readonly total: number;
      readonly currency: string;
      readonly payment: PaymentStart;
    }
  | { readonly status: "paid"; readonly orderId: string }
  | Unpriced
  | { readonly status: "coupon-used-up" | "credit-used" };

/** What a checkout works with. */
export interface Till extends Prices {
  readonly cart: CartLines;
}

/** Makes an order of what the visitor has chosen, with the prices of now, and begins its payment. */
export async function checkout(till: Till, options: CheckoutOptions): Promise<CheckoutResult> {
  const { viewer } = till;
  const userId = requireUserId(viewer, "make an order");
  const priced = await pricedLines(till, options.items ?? (await till.cart.lines()), options);
  if (priced.status !== "priced") return priced;
  const order = orderOf(viewer, userId, priced);
  const added = await viewer.data.addOrder(order, endOf(viewer, order));
  if (added === "coupon-used") return { status: "coupon-used-up" };
  if (added === "credit-used") return { status: added };
  return order.total === 0 ? giveAway(till, order) : pay(viewer, order, options);
}

async function pay(viewer: Viewer, order: Order, { returnTo }: CheckoutOptions): Promise<CheckoutResult> {
  const payment = await viewer.payment.start(order, safeReturnTo(returnTo));
  return { status: "started", orderId: order.id, total: order.total, currency: order.currency, payment };
}

async function giveAway({ viewer, owned, cart }: Till, order: Order): Promise<CheckoutResult> {
  const settled = await fulfil(viewer, order, `free_${order.id}`);
  owned.forget();
  cart.forget();
  return settled === "used" ? { status: "coupon-used-up" } : { status: "paid", orderId: order.id };
}

function orderOf(viewer: Viewer, userId: string, { lines, total, currency }: Priced): Order {
  return {
    id: newId(viewer),
    userId,
    status: "open",
    currency,
    total,
    lines,
    country: viewer.country,
    referral: viewer.own.attribution.referral,
    createdAt: viewer.now,
  };
}
