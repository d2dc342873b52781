import type { Order } from "../order.ts";

/** Where the visitor goes on: a page of the provider, or a form on a page of ours that this secret opens. */
export type PaymentStart =
  | { readonly kind: "redirect"; readonly url: string }
  | { readonly kind: "form"; readonly clientSecret: string };

/** What a provider says about an order. */
export interface PaymentEvent {
  /** The provider's name for it: the same event may be told several times. */
  readonly id: string;
  readonly kind: "paid" | "refunded";
  readonly orderId: string;
  /** In minor units: what was paid, or paid back. */
  readonly amount: number;
  /** ISO 4217, in lower case. */
  readonly currency: string;
}

/** Why a message that claims to come from a provider was not believed. */
export type PaymentRefusal = "secret-unset" | "header-missing" | "malformed" | "signature" | "expired" | "too-large";

/** What became of a message to the webhook. `event` is `null` for one that concerns no order. */
export type ReceivedPayment =
  | { readonly status: "verified"; readonly event: PaymentEvent | null }
  | { readonly status: "refused"; readonly reason: PaymentRefusal };

/**
 * A provider of payments.
 *
 * It decides nothing about orders: it takes a visitor to where they pay, and tells what was paid. Whether that fits the order,
 * and that it counts once, is for `commerce` to see to.
 */
export interface Payments {
  readonly name: string;
  /**
   * Begins the payment of an order. Called again for the same order it may answer the same.
   *
   * @param returnTo A path of this site, where the visitor comes back to.
   * @throws {@link SessionStoreError} `PAYMENT_UNAVAILABLE`: the provider did not answer, or refused.
   */
  start(order: Order, returnTo: string): Promise<PaymentStart>;
  /**
   * Reads a message to the webhook. It must be verified before any of it is parsed, and refused where there is no secret to
   * verify it by.
   */
  receive(request: Request, now: number): Promise<ReceivedPayment>;
  /** Asks whether an order has been paid, where the provider can be asked; `null` while it has not. */
  confirm?(order: Order): Promise<PaymentEvent | null>;
  /**
   * Pays back the whole of an order, where the provider can be told to, and once however often it is told; `null` where it
   * cannot be done here.
   *
   * @throws {@link SessionStoreError} `PAYMENT_UNAVAILABLE`: the provider did not answer, or refused.
   */
  refund?(order: Order): Promise<PaymentEvent | null>;
}
