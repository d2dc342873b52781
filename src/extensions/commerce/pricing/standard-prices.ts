import { type BulkTier, bulkPercent, standardTiers } from "./bulk.ts";
import { type Discount, type DiscountKind, noDiscount, percentagesOf } from "./discount.ts";
import { parityPercent } from "./parity.ts";
import type { Price, PricePolicy, PriceRequest } from "./price.ts";

/** What may be chosen about the standard prices. */
export interface StandardPricesOptions {
  /** The discount for many pieces (default: 15 % from 5, 25 % from 10, 35 % from 30 on). */
  readonly bulk?: readonly BulkTier[];
  /**
   * The discounts that a coupon comes on top of (default: none, so that the better of the two applies). Percentages then
   * follow one another, and a fixed amount is taken off last.
   */
  readonly couponStacksWith?: readonly ("bulk" | "ppp")[];
}

/**
 * The prices that `commerce` has unless it is told otherwise.
 *
 * - Purchasing-power parity, for a single piece: the discount of the country rounded to 5 %, 0 below 40 %, at most 75 %.
 * - Many pieces: up to 4 nothing, from 5 on 15 %, from 10 on 25 %, from 30 on 35 %.
 * - A coupon: a fixed amount off the whole, or a percentage.
 * - Of these the one that takes off most applies, alone unless `couponStacksWith` says otherwise; at a tie the one with fewer
 *   conditions: bulk, percentage, fixed, parity.
 * - The credit of an upgrade comes on top of any of them, and is taken off last.
 * - Percentages are of the full price and rounded to the minor unit, half a unit in favour of the visitor.
 *
 * @throws {RangeError} The request holds an amount or a quantity that is no whole number in its range.
 *
 * @example
 * commerce({ prices: standardPrices({ couponStacksWith: ["bulk"] }), … })
 */
export function standardPrices(options: StandardPricesOptions = {}): PricePolicy {
  const { bulk: tiers = standardTiers, couponStacksWith = [] } = options;
  return (request) => {
    requireWhole(request);
    const fullPrice = request.unitPrice * request.quantity;
    const available = availableDiscounts(request, fullPrice, tiers);
    const chosen = best(combinations(available, couponStacksWith), fullPrice);
    return priceOf(request, fullPrice, available, chosen);
  };
}

function priceOf(
  request: PriceRequest,
  fullPrice: number,
  available: readonly Discount[],
  chosen: readonly Discount[],
): Price {
  const discounted = fullPrice - amountOf(chosen, fullPrice);
  const upgradeCredit = Math.min(request.credit, discounted);
  return {
    quantity: request.quantity,
    unitPrice: request.unitPrice,
    fullPrice,
    calculatedPrice: discounted - upgradeCredit,
    appliedDiscount: chosen[0] ?? noDiscount,
    stackedDiscounts: chosen.slice(1),
    availableDiscounts: available,
    upgradeCredit,
  };
}

/** In the order in which they are chosen at a tie. */
function availableDiscounts(request: PriceRequest, fullPrice: number, tiers: readonly BulkTier[]): Discount[] {
  const { quantity, coupon, parity } = request;
  const percentage = (kind: DiscountKind, percent: number): Discount => ({
    kind,
    percent,
    amount: percentagesOf(fullPrice, [percent]),
  });
  const discounts = [percentage("bulk", bulkPercent(quantity, tiers))];
  if (coupon?.kind === "percentage") discounts.push(percentage("percentage", coupon.percent));
  if (coupon?.kind === "fixed") {
    discounts.push({ kind: "fixed", percent: null, amount: Math.min(coupon.amount, fullPrice) });
  }
  if (quantity === 1) discounts.push(percentage("ppp", parityPercent(parity)));
  return discounts.filter(({ amount }) => amount > 0);
}

const isCoupon = ({ kind }: Discount): boolean => kind === "fixed" || kind === "percentage";

function combinations(available: readonly Discount[], stacksWith: readonly DiscountKind[]): Discount[][] {
  const coupon = available.find(isCoupon);
  return available.map((discount) => (coupon && stacksWith.includes(discount.kind) ? [discount, coupon] : [discount]));
}

function best(combined: readonly Discount[][], fullPrice: number): Discount[] {
  let chosen: Discount[] = [];
  for (const one of combined) if (amountOf(one, fullPrice) > amountOf(chosen, fullPrice)) chosen = one;
  return chosen;
}

/** What discounts take off together: percentages first, whatever their order, then fixed amounts. */
function amountOf(discounts: readonly Discount[], fullPrice: number): number {
  const percents = discounts.flatMap(({ percent }) => (percent === null ? [] : [percent]));
  const fixed = discounts.reduce((sum, { percent, amount }) => (percent === null ? sum + amount : sum), 0);
  return Math.min(percentagesOf(fullPrice, percents) + fixed, fullPrice);
}

/** So that full prices stay whole numbers that a float holds exactly. */
const mostMinorUnits = 1_000_000_000;
const mostPieces = 1_000_000;

function requireWhole({ unitPrice, quantity, credit, coupon }: PriceRequest): void {
  const isAmount = (value: number) => Number.isInteger(value) && value >= 0 && value <= mostMinorUnits;
  if (!isAmount(unitPrice)) throw new RangeError("unitPrice must be a whole number of minor units, at most 10^9.");
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > mostPieces) {
    throw new RangeError("quantity must be a whole number from 1 to 10^6.");
  }
  if (!Number.isSafeInteger(credit) || credit < 0) throw new RangeError("credit must be a whole number, 0 or more.");
  if (coupon?.kind === "fixed" && !isAmount(coupon.amount)) {
    throw new RangeError("The amount of a coupon must be a whole number of minor units, at most 10^9.");
  }
  if (coupon?.kind === "percentage" && !(coupon.percent >= 0 && coupon.percent <= 100)) {
    throw new RangeError("The percentage of a coupon must be from 0 to 100.");
  }
}
