import { nextSessions } from "coatcheck/next";

import { cartSchema, priceCart } from "./cart";
import { checkoutSchema } from "./checkout";

import { flashSchema } from "./flash";
import { sessionStore } from "./store";
import { findUser } from "./users";

const origins = process.env.ORIGINS?.split(" ") ?? ["http://localhost:3000"];

export const {
  auth,
  getSession,
  openSession,
  createAuthSession,
  destroySession,
  requireUser,
  withSession,
  handlers,
  sessions,
} = nextSessions({
  store: sessionStore(),
  origins,
  user: findUser,
  data: { cart: cartSchema, checkout: checkoutSchema, flash: flashSchema },
  keep: ["cart", "checkout"],
  extend: { basket: (session) => priceCart(session.data.cart) },
});
