import type { CartLine } from "./cart-line.ts";
import { type LineOptions, type Priced, type Prices, pricedLines, type Unpriced } from "./priced-lines.ts";

/** The coupon and the parity that a total is asked for with (default: those of the visit, as for a price). */
export type CartTotalOptions = LineOptions;

/**
 * What a cart comes to. `"priced"`: its lines with their prices, and their sum. Otherwise why a checkout would not begin: it is
 * `"empty"`, has `"mixed-currencies"`, or a product that is no longer sold.
 */
export type CartTotal = Priced | Unpriced;

/** What a cart comes to, as a checkout would have it now. */
export function cartTotal(prices: Prices, lines: readonly CartLine[], options: CartTotalOptions): Promise<CartTotal> {
  return pricedLines(prices, lines, options);
}
