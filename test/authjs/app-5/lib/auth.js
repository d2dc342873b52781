import { createSessions } from "coatcheck";
import { authjs, authjsConfig, authjsEvents } from "coatcheck/authjs";
import { nextSessions } from "coatcheck/next";
import { headers } from "next/headers.js"; // the spelling that a file of both routers may import
import NextAuth from "next-auth";
import Credentials from "next-auth/providers/credentials";
import { call, httpStore, note } from "./http-store.js";
import { authorize, usersAdapter } from "./users.js";

const origins = [process.env.ORIGIN ?? "http://localhost:3000"];

/** Where Auth.js keeps its sessions. */
export const kept = createSessions({
  store: { ...httpStore, byUser: { list: (userId, now) => call("list", [userId, now]) } },
  origins,
});

const loopback = {
  id: "loopback",
  name: "Loopback",
  type: "oidc",
  issuer: process.env.OIDC_ISSUER,
  clientId: "shop",
  clientSecret: "a secret between the shop and the provider",
  authorization: { params: { scope: "openid email" } },
  profile: ({ sub, email }) => ({ id: sub, email, name: sub }),
};

const config = authjsConfig(
  kept,
  {
    adapter: usersAdapter,
    providers: [
      Credentials({ credentials: { id: {}, password: { type: "password" } }, authorize }),
      ...(process.env.OIDC_ISSUER ? [loopback] : []),
    ],
    secret: "a secret that is long enough for this test",
    trustHost: true,
    events: authjsEvents((options) => sessions.destroySession(options)),
  },
  { headers },
);

export const { handlers: authjsHandlers, auth, signIn, signOut } = NextAuth(config);

const identity = authjs(auth, { signOut: () => signOut({ redirect: false }) });

const sessions = nextSessions({
  store: httpStore,
  origins,
  keep: ["cart"],
  user: async (_id, external) => external && { name: external.name },
  identity: Object.assign(
    async (request) => {
      await note("identity");
      return identity(request);
    },
    { signOut: identity.signOut },
  ),
});

export const {
  auth: ourAuth,
  getSession: ourSession,
  openSession,
  destroySession,
  createAuthSession,
  requireUser: requireOurUser,
  withSession: withOurSession,
  handlers,
} = sessions;

export const theirUserId = async () => (await auth())?.user?.id ?? null;
