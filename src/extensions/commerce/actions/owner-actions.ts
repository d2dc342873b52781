import type { Purchase } from "../purchase.ts";
import { type Asked, refusal } from "./acting.ts";
import { code, fields } from "./input.ts";

/** A purchase as its owner's browser sees it. */
export type ShownPurchase = Omit<Purchase, "userId" | "couponId">;

/** `GET purchases`: the viewer's own, oldest first. */
export const purchasesAction = {
  method: "GET",
  async handler({ session }: Asked<undefined>): Promise<{ readonly purchases: readonly ShownPurchase[] }> {
    const purchases = await session.commerce.purchases();
    return { purchases: purchases.map(({ userId, couponId, ...shown }) => shown) };
  },
} as const;

/** `POST redeem`: a coupon that pays for a whole product, for the viewer. */
export const redeemAction = {
  input: fields({ code }),
  handler: ({ session, input }: Asked<{ readonly code: string }>) => session.commerce.redeem(input.code),
} as const;

/** `GET claimed`: who has a seat of a team purchase, for its owner; 404 for everybody else. */
export const claimedAction = {
  method: "GET",
  input: fields({ purchaseId: code }),
  async handler({ session, input }: Asked<{ readonly purchaseId: string }>) {
    const seats = await session.commerce.seats.claimed(input.purchaseId);
    return seats ? { seats } : refusal(404, "not_found");
  },
} as const;

/** `POST transfer`: a purchase of the viewer goes to another user. */
export const transferAction = {
  input: fields({ purchaseId: code, to: code }),
  async handler({ session, input }: Asked<{ readonly purchaseId: string; readonly to: string }>) {
    return { status: await session.commerce.transfer(input.purchaseId, input.to) };
  },
} as const;
