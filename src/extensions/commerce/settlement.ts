import type { NewPurchase } from "./commerce-data.ts";
import { entitlementFrom } from "./entitlement.ts";
import type { Order, OrderLine } from "./order.ts";
import type { PaymentEvent } from "./payment/payments.ts";
import { isTeamPurchase, type Purchase } from "./purchase.ts";
import { newId, type Viewer } from "./viewer.ts";

/**
 * What became of a payment. `"already"`: it was told before, and changes nothing. `"missing"`: there is no such order. `"mismatch"`:
 * another amount or currency than the order's, and nothing is given for it. `"used"`: the coupon that pays for all of it is
 * used up.
 * `"unfulfilled"`: it was paid, but its coupon or credit had gone to another order: nothing is given, and the money is to be paid back.
 */
export type Settlement = "fulfilled" | "refunded" | "already" | "missing" | "mismatch" | "used" | "unfulfilled";

/** Makes of a payment what it pays for: once, however often and by whomever it is told. */
export async function settle(viewer: Viewer, event: PaymentEvent): Promise<Settlement> {
  const order = await viewer.data.findOrder(event.orderId);
  if (!order) return "missing";
  if (event.kind === "refunded") return refund(viewer, order, event);
  if (event.amount !== order.total || event.currency !== order.currency) {
    viewer.emit("payment-mismatch", { orderId: order.id });
    return "mismatch";
  }
  return fulfil(viewer, order, event.id);
}

/** Makes the purchases of an order. */
export async function fulfil(viewer: Viewer, order: Order, eventId: string): Promise<Settlement> {
  if (order.status !== "open" && order.status !== "expired") return "already";
  const bought = await Promise.all(order.lines.map((line) => purchaseOf(viewer, order, line)));
  const result = await viewer.data.fulfil({
    orderId: order.id,
    eventId,
    userId: order.userId,
    bought,
    isPaid: order.total > 0,
    now: viewer.now,
  });
  if (result === "unfulfilled") viewer.emit("payment-unfulfilled", { orderId: order.id, userId: order.userId });
  if (result !== "fulfilled") return result;
  for (const { purchase } of bought) {
    const { id: purchaseId, productId, quantity } = purchase;
    viewer.emit("purchase-completed", { orderId: order.id, purchaseId, productId, quantity, userId: order.userId });
  }
  return "fulfilled";
}

/** Takes back what an order has given. */
async function refund(viewer: Viewer, order: Order, event: PaymentEvent): Promise<"refunded" | "already" | "missing"> {
  const result = await viewer.data.refund(order.id, event.id, viewer.now);
  if (result === "refunded") viewer.emit("purchase-refunded", { orderId: order.id, userId: order.userId });
  return result;
}

async function purchaseOf(viewer: Viewer, order: Order, line: OrderLine): Promise<NewPurchase> {
  const purchase: Purchase = {
    ...blankPurchase(viewer, order.userId, line.productId),
    status: line.isRestricted ? "Restricted" : "Valid",
    quantity: line.quantity,
    total: line.total,
    currency: order.currency,
    country: order.country,
    orderId: order.id,
    couponId: line.couponId,
    upgradedFrom: line.upgradeFrom,
  };
  return withGrants(viewer, purchase);
}

/** A valid purchase of one piece that nothing was paid for. */
export function blankPurchase(viewer: Viewer, userId: string, productId: string): Purchase {
  return {
    id: newId(viewer),
    userId,
    productId,
    status: "Valid",
    quantity: 1,
    total: 0,
    currency: "",
    country: viewer.country,
    orderId: null,
    couponId: null,
    seatOf: null,
    seatsUsed: 0,
    upgradedFrom: null,
    upgradedTo: null,
    createdAt: viewer.now,
  };
}

/** Adds the rights that come with a purchase. A team purchase has none: its seats do. */
export async function withGrants({ catalog, now }: Viewer, purchase: Purchase): Promise<NewPurchase> {
  const product = isTeamPurchase(purchase) ? null : await catalog.find(purchase.productId);
  const source = { id: purchase.id, country: purchase.status === "Restricted" ? purchase.country : null };
  return { purchase, entitlements: (product?.grants ?? []).map((grant) => entitlementFrom(grant, source, now)) };
}
