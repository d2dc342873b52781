/**
 * Sessions for every runtime that answers a Fetch API `Request` with a `Response`: Bun, Deno, workers, and the frameworks
 * on top of them.
 */
import type { Extended, Session, SessionTypes } from "../core/session.ts";
import { challenged, invalidTokenResponse } from "../http/bearer.ts";
import type { Sessions } from "../http/create-sessions.ts";
import { isRefused } from "../http/credential.ts";
import { refuseWithoutToken } from "../http/form-token.ts";
import { crossSiteResponse, errorResponse, isResponse } from "../http/responses.ts";
import { renewSnapshot } from "../http/snapshot-cookie.ts";
import { sessionTransport } from "../http/transport.ts";
import { type Peer, type WaitUntil, webExchange } from "../http/web-exchange.ts";

/** Answers a request, with its session at hand. */
export type SessionHandler<Types extends SessionTypes, Rest extends unknown[]> = (
  request: Request,
  session: Extended<Session<Types>, Types>,
  ...rest: Rest
) => Response | Promise<Response>;

/**
 * Gives a handler the session of its request.
 *
 * A request of another site that would change something is answered with a 403 before the handler runs; `csrf` of the
 * configuration says how that is told. The session is read first: one store read, none for a visitor without a cookie. Cookies are appended
 * to the response, which is marked `Cache-Control: private, no-store` and `Vary: Cookie`. A store that does not answer
 * becomes a 503 with `Retry-After`, `UNAUTHENTICATED` a 401, `SESSION_REPLACED` a 409; other errors go through,
 * and with them no cookie: after a sign-in, a rotation or a sign-out answer your own errors inside the handler. A `Response` that it
 * throws is thrown with the cookie. With `bearer`, a token in the header that opens no session is answered 401.
 *
 * @example
 * Bun.serve({
 *   fetch: withSession(sessions, async (request, session) => {
 *     const visits = await session.update("visits", (count) => count + 1)
 *     return Response.json({ visits })
 *   }),
 * })
 */
export function withSession<Types extends SessionTypes, Rest extends unknown[]>(
  sessions: Sessions<Types>,
  handler: SessionHandler<Types, Rest>,
): (request: Request, ...rest: Rest) => Promise<Response> {
  const { policy } = sessions;
  return async (request, ...rest) => {
    const exchange = webExchange(request, policy.runtime, waitUntilOf(rest), peerOf(request, rest));
    if (!sessions.crossSite.admits(exchange)) return exchange.finish(crossSiteResponse());
    const visit = sessions.visit(sessionTransport(exchange, policy));
    try {
      const readAt = policy.runtime.now();
      await visit.load();
      if (await isRefused(policy, exchange, visit)) return exchange.finish(invalidTokenResponse());
      const refusal = await refuseWithoutToken(sessions, request, exchange, visit.record);
      const answer = refusal ?? (await handler(request, sessions.sessionOf(visit), ...rest));
      await renewSnapshot({ manager: sessions, exchange, visit, readAt });
      return exchange.finish(challenged(policy, answer));
    } catch (error) {
      if (isResponse(error)) throw exchange.finish(error);
      return exchange.finish(challenged(policy, errorResponse(error)));
    }
  };
}

// Workers and Deno pass a context with `waitUntil` after the request.
function waitUntilOf(rest: readonly unknown[]): WaitUntil | undefined {
  for (const context of rest) {
    const { waitUntil } = (context ?? {}) as { waitUntil?: WaitUntil };
    if (typeof waitUntil === "function") return (promise) => waitUntil.call(context, promise);
  }
  return undefined;
}

interface Connection {
  /** Bun's server. */
  requestIP?(request: Request): { readonly address: string } | null;
  /** Deno's `info`. */
  readonly remoteAddr?: { readonly hostname?: string };
}

// Bun passes its server after the request, Deno what it knows of the connection.
function peerOf(request: Request, rest: readonly unknown[]): Peer {
  return () => {
    for (const context of rest) {
      const connection = (context ?? {}) as Connection;
      if (typeof connection.requestIP === "function") return connection.requestIP(request)?.address ?? null;
      if (typeof connection.remoteAddr?.hostname === "string") return connection.remoteAddr.hostname;
    }
    return null;
  };
}
