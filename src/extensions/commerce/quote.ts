import type { Product } from "./catalog.ts";
import { type Coupon, isUsable } from "./coupon.ts";
import { isUpgradable, type Owned } from "./owned.ts";
import type { DiscountKind } from "./pricing/discount.ts";
import type { Price } from "./pricing/price.ts";
import type { Viewer } from "./viewer.ts";

/** What a price is asked for. */
export interface PriceOptions {
  /** How many pieces (default 1). */
  readonly quantity?: number;
  /** The code of a coupon (default: that of the visit); `null` for none. */
  readonly coupon?: string | null;
  /** The id of the visitor's own purchase that this one is to take the place of. What is not theirs counts for nothing. */
  readonly upgradeFrom?: string | null;
  /** `"decline"` for the price without parity, which is valid in every country (default `"apply"`). */
  readonly parity?: "apply" | "decline";
}

/** The price of a product for the visitor. */
export interface ProductPrice extends Price {
  readonly productId: string;
  readonly currency: string;
  /** The country that the price is for, or `null`. */
  readonly country: string | null;
  /** The coupon whose discount is applied, or `null`. */
  readonly usedCouponId: string | null;
  /** `"unusable"`: there is none of that code for this product, it is used up, or has ended. */
  readonly couponStatus: "none" | "applied" | "other-is-better" | "unusable";
  /** The purchase whose credit counts, or `null`. */
  readonly upgradeFrom: string | null;
  /** Whether what is bought at this price is for the country alone. */
  readonly isRestricted: boolean;
}

/** Finds coupons by their code, each asked for once in a request. */
export type FindCoupon = (code: string | null) => Promise<Coupon | null>;

/** Makes it. */
export function createFindCoupon({ data }: Viewer): FindCoupon {
  const found = new Map<string, Promise<Coupon | null>>();
  return async (code) => {
    if (code === null) return null;
    const coupon = found.get(code) ?? data.findCoupon(code);
    found.set(code, coupon);
    return coupon;
  };
}

/** What a product costs the visitor now. */
export async function quote(
  viewer: Viewer,
  owned: Owned,
  findCoupon: FindCoupon,
  product: Product,
  options: PriceOptions = {},
): Promise<ProductPrice> {
  const code = options.coupon === undefined ? viewer.own.attribution.coupon : options.coupon;
  const coupon = await findCoupon(code);
  const usable = coupon && isUsable(coupon, product.id, viewer.now) ? coupon : null;
  const { upgradeFrom, credit } = await creditOf(owned, product, options.upgradeFrom ?? null);
  const price = viewer.prices({
    unitPrice: product.unitPrice,
    quantity: options.quantity ?? 1,
    parity: parityFor(viewer, options),
    coupon: usable?.discount ?? null,
    credit,
  });
  requirePrice(price);
  const kinds = [price.appliedDiscount, ...price.stackedDiscounts].map(({ kind }) => kind);
  const isApplied = usable !== null && kinds.includes(usable.discount.kind);
  return {
    ...price,
    productId: product.id,
    currency: product.currency,
    country: viewer.country,
    usedCouponId: isApplied ? usable.id : null,
    couponStatus: couponStatus(code, usable, isApplied),
    upgradeFrom: price.upgradeCredit > 0 ? upgradeFrom : null,
    isRestricted: kinds.includes("ppp" satisfies DiscountKind),
  };
}

function couponStatus(code: string | null, usable: Coupon | null, isApplied: boolean): ProductPrice["couponStatus"] {
  if (code === null) return "none";
  if (usable === null) return "unusable";
  return isApplied ? "applied" : "other-is-better";
}

function parityFor({ country, parity }: Viewer, options: PriceOptions): number {
  return country === null || options.parity === "decline" ? 0 : parity(country);
}

async function creditOf(
  owned: Owned,
  { currency, upgradableFrom = [] }: Product,
  upgradeFrom: string | null,
): Promise<{ readonly upgradeFrom: string | null; readonly credit: number }> {
  if (upgradeFrom === null) return { upgradeFrom, credit: 0 };
  const from = (await owned.purchases()).find(({ id }) => id === upgradeFrom);
  if (!from || !isUpgradable(from, currency, upgradableFrom)) return { upgradeFrom: null, credit: 0 };
  return { upgradeFrom, credit: from.total };
}

// A policy of the application's own may be wrong. Nobody is to pay what makes no sense.
function requirePrice({ calculatedPrice, fullPrice }: Price): void {
  if (Number.isSafeInteger(calculatedPrice) && calculatedPrice >= 0 && calculatedPrice <= fullPrice) return;
  throw new RangeError("The price policy has answered a price that is no whole number from 0 to the full price.");
}
