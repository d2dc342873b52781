import type { Product } from "./catalog.ts";
import type { OrderLine } from "./order.ts";
import { isQuantity } from "./own-data.ts";
import type { Owned } from "./owned.ts";
import { type FindCoupon, type PriceOptions, type ProductPrice, quote } from "./quote.ts";
import type { Viewer } from "./viewer.ts";

/** A product that is to be bought. */
export interface CheckoutItem extends Pick<PriceOptions, "quantity" | "upgradeFrom"> {
  readonly productId: string;
}

/** What prices are made with. */
export interface Prices {
  readonly viewer: Viewer;
  readonly owned: Owned;
  readonly findCoupon: FindCoupon;
}

/** The coupon and the country that prices are for. */
export type LineOptions = Pick<PriceOptions, "coupon" | "parity">;

/** Why there are no prices for what is to be bought. */
export type Unpriced =
  | { readonly status: "unknown-product"; readonly productId: string }
  | { readonly status: "empty" | "mixed-currencies" };

/** The lines of an order, at the prices of this moment. */
export interface Priced {
  readonly status: "priced";
  readonly lines: readonly OrderLine[];
  /** The sum of the lines, in minor units. */
  readonly total: number;
  readonly currency: string;
}

/** Makes the lines of what is to be bought, with the prices of now. */
export async function pricedLines(
  prices: Prices,
  items: readonly CheckoutItem[],
  options: LineOptions,
): Promise<Priced | Unpriced> {
  const lines: OrderLine[] = [];
  const currencies = new Set<string>();
  for (const item of joined(items)) {
    const product = await prices.viewer.catalog.find(item.productId);
    if (!product) return { status: "unknown-product", productId: item.productId };
    currencies.add(product.currency);
    lines.push(await lineOf(prices, product, item, couponFor(options, lines)));
  }
  const [currency, another] = currencies;
  if (currency === undefined) return { status: "empty" };
  if (another !== undefined) return { status: "mixed-currencies" };
  return { status: "priced", lines, currency, total: lines.reduce((sum, line) => sum + line.total, 0) };
}

async function lineOf(
  { viewer, owned, findCoupon }: Prices,
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
function couponFor({ coupon, parity }: LineOptions, lines: readonly OrderLine[]): LineOptions {
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
