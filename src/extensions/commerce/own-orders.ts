import type { Order, OrderStatus } from "./order.ts";
import type { Owned } from "./owned.ts";
import type { Purchase } from "./purchase.ts";
import type { Viewer } from "./viewer.ts";

/** An order of the viewer's, with what has become of it. */
export interface OwnOrder extends Omit<Order, "userId"> {
  /** How long it is open, in epoch milliseconds; `null` once it is not. */
  readonly expiresAt: number | null;
  /** What it has brought; empty until it is paid. */
  readonly purchases: readonly Purchase[];
}

/** The orders of the viewer, oldest first; none of an anonymous visitor. */
export async function ownOrders(viewer: Viewer, owned: Owned): Promise<readonly OwnOrder[]> {
  const { userId, data } = viewer;
  if (userId === null) return [];
  const [orders, purchases] = await Promise.all([data.ordersOf(userId), owned.purchases()]);
  return orders.map((order) => shown(viewer, order, purchases));
}

function shown(viewer: Viewer, { userId, ...order }: Order, purchases: readonly Purchase[]): OwnOrder {
  const status = statusNow(viewer, order);
  const expiresAt = status === "open" ? endOf(viewer, order) : null;
  return { ...order, status, expiresAt, purchases: purchases.filter(({ orderId }) => orderId === order.id) };
}

/** What has become of an order by now: nothing is stored when its time is over. */
function statusNow(viewer: Viewer, order: Pick<Order, "status" | "createdAt">): OrderStatus {
  return order.status === "open" && endOf(viewer, order) <= viewer.now ? "expired" : order.status;
}

/** When an order is no longer open. */
export function endOf({ orderLifetime }: Viewer, { createdAt }: Pick<Order, "createdAt">): number {
  return createdAt + orderLifetime;
}
