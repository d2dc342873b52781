import type { CouponDiscount } from "./pricing/discount.ts";

/** Something that makes a product cheaper for whoever knows its code. */
export interface Coupon {
  readonly id: string;
  /** What the visitor types. Its letters are told apart from capitals. */
  readonly code: string;
  readonly discount: CouponDiscount;
  /** The only product that it is for, or `null` for every one. */
  readonly productId: string | null;
  /** How often it may be used, or `null` for any number of times. */
  readonly maxUses: number | null;
  readonly used: number;
  /** When it ends, in epoch milliseconds; `null` for never. */
  readonly expiresAt: number | null;
}

/** Whether a coupon may be used now for a product. */
export function isUsable(coupon: Coupon, productId: string, now: number): boolean {
  return (
    (coupon.productId === null || coupon.productId === productId) &&
    (coupon.maxUses === null || coupon.used < coupon.maxUses) &&
    (coupon.expiresAt === null || coupon.expiresAt > now)
  );
}

/** Whether it pays for the whole of a product: it can be redeemed without a payment. */
export function isFullPrice({ discount, productId }: Coupon): boolean {
  return productId !== null && discount.kind === "percentage" && discount.percent === 100;
}
