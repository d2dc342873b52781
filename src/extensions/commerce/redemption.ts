import { isFullPrice } from "./coupon.ts";
import { isCode } from "./own-data.ts";
import type { Owned } from "./owned.ts";
import type { FindCoupon } from "./quote.ts";
import { blankPurchase, withGrants } from "./settlement.ts";
import { requireUserId, type Viewer } from "./viewer.ts";

/**
 * What became of a coupon that pays for all. `"already"`: this user has redeemed it. `"used"`: it is used up, or has ended.
 * `"unknown"`: there is none of that code that pays for a whole product.
 */
export type Redeemed =
  | { readonly status: "redeemed"; readonly productId: string; readonly purchaseId: string }
  | { readonly status: "already" | "used" | "unknown" };

/** Makes a coupon for the full price a purchase of whoever is signed in: once for each user, and no more often than it may be used. */
export async function redeem(viewer: Viewer, owned: Owned, findCoupon: FindCoupon, code: string): Promise<Redeemed> {
  const userId = requireUserId(viewer, "redeem a coupon");
  const coupon = isCode(code) ? await findCoupon(code) : null;
  if (!coupon || !isFullPrice(coupon) || coupon.productId === null) return { status: "unknown" };
  const product = await viewer.catalog.find(coupon.productId);
  if (!product) return { status: "unknown" };
  const blank = blankPurchase(viewer, userId, product.id);
  const purchase = { ...blank, currency: product.currency, couponId: coupon.id };
  const status = await viewer.data.redeem(coupon.id, await withGrants(viewer, purchase));
  if (status !== "redeemed") return { status };
  owned.forget();
  viewer.emit("coupon-redeemed", { couponId: coupon.id, purchaseId: purchase.id, userId });
  return { status, productId: product.id, purchaseId: purchase.id };
}
