import type { Cart, Commerce, ProductPrice } from "coatcheck/extensions/commerce";
import { findCourse } from "./catalogue";

export const mostSeats = 50;

/** A course in the cart, and what its seats cost this visitor. */
export interface PricedLine {
  readonly slug: string;
  readonly title: string;
  readonly seats: number;
  readonly price: ProductPrice;
}

/** The cart as pages show it and as an order has it. Amounts are whole cents. */
export interface PricedCart {
  readonly lines: readonly PricedLine[];
  readonly seats: number;
  readonly fullTotal: number;
  readonly total: number;
  /** The code of the coupon that is held for the visit, and whether it makes anything cheaper. */
  readonly coupon: { readonly code: string; readonly isApplied: boolean } | null;
}

/** Prices the cart as the checkout does: a fixed amount is taken off once, off the first line that it makes cheaper. */
export async function priceCart({ cart, price, attribution }: Commerce): Promise<PricedCart> {
  const lines: PricedLine[] = [];
  for (const { productId: slug, quantity: seats } of await cart.lines()) {
    const isSpent = lines.some((line) => discountsOf(line.price).some(({ kind }) => kind === "fixed"));
    const priced = await price(slug, { quantity: seats, ...(isSpent && { coupon: null }) });
    const course = findCourse(slug);
    if (priced && course) lines.push({ slug, title: course.title, seats, price: priced });
  }
  const sum = (amount: (line: PricedLine) => number) => lines.reduce((total, line) => total + amount(line), 0);
  const code = attribution.coupon;
  return {
    lines,
    seats: sum((line) => line.seats),
    fullTotal: sum((line) => line.price.fullPrice),
    total: sum((line) => line.price.calculatedPrice),
    coupon: code === null ? null : { code, isApplied: lines.some((line) => line.price.usedCouponId !== null) },
  };
}

/** Everything that made a price lower. */
export function discountsOf({ appliedDiscount, stackedDiscounts }: ProductPrice) {
  return [appliedDiscount, ...stackedDiscounts].filter(({ kind }) => kind !== "none");
}

/** Adds seats of a course, or takes some away. */
export async function changeSeats(cart: Cart, slug: string, by: number): Promise<void> {
  const line = (await cart.lines()).find(({ productId }) => productId === slug);
  const seats = line?.quantity ?? 0;
  const most = Math.min(by, mostSeats - seats);
  if (most > 0) await cart.add(slug, most);
  else if (by < 0 && seats > 0) await cart.set(slug, Math.max(seats + by, 0));
}

/** What a visitor has looked at, in one text: another cart or another price has another one. */
export function fingerprint({ lines }: PricedCart): string {
  return JSON.stringify(lines.map(({ slug, seats, price }) => [slug, seats, price.calculatedPrice]));
}
