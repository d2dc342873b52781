import { SessionConfigError } from "../../errors.ts";
import type { Maybe } from "../../maybe.ts";

/** A user in the shape that Course Builder asks for. */
export interface CourseBuilderUser {
  readonly id: string;
  readonly email: string;
  readonly emailVerified: Date | null;
  readonly name?: string | null;
  readonly image?: string | null;
}

/** Who looks at a page, in the shape that Course Builder asks for: the user, their roles, and where they are a member. */
export interface CourseBuilderViewer {
  readonly user: CourseBuilderUser;
  readonly roles: readonly string[];
  readonly memberships: readonly { readonly id: string; readonly organizationId: string }[];
}

/** What Course Builder asks of whatever signs its users in. It only reads. */
export interface CourseBuilderAuthFacade<Viewer extends CourseBuilderViewer = CourseBuilderViewer> {
  /** The viewer of the request at hand; `null` where nobody is signed in, and for no other reason. */
  getCurrentViewer(): Promise<Viewer | null>;
  /** The same where there has to be one: a visitor who is not signed in is turned away, as by `requireUser`. */
  requireViewer(): Promise<Viewer>;
}

/** What of `nextSessions` a facade is made from. */
export interface FacadeSessions<UserSession extends FacadeSession> {
  auth(): Promise<UserSession | null>;
  requireUser(): Promise<UserSession>;
}

/** What is looked at of a session that somebody is signed in to. */
export interface FacadeSession {
  readonly userId: string;
}

/**
 * Makes the facade through which Course Builder asks who is signed in, from the sessions of an application: its own, or those
 * beside Auth.js (`identity: authjs(auth)`).
 *
 * It writes nothing. Nobody is signed in: `null`, or turned away. Everything else that keeps a viewer from being known is an
 * error, never `null`: an outage is `STORE_UNAVAILABLE` or `IDENTITY_UNAVAILABLE`, and what `viewerOf` throws is thrown on as it
 * is, such as `ViewerProvisioningRequiredError` of Course Builder for a user who has yet to be set up.
 *
 * @param sessions What `nextSessions` has made, or `{ auth: () => auth(request), requireUser: () => requireUser(request) }`.
 * @param viewerOf The viewer of a session. It is called each time; an extension of the session looks a viewer up once for each
 *   request, within a time limit.
 * @throws {@link SessionConfigError} `CONFIG_INVALID`, at the call: `viewerOf` answered nobody, or another user.
 * @example
 * export const shop = nextSessions({ store, extend: { viewer: ({ userId }) => findViewer(userId) } })
 * export const { getCurrentViewer, requireViewer } = authFacade(shop, (session) => session.viewer)
 */
export function authFacade<UserSession extends FacadeSession, Viewer extends CourseBuilderViewer>(
  sessions: FacadeSessions<UserSession>,
  viewerOf: (session: UserSession) => Maybe<Viewer>,
): CourseBuilderAuthFacade<Viewer> {
  const view = async (session: UserSession) => checkViewer(session.userId, await viewerOf(session));
  return {
    async getCurrentViewer() {
      const session = await sessions.auth();
      return session && view(session);
    },
    requireViewer: async () => view(await sessions.requireUser()),
  };
}

function checkViewer<Viewer extends CourseBuilderViewer>(userId: string, viewer: Viewer | null | undefined): Viewer {
  if (viewer?.user?.id === userId) return viewer;
  const what = viewer?.user ? "another user than the one who is signed in" : "no viewer";
  throw new SessionConfigError("CONFIG_INVALID", `The function given to authFacade answered ${what}.`, {
    hint: "Answer the viewer of session.userId, or throw: nobody is signed out by a viewer that is missing.",
  });
}
