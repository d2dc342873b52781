import type { NextRequest } from "next/server.js";
import type { Duration } from "../../duration.ts";
import type { Extended, ReadonlySession, Session, SessionTypes, SignedInSession, SignInOptions } from "../../core/session.ts";
import type { NodeRequest, NodeResponse } from "../../http/node-exchange.ts";
import type { PageContext, SourceArguments } from "./source.ts";

/** A session that can only be read. */
export type ReadSession<Types extends SessionTypes> = Extended<ReadonlySession<Types>, Types>;

/** A session with its mutators. */
export type OpenSession<Types extends SessionTypes> = Extended<Session<Types>, Types>;

/** A session that somebody is signed in to. */
export type UserSession<Types extends SessionTypes> = Extended<SignedInSession<Types>, Types>;

/** A function of the request at hand, or of the one that is passed first. */
export type FromRequest<Result, Rest extends unknown[] = []> = (...args: [...SourceArguments, ...Rest]) => Promise<Result>;

/** What `requireUser` may be told. */
export interface RequireUserOptions {
  /** How recent the authentication must be, such as `"10m"` (default: any). */
  readonly freshFor?: Duration;
  /** Where to come back to after signing in: a path of this site (default: the path of the request, where it is known). */
  readonly returnTo?: string;
}

/** A request of the proxy or of a route handler with its session. */
export type RequestWithSession<Types extends SessionTypes> = NextRequest & { readonly session: OpenSession<Types> };

/** The context of `getServerSideProps` with its session. */
export type ContextWithSession<Context, Types extends SessionTypes> = Context & { readonly session: OpenSession<Types> };

type Answer = Response | null | undefined | void;

/** Gives a handler the session of its request. */
export interface WithSession<Types extends SessionTypes> {
  <Context>(
    handler: (request: RequestWithSession<Types>, context: Context) => Answer | Promise<Answer>,
  ): (request: NextRequest, context: Context) => Promise<Response>;
  <Context extends PageContext, Result>(
    handler: (context: ContextWithSession<Context, Types>) => Promise<Result>,
  ): (context: Context) => Promise<Result | PageRedirect>;
  <Req extends NodeRequest, Res extends NodeResponse>(
    handler: (req: Req & { readonly session: OpenSession<Types> }, res: Res) => unknown,
  ): (req: Req, res: Res) => Promise<void>;
}

/** What `getServerSideProps` returns to redirect. */
export interface PageRedirect {
  readonly redirect: { readonly destination: string; readonly permanent: false };
}

/** Sign-in's own arguments. */
export type SignInArguments = [userId: string, options?: SignInOptions];
