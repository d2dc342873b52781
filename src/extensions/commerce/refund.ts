import type { CommerceOptions } from "./options.ts";
import { isCode } from "./own-data.ts";
import { settle } from "./settlement.ts";
import { requireUserId, type Viewer } from "./viewer.ts";

/**
 * What became of a refund. `"missing"`: the viewer has no such order that was paid. `"refused"`: the application does not let them.
 * `"unavailable"`: the provider cannot be asked; refund it there, and its message does the rest.
 */
export type RefundAsked = "refunded" | "already" | "missing" | "refused" | "unavailable";

/** Has an order of the viewer paid back, where the application lets them: the money first, then what it has brought. */
export async function refund(
  viewer: Viewer,
  mayRefund: CommerceOptions["mayRefund"],
  orderId: string,
): Promise<RefundAsked> {
  const userId = requireUserId(viewer, "refund an order");
  const order = isCode(orderId) ? await viewer.data.findOrder(orderId) : null;
  if (order?.userId !== userId) return "missing";
  if (order.status === "refunded") return "already";
  if (order.status !== "paid" && order.status !== "unfulfilled") return "missing";
  if ((await mayRefund?.(order)) !== true) return "refused";
  const event = await viewer.payment.refund?.(order);
  if (!event) return "unavailable";
  return (await settle(viewer, event)) === "refunded" ? "refunded" : "already";
}
