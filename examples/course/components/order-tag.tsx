import type { OrderStatus } from "@/lib/orders";

const tones: Record<OrderStatus, string> = {
  paid: "tag",
  refunded: "tag plain",
  declined: "tag bad",
  "awaiting payment": "tag plain",
};

/** How an order stands, in a word. */
export function OrderTag({ status }: { status: OrderStatus }) {
  return <span className={tones[status]}>{status[0]?.toUpperCase() + status.slice(1)}</span>;
}
