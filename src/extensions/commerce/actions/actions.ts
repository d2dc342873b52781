import type { CommerceOptions } from "../options.ts";
import { checkoutAction } from "./checkout-action.ts";
import { lookupAction } from "./lookup-action.ts";
import { claimedAction, purchasesAction, redeemAction, transferAction } from "./owner-actions.ts";
import { pricesAction } from "./prices-action.ts";
import { webhookAction } from "./webhook-action.ts";

/** The HTTP actions of commerce. The viewer is the session's user in each; no id of a user in a body is looked at but in `lookup`. */
export function createActions(options: CommerceOptions) {
  return {
    purchases: purchasesAction,
    prices: pricesAction,
    checkout: checkoutAction,
    redeem: redeemAction,
    claimed: claimedAction,
    transfer: transferAction,
    webhook: webhookAction,
    lookup: lookupAction(options),
  };
}
