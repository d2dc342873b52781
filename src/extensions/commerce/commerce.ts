import { defineExtension } from "../../http/define-extension.ts";
import { createActions } from "./actions/actions.ts";
import { mergeOwnCart } from "./cart.ts";
import { type Commerce, createCommerce } from "./commerce-value.ts";
import { type CommerceOptions, checkOptions } from "./options.ts";
import { attributionSchema, cartSchema } from "./own-data.ts";
import { type CommerceContext, type Someone, viewerOf } from "./viewer-of.ts";

/**
 * An extension with what a shop needs to know of its visitor: purchases and rights, prices, cart and checkout, seats of a team.
 *
 * It stands in `extend` as `commerce`, and `session.commerce` is there at once: its methods ask the data, once each in a request.
 * An anonymous visitor's cart is part of their session, and is merged into the user's at sign-in. It adds the HTTP actions
 * `cart`, `cart-add`, `cart-set`, `cart-remove`, `purchases`, `orders`, `prices`, `checkout`, `redeem`, `refund`, `seats`, `invite`, `claim`,
 * `claimed`, `transfer`, `webhook` and `lookup`; who acts is always the session's user. While impersonating, what spends or gives
 * away is refused. Nothing of it is in the public view.
 *
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: a product is wrong; `CONFIG_SECRET_WEAK`: `lookupSecret` is too short.
 *
 * @example
 * const shop = commerce({
 *   data: sqlCommerce(sqlDatabase(pool)),
 *   products: [{ id: "course", name: "The course", unitPrice: 9_900, currency: "eur" }],
 *   country: { header: "x-vercel-ip-country" },
 *   payment: stripePayments({ secretKey, webhookSecret, origin: "https://shop.example" }),
 * })
 * nextSessions({ store, extend: { commerce: shop } })
 * // a page
 * if (await session.commerce.hasPurchased("course")) …
 */
export function commerce(options: CommerceOptions) {
  checkOptions(options);
  return defineExtension({
    name: "commerce",
    data: { cart: cartSchema, attribution: attributionSchema },
    keep: ["cart", "attribution"],
    resolve: (session: Someone, context: CommerceContext): Commerce => {
      return createCommerce(viewerOf(options, session, context), options);
    },
    signedIn: (session: Someone, context: CommerceContext) => mergeOwnCart(viewerOf(options, session, context)),
    actions: createActions(options),
  });
}
