import { isSessionError, SessionConfigError, SessionStoreError } from "../../../errors.ts";
import { type Runtime, systemRuntime } from "../../../runtime.ts";
import { boundedBody } from "./bounded-body.ts";
import type { PaymentStart, Payments, ReceivedPayment } from "./payments.ts";
import { checkoutForm, type StripeCheckout } from "./stripe-checkout.ts";
import { readStripeEvent } from "./stripe-events.ts";
import { refusalOf } from "./stripe-signature.ts";

/** What {@link stripePayments} needs. */
export interface StripePaymentsOptions {
  /** The secret key of the account (`sk_…`). While it is `undefined`, no payment can be started. */
  readonly secretKey: string | undefined;
  /** The secret of the webhook's endpoint (`whsec_…`), or several while one replaces another. While it is `undefined`, every message is refused. */
  readonly webhookSecret: string | readonly string[] | undefined;
  /** The origin of this site, to which Stripe sends the visitor back: `"https://shop.example"`. */
  readonly origin: string;
  /** A page of Stripe, or a form of theirs on a page of ours (default `"hosted"`). */
  readonly ui?: "hosted" | "embedded";
  /** Where the API is (default `"https://api.stripe.com"`). */
  readonly api?: string;
  /** How long a call of the API may take, in milliseconds (default 10,000). */
  readonly timeLimitMs?: number;
  /** Sends the requests (default: the global `fetch`). */
  readonly fetch?: typeof fetch;
  readonly runtime?: Runtime;
}

/** What a message to the webhook may have at most. */
const largestMessage = 1_048_576;

/**
 * Payments by Stripe Checkout, over its HTTP API.
 *
 * The order's id is the idempotency key: an order that is started twice has one Checkout Session. The webhook takes
 * `checkout.session.completed`, `checkout.session.async_payment_succeeded` and `charge.refunded`; a message counts only
 * when its signature is right and at most five minutes old, and is not parsed before.
 *
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: `origin` is no origin.
 *
 * @example
 * stripePayments({
 *   secretKey: process.env.STRIPE_SECRET_KEY,
 *   webhookSecret: process.env.STRIPE_WEBHOOK_SECRET,
 *   origin: "https://shop.example",
 * })
 */
export function stripePayments(options: StripePaymentsOptions): Payments {
  const { webhookSecret, origin, ui = "hosted" } = options;
  requireOrigin(origin);
  const secrets = (typeof webhookSecret === "string" ? [webhookSecret] : (webhookSecret ?? [])).filter(
    (secret) => secret !== "",
  );
  return {
    name: "Stripe",
    async start(order, returnTo) {
      const returnUrl = new URL(returnTo, origin);
      returnUrl.searchParams.set("order", order.id);
      return readStart(await createCheckout({ order, returnUrl, ui }, options));
    },
    receive: (request, now) => receive(request, secrets, now),
  };
}

function requireOrigin(origin: string): void {
  if (URL.canParse(origin) && new URL(origin).origin === origin) return;
  throw new SessionConfigError("CONFIG_INVALID", "stripePayments: origin is not an origin.", {
    hint: 'Give the scheme and the host of this site, such as "https://shop.example".',
  });
}

async function receive(request: Request, secrets: readonly string[], now: number): Promise<ReceivedPayment> {
  const body = await boundedBody(request, largestMessage);
  if (body === null) return { status: "refused", reason: "too-large" };
  const reason = await refusalOf({ header: request.headers.get("stripe-signature"), body, secrets, now });
  if (reason !== null) return { status: "refused", reason };
  try {
    return { status: "verified", event: readStripeEvent(new TextDecoder().decode(body)) };
  } catch {
    return { status: "refused", reason: "malformed" }; // signed, but not JSON
  }
}

async function createCheckout(checkout: StripeCheckout, options: StripePaymentsOptions): Promise<unknown> {
  const { secretKey, api = "https://api.stripe.com" } = options;
  if (!secretKey) {
    throw new SessionConfigError("CONFIG_SECRET_MISSING", "stripePayments has no secretKey.", {
      hint: "Set the secret key of the account, for example from STRIPE_SECRET_KEY.",
    });
  }
  return answerOf(options, new URL("/v1/checkout/sessions", api), {
    method: "POST",
    headers: {
      authorization: `Bearer ${secretKey}`,
      "content-type": "application/x-www-form-urlencoded",
      "idempotency-key": checkout.order.id,
    },
    body: checkoutForm(checkout).toString(),
  });
}

async function answerOf(options: StripePaymentsOptions, url: URL, request: RequestInit): Promise<unknown> {
  const { fetch: send = fetch, runtime = systemRuntime, timeLimitMs = 10_000 } = options;
  const aborter = new AbortController();
  const cancel = runtime.after(timeLimitMs, () => aborter.abort());
  try {
    const response = await send(url, { ...request, redirect: "error", signal: aborter.signal });
    if (!response.ok) throw unavailable(`answered ${response.status}`);
    return await response.json();
  } catch (error) {
    throw isSessionError(error) ? error : unavailable("did not answer", error);
  } finally {
    cancel();
  }
}

function readStart(answer: unknown): PaymentStart {
  const { url, client_secret } = (answer ?? {}) as { url?: unknown; client_secret?: unknown };
  if (typeof url === "string") return { kind: "redirect", url };
  if (typeof client_secret === "string") return { kind: "form", clientSecret: client_secret };
  throw unavailable("answered without an address");
}

function unavailable(what: string, cause?: unknown): SessionStoreError {
  return new SessionStoreError("PAYMENT_UNAVAILABLE", `Stripe ${what}; the payment was not started.`, {
    hint: "Try again; the order is kept, and is not paid twice.",
    cause,
  });
}
