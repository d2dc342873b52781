import type { OwnOrder } from "../own-orders.ts";
import type { Purchase } from "../purchase.ts";
import type { Asked } from "./acting.ts";
import { code, fields } from "./input.ts";

/** A purchase as its owner's browser sees it. */
export type ShownPurchase = Omit<Purchase, "userId" | "couponId">;

/** `GET purchases`: the viewer's own, oldest first. */
export const purchasesAction = {
  method: "GET",
  async handler({ session }: Asked<undefined>): Promise<{ readonly purchases: readonly ShownPurchase[] }> {
    const purchases = await session.commerce.purchases();
    return { purchases: purchases.map(shownPurchase) };
  },
} as const;

/** An order as its owner's browser sees it. */
export interface ShownOrder extends Omit<OwnOrder, "lines" | "purchases" | "referral"> {
  readonly lines: readonly Omit<OwnOrder["lines"][number], "couponId">[];
  readonly purchases: readonly ShownPurchase[];
}

/** `GET orders`: the viewer's own, oldest first, each with what has become of it. */
export const ordersAction = {
  method: "GET",
  async handler({ session }: Asked<undefined>): Promise<{ readonly orders: readonly ShownOrder[] }> {
    return { orders: (await session.commerce.orders()).map(shownOrder) };
  },
} as const;

/** `POST refund`: an order of the viewer is paid back, where the application lets them. */
export const refundAction = {
  input: fields({ orderId: code }),
  async handler({ session, input }: Asked<{ readonly orderId: string }>) {
    return { status: await session.commerce.refund(input.orderId) };
  },
} as const;

/** `POST redeem`: a coupon that pays for a whole product, for the viewer. */
export const redeemAction = {
  input: fields({ code }),
  handler: ({ session, input }: Asked<{ readonly code: string }>) => session.commerce.redeem(input.code),
} as const;

/** `POST transfer`: a purchase of the viewer goes to another user. */
export const transferAction = {
  input: fields({ purchaseId: code, to: code }),
  async handler({ session, input }: Asked<{ readonly purchaseId: string; readonly to: string }>) {
    return { status: await session.commerce.transfer(input.purchaseId, input.to) };
  },
} as const;

function shownOrder({ lines, purchases, referral, ...order }: OwnOrder): ShownOrder {
  const shownLines = lines.map(({ couponId, ...line }) => line);
  return { ...order, lines: shownLines, purchases: purchases.map(shownPurchase) };
}

function shownPurchase({ userId, couponId, ...shown }: Purchase): ShownPurchase {
  return shown;
}
