import type { SqlRow, SqlValue } from "../../sql/values.ts";
import type { CartLine } from "../cart-line.ts";
import type { Invitation } from "../commerce-data.ts";
import type { Coupon } from "../coupon.ts";
import type { Entitlement } from "../entitlement.ts";
import type { Order, OrderLine } from "../order.ts";
import type { Purchase, PurchaseStatus } from "../purchase.ts";

const text = (value: SqlValue | undefined): string => String(value ?? "");
const textOrNull = (value: SqlValue | undefined): string | null => (value == null ? null : String(value));
const whole = (value: SqlValue | undefined): number => Number(value ?? 0);
const wholeOrNull = (value: SqlValue | undefined): number | null => (value == null ? null : Number(value));

/** The columns of a purchase, in the order in which {@link purchaseValues} fills them. */
export const purchaseColumns =
  "id, user_id, product_id, status, quantity, total, currency, country, order_id, coupon_id, redeemed, seat_of, " +
  "seats_used, upgraded_from, upgraded_to, created_at";

/** The values of a purchase's columns. `redeemed` is the coupon that was redeemed for it, or `null`. */
export function purchaseValues(purchase: Purchase, redeemed: string | null): SqlValue[] {
  const { id, userId, productId, status, quantity, total, currency, country, orderId, couponId } = purchase;
  const { seatOf, seatsUsed, upgradedFrom, upgradedTo, createdAt } = purchase;
  const first = [id, userId, productId, status, quantity, total, currency, country, orderId, couponId];
  return [...first, redeemed, seatOf, seatsUsed, upgradedFrom, upgradedTo, createdAt];
}

/** Reads a purchase. */
export function purchaseOf(row: SqlRow): Purchase {
  return {
    id: text(row.id),
    userId: text(row.user_id),
    productId: text(row.product_id),
    status: text(row.status) as PurchaseStatus,
    quantity: whole(row.quantity),
    total: whole(row.total),
    currency: text(row.currency),
    country: textOrNull(row.country),
    orderId: textOrNull(row.order_id),
    couponId: textOrNull(row.coupon_id),
    seatOf: textOrNull(row.seat_of),
    seatsUsed: whole(row.seats_used),
    upgradedFrom: textOrNull(row.upgraded_from),
    upgradedTo: textOrNull(row.upgraded_to),
    createdAt: whole(row.created_at),
  };
}

/** Reads a right. */
export function entitlementOf(row: SqlRow): Entitlement {
  return {
    type: text(row.type),
    contentIds: JSON.parse(text(row.content_ids)) as string[],
    expiresAt: wholeOrNull(row.expires_at),
    purchaseId: textOrNull(row.purchase_id),
    country: textOrNull(row.country),
  };
}

/** Reads a coupon. */
export function couponOf(row: SqlRow): Coupon {
  const size = whole(row.size);
  return {
    id: text(row.id),
    code: text(row.code),
    discount: row.kind === "fixed" ? { kind: "fixed", amount: size } : { kind: "percentage", percent: size / 100 },
    productId: textOrNull(row.product_id),
    maxUses: wholeOrNull(row.max_uses),
    used: whole(row.used),
    expiresAt: wholeOrNull(row.expires_at),
  };
}

/** Reads a line of a cart. */
export function cartLineOf(row: SqlRow): CartLine {
  return { productId: text(row.product_id), quantity: whole(row.quantity) };
}

/** Reads an order. */
export function orderOf(row: SqlRow): Order {
  return {
    id: text(row.id),
    userId: text(row.user_id),
    status: text(row.status) as Order["status"],
    currency: text(row.currency),
    total: whole(row.total),
    lines: JSON.parse(text(row.items)) as OrderLine[],
    country: textOrNull(row.country),
    referral: textOrNull(row.referral),
    createdAt: whole(row.created_at),
  };
}

/** Reads an invitation. */
export function invitationOf(row: SqlRow): Invitation {
  return {
    digest: text(row.digest),
    purchaseId: text(row.purchase_id),
    email: textOrNull(row.email),
    maxUses: whole(row.max_uses),
    used: whole(row.used),
    createdAt: whole(row.created_at),
  };
}
