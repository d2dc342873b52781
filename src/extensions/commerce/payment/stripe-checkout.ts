import type { Order, OrderLine } from "../order.ts";

/** What a Checkout Session is made from. */
export interface StripeCheckout {
  readonly order: Order;
  /** Where the visitor comes back to: an address of this site. */
  readonly returnUrl: URL;
  readonly ui: "hosted" | "embedded";
}

/**
 * The form that makes a Checkout Session: one item for each line, at the price that the order has fixed. The id of the order
 * goes with it and with its payment, so that a payment and a refund both name it.
 *
 * @see {@link https://docs.stripe.com/api/checkout/sessions/create Stripe: create a Checkout Session}
 */
export function checkoutForm({ order, returnUrl, ui }: StripeCheckout): URLSearchParams {
  const form = new URLSearchParams({
    mode: "payment",
    client_reference_id: order.id,
    "metadata[order_id]": order.id,
    "payment_intent_data[metadata][order_id]": order.id,
  });
  order.lines.forEach((line, at) => {
    const item = `line_items[${at}]`;
    form.set(`${item}[quantity]`, "1");
    form.set(`${item}[price_data][currency]`, order.currency);
    form.set(`${item}[price_data][unit_amount]`, String(line.total));
    form.set(`${item}[price_data][product_data][name]`, nameOf(line));
  });
  if (ui === "embedded") {
    form.set("ui_mode", "embedded");
    form.set("return_url", returnUrl.href);
  } else {
    form.set("success_url", returnUrl.href);
    form.set("cancel_url", returnUrl.href);
  }
  return form;
}

// The discount is of all pieces together: a price of one piece would have to be rounded once more.
function nameOf({ name, quantity }: OrderLine): string {
  return quantity === 1 ? name : `${quantity} × ${name}`;
}
