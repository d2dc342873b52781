import { visitor } from "coatcheck/extensions/visitor";
import { nextSessions } from "coatcheck/next";
import { abilities } from "./abilities";
import { noteEvent } from "./audit";
import { basket } from "./basket";
import { checkoutSchema } from "./checkout";
import { shoppingFromSchema } from "./countries";
import { flashSchema } from "./flash";
import { authjsLoader, identityOf } from "./identity";
import { organisations } from "./organisations";
import { deviceOptions, timeouts } from "./settings";
import { shop } from "./shop";
import { places } from "./store";
import { study } from "./study";
import { tokensOf } from "./tokens";
import { findUser } from "./users";

const origins = process.env.ORIGINS?.split(" ") ?? ["http://localhost:3000"];

/** What the links that we give away begin with. */
export const origin = origins[0] ?? "http://localhost:3000";

/** Auth.js, for whom it signs in: with `SIGN_IN=authjs`. */
export const loadAuthjs = authjsLoader((options) => destroySession(options));

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
  store: places().sessions,
  origins,
  reauthenticatePath: "/confirm", // whoever is signed in, but not recently enough
  timeouts,
  devices: deviceOptions,
  user: findUser,
  ...identityOf(loadAuthjs),
  ...tokensOf(origin),
  data: { checkout: checkoutSchema, flash: flashSchema, shoppingFrom: shoppingFromSchema },
  keep: ["checkout", "shoppingFrom"],
  extend: {
    visitor: visitor({ attribution: { parameters: { utm_source: "first", utm_campaign: "last" } } }),
    commerce: shop,
    basket,
    organisation: organisations,
    ability: abilities,
    progress: study,
  },
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

/** The session of somebody who is signed in. */
export type UserSession = Awaited<ReturnType<typeof requireUser>>;

/** The one helper of every page, action and route, by the name that it has in the course builder. */
export const builder = getSession;

/** How long a proof of who somebody is counts where it matters: before a change of password, before acting as a customer. */
export const recent = { freshFor: "10m" } as const;
