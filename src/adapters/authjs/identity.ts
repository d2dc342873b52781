import type { SessionCookie } from "../../cookie/rules.ts";
import type { ExternalUser, IdentityFunction } from "../../core/external-user.ts";
import { SessionConfigError } from "../../errors.ts";
import type { Maybe } from "../../maybe.ts";
import { cookiesOf, sessionCookiesOf } from "./cookies.ts";

/**
 * Reads the session of Auth.js from a request: `auth` of Auth.js 5, or `(req, res) => getServerSession(req, res, options)` of
 * NextAuth 4. It is given the headers and cookies of the request in the shape that both take from an API route.
 */
// biome-ignore lint/suspicious/noExplicitAny: what both declare is overloaded, and typed by Next.js
export type ReadAuthjsSession = (request: any, response: any) => any;

/** What {@link authjs} may be told beside. */
export interface AuthjsOptions {
  /**
   * The stable id of the user (default: `session.user.id`). With the JWT strategy put it there in `callbacks.session`, from
   * `token.sub`.
   */
  // biome-ignore lint/suspicious/noExplicitAny: what a session holds, the application's types know
  readonly userId?: (session: any) => string | number | null | undefined;
  /**
   * Signs the user out of Auth.js when our session is ended by its holder, before that: `() => signOut({ redirect: false })` of
   * Auth.js 5, or with NextAuth 4 and a database `({ sessionToken }) => adapter.deleteSession(sessionToken)`. Its cookies are
   * taken away in any case (default: nothing more is done, which is all there is to do for a JWT).
   */
  readonly signOut?: (context: AuthjsSignOut) => Maybe<unknown>;
  /** Its session cookie, where the application has configured another than Auth.js's own. */
  readonly cookie?: { readonly name?: string; readonly path?: string; readonly domain?: string };
}

/** What signing out of Auth.js may go by. */
export interface AuthjsSignOut {
  /** The value of its session cookie, put together where it was in pieces: a secret. */
  readonly sessionToken: string;
}

/**
 * Tells our sessions who is signed in by Auth.js 5 or NextAuth 4, with the database or the JWT strategy: for `identity` of
 * `createSessions` and `nextSessions`.
 *
 * It reads only, and from the request alone, so that it works wherever our session does: pages, actions, handlers, the proxy, the
 * Pages Router. A cookie that Auth.js renews by being read is left as it is. The `user` function of the configuration is given
 * `session.user`.
 *
 * Where Auth.js cannot reach its database it says that nobody is signed in, and so does this: nothing of the session is shown
 * until it can, and nothing is ended unless the visitor writes meanwhile. What NextAuth 4 throws is `IDENTITY_UNAVAILABLE`.
 *
 * @throws {@link SessionConfigError} `CONFIG_INVALID`, as the cause of `IDENTITY_UNAVAILABLE`: a session has no user id.
 * @example
 * export const { auth: getAuth, openSession } = nextSessions({
 *   store,
 *   identity: authjs(auth, { signOut: () => signOut({ redirect: false }) }),
 * })
 */
export function authjs(read: ReadAuthjsSession, options: AuthjsOptions = {}): IdentityFunction {
  const { userId = idOf, signOut, cookie = {} } = options;
  const identity: IdentityFunction = async ({ header }) => {
    const session = (await read(requestOf(header), new IgnoredResponse())) as AnyAuthjsSession | null | undefined;
    return session ? userOf(session, userId(session)) : null;
  };
  identity.signOut = async ({ header }) => {
    const brought = sessionCookiesOf(header("cookie"), cookie.name);
    if (brought.length === 0) return [];
    await signOut?.({ sessionToken: brought.map(({ value }) => value).join("") });
    return brought.map(({ name }) => expired(name, cookie));
  };
  return identity;
}

interface AnyAuthjsSession {
  readonly user?: { readonly id?: string | number | null } | null;
}

const idOf = (session: AnyAuthjsSession) => session.user?.id;

function userOf(session: AnyAuthjsSession, id: string | number | null | undefined): ExternalUser {
  if (id !== null && id !== undefined && id !== "") return { userId: String(id), user: session.user };
  throw new SessionConfigError("CONFIG_INVALID", "The session of Auth.js does not say the id of its user.", {
    hint: "Set session.user.id in callbacks.session (from user.id, or from token.sub with the JWT strategy), or pass userId to authjs.",
  });
}

/** What Auth.js takes its own address from, and the cookies. */
const neededHeaders = ["cookie", "host", "x-forwarded-host", "x-forwarded-proto", "user-agent"];

function requestOf(header: (name: string) => string | null) {
  const given = neededHeaders.map((name) => [name, header(name)] as const).filter(([, value]) => value !== null);
  const cookies = cookiesOf(header("cookie")).map(({ name, value }) => [name, decoded(value)] as const);
  return { headers: Object.fromEntries(given), cookies: Object.fromEntries(cookies) };
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value; // as it was sent: it is no cookie of Auth.js's
  }
}

/** Where Auth.js may put the cookies that reading renews: a read sets none. */
class IgnoredResponse {
  readonly headers = new Headers();
  getHeader(): undefined {}
  setHeader(): void {}
  appendHeader(): void {}
}

function expired(name: string, { path = "/", domain }: NonNullable<AuthjsOptions["cookie"]>): SessionCookie {
  const secure = name.startsWith("__");
  const place = { path, ...(domain !== undefined && { domain }) };
  return { name, value: "", attributes: { httpOnly: true, secure, sameSite: "lax", maxAge: 0, ...place } };
}
