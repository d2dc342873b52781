import { safeReturnTo } from "../../http/return-to.ts";
import type { Cart } from "./cart.ts";
import type { Product } from "./catalog.ts";
import type { Order, OrderLine } from "./order.ts";
import { isQuantity } from "./own-data.ts";
import type { Owned } from "./owned.ts";
import type { PaymentStart } from "./payment/payments.ts";
import { type FindCoupon, type PriceOptions, type ProductPrice, quote } from "./quote.ts";
import { fulfil } from "./settlement.ts";
import { newId, requireUserId, type Viewer } from "./viewer.ts";

/** A product that is to be bought. */
export interface CheckoutItem extends Pick<PriceOptions, "quantity" | "upgradeFrom"> {
  readonly productId: string;
}

/** What is to be bought, and where the visitor comes back to. */
export interface CheckoutOptions extends Pick<PriceOptions, "coupon" | "parity"> {
  /** A path of this site (default `"/"`). Any other address is taken for the default. */
  readonly returnTo?: string;
  /** What is bought (default: what is in the cart). */
  readonly items?: readonly CheckoutItem[];
}

/**
 * What became of a checkout. `"paid"`: nothing was left to pay, and the products are the visitor's. `"empty"`: there is nothing to buy.
 * `"mixed-currencies"`: an order has one currency. `"coupon-used-up"`: the coupon was used up in the meantime.
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
  | { readonly status: "unknown-product"; readonly productId: string }
  | { readonly status: "empty" | "mixed-currencies" | "coupon-used-up" };

/** What a checkout works with. */
export interface Till {
  readonly viewer: Viewer;
  readonly owned: Owned;
  readonly findCoupon: FindCoupon;
  readonly cart: Cart;
}

/** Makes an order of what the visitor has chosen, with the prices of now, and begins its payment. */
export async function checkout(till: Till, options: CheckoutOptions): Promise<CheckoutResult> {
  const { viewer } = till;
  const userId = requireUserId(viewer, "make an order");
  const items = options.items ?? (await till.cart.lines());
  const lines: OrderLine[] = [];
  const currencies = new Set<string>();
  for (const item of joined(items)) {
    const product = await viewer.catalog.find(item.productId);
    if (!product) return { status: "unknown-product", productId: item.productId };
    currencies.add(product.currency);
    lines.push(await lineOf(till, product, item, couponFor(options, lines)));
  }
  const [currency, another] = currencies;
  if (currency === undefined) return { status: "empty" };
  if (another !== undefined) return { status: "mixed-currencies" };
  const order = orderOf(viewer, userId, currency, lines);
  await viewer.data.addOrder(order);
  return order.total === 0 ? giveAway(till, order) : pay(viewer, order, options);
}

async function pay(viewer: Viewer, order: Order, { returnTo }: CheckoutOptions): Promise<CheckoutResult> {
  const payment = await viewer.payment.start(order, safeReturnTo(returnTo));
  return { status: "started", orderId: order.id, total: order.total, currency: order.currency, payment };
}

async function giveAway({ viewer, owned }: Till, order: Order): Promise<CheckoutResult> {
  const settled = await fulfil(viewer, order, `free_${order.id}`);
  owned.forget();
  return settled === "used" ? { status: "coupon-used-up" } : { status: "paid", orderId: order.id };
}

function orderOf(viewer: Viewer, userId: string, currency: string, lines: readonly OrderLine[]): Order {
  return {
    id: newId(viewer),
    userId,
    status: "open",
    currency,
    total: lines.reduce((sum, line) => sum + line.total, 0),
    lines,
    country: viewer.country,
    referral: viewer.own.attribution.referral,
    createdAt: viewer.now,
  };
}

type LineOptions = Pick<PriceOptions, "coupon" | "parity">;

async function lineOf(
  { viewer, owned, findCoupon }: Till,
  product: Product,
  { quantity = 1, upgradeFrom = null }: CheckoutItem,
  options: LineOptions,
): Promise<OrderLine> {
  if (!isQuantity(quantity)) throw new RangeError("The quantity of an item must be a whole number, 1 or more.");
  const price = await quote(viewer, owned, findCoupon, product, { ...options, quantity, upgradeFrom });
  return {
    productId: product.id,
    name: product.name,
    quantity,
    fullPrice: price.fullPrice,
    total: price.calculatedPrice,
    discount: price.appliedDiscount.kind,
    isRestricted: price.isRestricted,
    couponId: price.usedCouponId,
    upgradeFrom: price.upgradeFrom,
    usesFixedCoupon: usesFixedCoupon(price),
  };
}

function usesFixedCoupon({ appliedDiscount, stackedDiscounts }: ProductPrice): boolean {
  return [appliedDiscount, ...stackedDiscounts].some(({ kind }) => kind === "fixed");
}

// A fixed amount is taken off an order once, off the first line that it makes cheaper.
function couponFor({ coupon, parity }: CheckoutOptions, lines: readonly OrderLine[]): LineOptions {
  const isSpent = lines.some((line) => line.usesFixedCoupon);
  return { ...(isSpent ? { coupon: null } : coupon !== undefined && { coupon }), ...(parity && { parity }) };
}

// A product that is named twice is bought once, in both quantities: two lines would each have their own discount. A credit
// counts once too.
function joined(items: readonly CheckoutItem[]): readonly CheckoutItem[] {
  const byId = new Map<string, CheckoutItem>();
  const credits = new Set<string>();
  for (const { productId, quantity = 1, upgradeFrom = null } of items) {
    const before = byId.get(productId);
    const credit = before?.upgradeFrom ?? (upgradeFrom !== null && !credits.has(upgradeFrom) ? upgradeFrom : null);
    if (credit !== null) credits.add(credit);
    byId.set(productId, { productId, quantity: quantity + (before?.quantity ?? 0), upgradeFrom: credit });
  }
  return [...byId.values()];
}
