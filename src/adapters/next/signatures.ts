import type { NextRequest } from "next/server.js";
import type { Extended, ReadonlySession, Session, SessionTypes } from "../../core/session.ts";
import type { AuthenticationRequirement, SignInOptions } from "../../core/session-options.ts";
import type { SignedInSession } from "../../core/signed-in-session.ts";
import type { ActionMethod } from "../../http/action-definition.ts";
import type { Sessions } from "../../http/create-sessions.ts";
import type { NodeRequest, NodeResponse } from "../../http/node-exchange.ts";
import type { PageContext, SourceArguments } from "./source.ts";

/** A session that can only be read. */
export type ReadSession<Types extends SessionTypes> = Extended<ReadonlySession<Types>, Types>;

/** A session with its mutators. */
export type OpenSession<Types extends SessionTypes> = Extended<Session<Types>, Types>;

/** A session that somebody is signed in to. */
export type UserSession<Types extends SessionTypes> = Extended<SignedInSession<Types>, Types>;

/** A function of the request at hand, or of the one that is passed first. */
export type FromRequest<Result, Rest extends unknown[] = []> = (
  ...args: [...SourceArguments, ...Rest]
) => Promise<Result>;

/** What `requireUser` may be told. */
export interface RequireUserOptions extends AuthenticationRequirement {
  /** Where to come back to after signing in: a path of this site (default: the path of the request, where it is known). */
  readonly returnTo?: string;
}

/** What `destroySession` may be told. */
export interface DestroySessionOptions {
  /** Whether the user is also signed out where `identity` says that they are signed in (default `true`). */
  readonly signOutElsewhere?: boolean;
}

/** A request of the proxy or of a route handler with its session. */
export type RequestWithSession<Types extends SessionTypes> = NextRequest & { readonly session: OpenSession<Types> };

/** The context of `getServerSideProps` with its session. */
export type ContextWithSession<Context, Types extends SessionTypes> = Context & {
  readonly session: OpenSession<Types>;
};

// biome-ignore lint/suspicious/noConfusingVoidType: a proxy that lets a request pass may have no return at all
type Answer = Response | null | undefined | void;

/** Gives a handler the session of its request. */
export interface WithSession<Types extends SessionTypes> {
  <Context>(
    handler: (request: RequestWithSession<Types>, context: Context) => Answer | Promise<Answer>,
  ): (request: NextRequest, context: Context) => Promise<Response>;
  <Context extends PageContext, Result>(
    handler: (context: ContextWithSession<Context, Types>) => Promise<Result>,
  ): (context: Omit<Context, "session">) => Promise<Result | PageRedirect>;
  <Req extends NodeRequest, Res extends NodeResponse>(
    handler: (req: Req & { readonly session: OpenSession<Types> }, res: Res) => unknown,
  ): (req: Omit<Req, "session">, res: Res) => Promise<void>;
}

/** What `getServerSideProps` returns to redirect. */
export interface PageRedirect {
  readonly redirect: { readonly destination: string; readonly permanent: false };
}

/** Sign-in's own arguments. */
export type SignInArguments = [userId: string, options?: SignInOptions];

/** The sessions of a Next.js application. */
export interface NextSessions<Types extends SessionTypes, Actions extends object = object> {
  /** The signed-in session, or `null`. This is the check to write: an anonymous cart is never mistaken for a login. */
  readonly auth: FromRequest<UserSession<Types> | null>;
  /** The session, read-only. It is always an object, also when nobody is signed in: ask `auth()` for that. Never writes. */
  readonly getSession: FromRequest<ReadSession<Types>>;
  /** The session with its mutators: in Server Actions, route handlers, the proxy, `(req, res)` and `(context)`. */
  readonly openSession: FromRequest<OpenSession<Types>>;
  /** Signs a user in: binds the user and issues a new token in one atomic write, and sets the cookie. */
  readonly createAuthSession: FromRequest<OpenSession<Types>, SignInArguments>;
  /**
   * Ends the session and clears the cookie. Resolves only when the store has confirmed it. With `identity`, the user is signed
   * out there first.
   */
  readonly destroySession: FromRequest<void, [options?: DestroySessionOptions]>;
  /**
   * The signed-in session; a visitor without one is turned away, and so is one whose authentication is not what `freshFor`, `amr`
   * and `acr` ask for. Pages, Server Actions, the proxy and `getServerSideProps` redirect to `signInPath` (those who are
   * signed in, to `reauthenticatePath`); elsewhere `UNAUTHENTICATED` is thrown, which `withSession` answers as 401. A page must not show anything of the user outside this await.
   */
  readonly requireUser: FromRequest<UserSession<Types>, [options?: RequireUserOptions]>;
  /** Gives a proxy or a route handler `request.session`; its cookies reach the response and the same render. */
  readonly withSession: WithSession<Types>;
  /**
   * The HTTP actions: `export const { GET, POST } = handlers` in `app/api/session/[[...action]]/route.ts`. Export `PUT`, `PATCH`
   * and `DELETE` too where actions of the application have these methods.
   */
  readonly handlers: Readonly<Record<ActionMethod, (request: Request) => Promise<Response>>>;
  /** The manager: `create`, `list`, `revoke`, `sweep`… */
  readonly sessions: Sessions<Types, Actions>;
}
