import { SessionConfigError } from "../../../errors.ts";
import type { Payments } from "./payments.ts";

/** What may be chosen about {@link testPayments}. */
export interface TestPaymentsOptions {
  /** The page of the application that plays the provider's (default `"/test-payment"`). */
  readonly path?: string;
  /** Lets it run although `NODE_ENV` is `"production"`: for a demonstration, where nothing is really sold (default `false`). */
  readonly allowInProduction?: boolean;
}

/**
 * Payments that nobody pays, for demonstrations and tests.
 *
 * `start` leads to a page of the application, with the id of the order as `order` and the way back as `returnTo` in its query.
 * The button on it calls `session.commerce.confirm(orderId)`, and the order is paid. Its webhook refuses everything.
 *
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: `NODE_ENV` is `"production"` and `allowInProduction` is not set.
 *
 * @example
 * commerce({ payment: testPayments({ path: "/checkout/pay" }), … })
 */
export function testPayments(options: TestPaymentsOptions = {}): Payments {
  const { path = "/test-payment", allowInProduction = false } = options;
  if (globalThis.process?.env?.NODE_ENV === "production" && !allowInProduction) {
    throw new SessionConfigError(
      "CONFIG_INVALID",
      'testPayments() gives everything away, and NODE_ENV is "production".',
      {
        hint: "Use a real provider, or pass allowInProduction: true for a demonstration.",
      },
    );
  }
  return {
    name: "test payments",
    async start(order, returnTo) {
      return { kind: "redirect", url: `${path}?${new URLSearchParams({ order: order.id, returnTo })}` };
    },
    async receive() {
      return { status: "refused", reason: "secret-unset" };
    },
    async confirm({ id, total, currency }) {
      return { id: `test_${id}`, kind: "paid", orderId: id, amount: total, currency };
    },
    async refund({ id, total, currency }) {
      return { id: `test_refund_${id}`, kind: "refunded", orderId: id, amount: total, currency };
    },
  };
}
