import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Order } from "../../../src/extensions/commerce/order.ts";

/** A secret of a webhook, as Stripe writes them. */
export const webhookSecret = "whsec_a-secret-of-the-tests";

/** Signs a body as Stripe does. */
export function signatureOf(body: string, at: number, secret = webhookSecret): string {
  const seconds = Math.floor(at / 1_000);
  return `t=${seconds},v1=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`;
}

/** The message that tells of a paid order. */
export function paidMessage(order: Pick<Order, "id" | "total" | "currency">, id = "evt_1"): string {
  const object = {
    object: "checkout.session",
    client_reference_id: order.id,
    metadata: { order_id: order.id },
    payment_status: "paid",
    amount_total: order.total,
    currency: order.currency,
  };
  return JSON.stringify({ id, object: "event", type: "checkout.session.completed", data: { object } });
}

/** The message that tells of an order which was paid back. */
export function refundedMessage(order: Pick<Order, "id" | "total" | "currency">, id = "evt_2"): string {
  const object = {
    object: "charge",
    metadata: { order_id: order.id },
    refunded: true,
    amount_refunded: order.total,
    currency: order.currency,
  };
  return JSON.stringify({ id, object: "event", type: "charge.refunded", data: { object } });
}

/** A server that answers as Stripe does, and keeps what it was sent. */
export interface StripeServer {
  readonly url: string;
  readonly requests: { readonly headers: IncomingMessage["headers"]; readonly form: URLSearchParams }[];
  answer: { status: number; body: unknown } | "never";
  close(): Promise<void>;
}

/** Starts one on a free port. */
export async function stripeServer(): Promise<StripeServer> {
  const server: Server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    stripe.requests.push({ headers: request.headers, form: new URLSearchParams(text) });
    if (stripe.answer === "never") return;
    response.writeHead(stripe.answer.status, { "content-type": "application/json" });
    response.end(JSON.stringify(stripe.answer.body));
  });
  const stripe: StripeServer = {
    url: "",
    requests: [],
    answer: { status: 200, body: { id: "cs_1", url: "https://checkout.stripe.com/c/pay/cs_1", client_secret: null } },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(stripe, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}
