import { defineExtension } from "coatcheck";
import { priceCart } from "./cart";
import { shop } from "./shop";

/** `session.basket`: the cart with its prices, made once for the layout and the page. */
export const basket = defineExtension({
  name: "basket",
  needs: [shop],
  resolve: (session) => priceCart(session.commerce),
});
