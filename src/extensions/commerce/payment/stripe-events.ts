import type { PaymentEvent } from "./payments.ts";

interface StripeObject {
  readonly client_reference_id?: unknown;
  readonly metadata?: { readonly order_id?: unknown } | null;
  readonly payment_status?: unknown;
  readonly amount_total?: unknown;
  readonly amount_refunded?: unknown;
  readonly refunded?: unknown;
  readonly currency?: unknown;
}

/** Reads a verified message: what it says about an order, or `null` where it concerns none. */
export function readStripeEvent(text: string): PaymentEvent | null {
  const { id, type, data } = JSON.parse(text) as { id?: unknown; type?: unknown; data?: { object?: StripeObject } };
  const object = data?.object;
  if (typeof id !== "string" || !object) return null;
  if (type === "checkout.session.completed" || type === "checkout.session.async_payment_succeeded") {
    return object.payment_status === "paid" ? eventOf(id, "paid", object, object.amount_total) : null;
  }
  // What was paid back in part leaves the purchase as it is.
  if (type === "charge.refunded" && object.refunded === true) {
    return eventOf(id, "refunded", object, object.amount_refunded);
  }
  return null;
}

function eventOf(id: string, kind: PaymentEvent["kind"], object: StripeObject, amount: unknown): PaymentEvent | null {
  const orderId = object.metadata?.order_id ?? object.client_reference_id;
  const { currency } = object;
  if (typeof orderId !== "string" || typeof currency !== "string" || !Number.isSafeInteger(amount)) return null;
  return { id, kind, orderId, amount: amount as number, currency: currency.toLowerCase() };
}
