import type { PaymentRefusal } from "../payment/payments.ts";
import type { PaymentReceived } from "../receipt.ts";
import { type Asked, refusal } from "./acting.ts";

const statuses: Record<PaymentRefusal, 400 | 401> = {
  "secret-unset": 401,
  "header-missing": 401,
  signature: 401,
  expired: 401,
  malformed: 400,
  "too-large": 400,
};

/**
 * `POST webhook`: what the provider of payments tells. It is believed by its signature alone. Whatever was understood is answered
 * 200, also the second time; where the data cannot be reached the error goes on, and the provider tells it again.
 */
export const webhookAction = {
  auth: "anyone",
  csrfToken: false,
  async handler({ session, request }: Asked<undefined>): Promise<PaymentReceived | Response> {
    const received = await session.commerce.receive(request);
    return received.status === "refused" ? refusal(statuses[received.reason], "payment_refused") : received;
  },
} as const;
