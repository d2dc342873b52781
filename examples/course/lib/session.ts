import { nextSessions } from "coatcheck/next";

import { noteEvent } from "./audit";
import { cartSchema, priceCart } from "./cart";
import { checkoutSchema } from "./checkout";

import { flashSchema } from "./flash";
import { deviceOptions, timeouts } from "./settings";
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
  reauthenticatePath: "/confirm", // whoever is signed in, but not recently enough
  timeouts,
  devices: deviceOptions,
  user: findUser,
  data: { cart: cartSchema, checkout: checkoutSchema, flash: flashSchema },
  keep: ["cart", "checkout"],
  extend: { basket: (session) => priceCart(session.data.cart) },
  // What a browser may know. Who really acts is for the server's pages, and not for scripts.
  publicView: ({ id, userId, user, authenticatedAt, idleExpiresAt, expiresAt, actor }) => ({
    ...{ id, userId, authenticatedAt, idleExpiresAt, expiresAt },
    user: { name: user?.name ?? "", role: user?.role ?? "customer" },
    isActing: actor !== null,
  }),
  // An administrator may act as a customer, and never as another administrator: nobody's rights are raised by it.
  impersonation: {
    allow: (actor, target) => actor.user.role === "admin" && target.user.role === "customer",
    longest: "30m",
  },
  onEvent: noteEvent,
});

/** How long a proof of who somebody is counts where it matters: before a change of password, before acting as a customer. */
export const recent = { freshFor: "10m" } as const;
