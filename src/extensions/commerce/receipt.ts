import type { PaymentRefusal } from "./payment/payments.ts";
import { type Settlement, settle } from "./settlement.ts";
import type { Viewer } from "./viewer.ts";

/** What became of a message of the provider. `"none"`: it was genuine, and concerns no order. */
export type PaymentReceived =
  | { readonly status: "received"; readonly settlement: Settlement | "none" }
  | { readonly status: "refused"; readonly reason: PaymentRefusal };

/** Takes a message of the provider: verified, then read, then settled. */
export async function receive(viewer: Viewer, request: Request): Promise<PaymentReceived> {
  const received = await viewer.payment.receive(request, viewer.now);
  if (received.status === "refused") {
    viewer.emit("payment-refused", { reason: received.reason });
    return received;
  }
  const { event } = received;
  return { status: "received", settlement: event ? await settle(viewer, event) : "none" };
}
