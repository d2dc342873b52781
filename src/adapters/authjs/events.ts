import { isSessionError } from "../../errors.ts";

/** `destroySession` of `nextSessions`, as far as it is needed here. */
export type EndSession = (options: { readonly signOutElsewhere: false }) => Promise<void>;

/**
 * The `events` of an Auth.js configuration that end our session when the user signs out there.
 *
 * Where there is no request to be found, as in an API route of the Pages Router, nothing is done: our session shows nothing any
 * more once Auth.js says that nobody is signed in, and ends with the next change.
 *
 * @param destroySession Of `nextSessions`: it ends our session alone, and does not sign out of Auth.js again.
 * @example
 * NextAuth({ providers, events: authjsEvents(destroySession) })
 */
export function authjsEvents(destroySession: EndSession): { signOut(): Promise<void> } {
  return {
    async signOut() {
      try {
        await destroySession({ signOutElsewhere: false });
      } catch (error) {
        if (!isSessionError(error, "NO_REQUEST")) throw error;
      }
    },
  };
}
