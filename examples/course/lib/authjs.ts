import { authjsEvents } from "coatcheck/authjs";
import NextAuth, { CredentialsSignin } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { type Credentials, signInSchema } from "./credentials";
import { checkCredentials, findUserByEmail, type User } from "./users";

/** Ends the session of the shop, and no other. */
export type EndSession = Parameters<typeof authjsEvents>[0];

/** Auth.js as any application sets it up, and one line for our sessions: `events` end them when it signs somebody out. */
export function setUpAuthjs(endSession: EndSession) {
  const { handlers, auth, signIn, signOut } = NextAuth({
    providers: [
      CredentialsProvider({
        credentials: { email: { type: "email" }, password: { type: "password" } },
        authorize: async (given) => {
          const input = signInSchema.safeParse(given);
          return input.success ? checkCredentials(input.data.email, input.data.password) : null;
        },
      }),
    ],
    callbacks: {
      session: ({ session, token }) => ({ ...session, user: { ...session.user, id: token.sub ?? "" } }),
    },
    pages: { signIn: "/sign-in" },
    trustHost: true,
    events: authjsEvents(endSession),
    logger: { error: logError },
  });

  /** Signs in whoever has this password, or answers `null`. */
  async function enter(given: Credentials): Promise<User | null> {
    try {
      await signIn("credentials", { ...given, redirect: false });
    } catch (error) {
      if (error instanceof CredentialsSignin) return null;
      throw error;
    }
    return findUserByEmail(given.email);
  }

  return { handlers, auth, signOut, enter };
}

/** A wrong password is no fault of the server's. */
function logError(error: Error): void {
  if (!(error instanceof CredentialsSignin)) console.error(error);
}
