import { authjs, authjsEvents } from "coatcheck/authjs";
import { nextSessions } from "coatcheck/next";
import { getServerSession } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { httpStore, note } from "./http-store.js";
import { authorize } from "./users.js";

const origins = [process.env.ORIGIN ?? "http://localhost:3000"];

export const authOptions = {
  providers: [CredentialsProvider({ credentials: { id: {}, password: { type: "password" } }, authorize })],
  secret: "a secret that is long enough for this test",
  callbacks: {
    session: ({ session, token }) => ({ ...session, user: { ...session.user, id: token.sub } }),
  },
  events: authjsEvents((options) => sessions.destroySession(options)),
};

const identity = authjs((req, res) => getServerSession(req, res, authOptions));

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
  requireUser: requireOurUser,
  withSession: withOurSession,
  handlers,
} = sessions;

export const theirUserId = async () => (await getServerSession(authOptions))?.user?.id ?? null;
