import type { CommerceOptions } from "../options.ts";
import { cartAction, cartAddAction, cartRemoveAction, cartSetAction } from "./cart-actions.ts";
import { checkoutAction } from "./checkout-action.ts";
import { lookupAction } from "./lookup-action.ts";
import { ordersAction, purchasesAction, redeemAction, refundAction, transferAction } from "./owner-actions.ts";
import { pricesAction } from "./prices-action.ts";
import { claimAction, claimedAction, inviteAction, seatsAction } from "./seat-actions.ts";
import { webhookAction } from "./webhook-action.ts";

/** The HTTP actions of commerce. The viewer is the session's user in each; no id of a user in a body is looked at but in `lookup`. */
export function createActions(options: CommerceOptions) {
  return {
    cart: cartAction,
    "cart-add": cartAddAction,
    "cart-set": cartSetAction,
    "cart-remove": cartRemoveAction,
    purchases: purchasesAction,
    orders: ordersAction,
    prices: pricesAction,
    checkout: checkoutAction,
    redeem: redeemAction,
    refund: refundAction,
    seats: seatsAction,
    invite: inviteAction,
    claim: claimAction,
    claimed: claimedAction,
    transfer: transferAction,
    webhook: webhookAction,
    lookup: lookupAction(options),
  };
}
