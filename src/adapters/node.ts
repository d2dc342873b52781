/** Sessions for `http.createServer` and for Connect-style middleware over Node's `(req, res)`. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Extended, Session, SessionTypes } from "../core/session.ts";
import { invalidToken } from "../http/bearer.ts";
import type { Sessions } from "../http/create-sessions.ts";
import { isRefused } from "../http/credential.ts";
import { crossSiteError } from "../http/cross-site.ts";
import { admitsForm, parsedToken } from "../http/form-token.ts";
import { nodeExchange } from "../http/node-exchange.ts";
import { describeStatus, statusOf } from "../http/responses.ts";
import { renewSnapshot } from "../http/snapshot-cookie.ts";
import { sessionTransport } from "../http/transport.ts";

/** Answers a Node request, with its session at hand. */
export type NodeHandler<Types extends SessionTypes> = (
  request: IncomingMessage,
  response: ServerResponse,
  session: Extended<Session<Types>, Types>,
) => unknown;

/** A request that the middleware has given its session. */
export type RequestWithSession<Types extends SessionTypes> = IncomingMessage & {
  session: Extended<Session<Types>, Types>;
};

/**
 * Gives a Node handler the session of its request.
 *
 * A request of another site that would change something is answered with a 403 before the handler runs; `csrf` of the
 * configuration says how that is told; a form's token is taken from `x-csrf-token`, or from the `request.body` of a parser that
 * ran before. The session is read before the handler runs. The response is kept out of shared caches, whatever the handler says of
 * caching. A store that does not answer becomes a 503 with `Retry-After`, `UNAUTHENTICATED` a 401, `SESSION_REPLACED` a 409.
 * With `bearer`, a token in the header that opens no session is a 401.
 * Any other error is printed and answered with a 500: one request's mistake does not end the process.
 *
 * @example
 * http.createServer(
 *   withSession(sessions, async (request, response, session) => {
 *     await session.set({ seen: true })
 *     response.end("hello")
 *   }),
 * )
 */
export function withSession<Types extends SessionTypes>(
  sessions: Sessions<Types>,
  handler: NodeHandler<Types>,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    try {
      const session = await loadSession(sessions, request, response);
      if (session) await handler(request, response, session);
    } catch (error) {
      if (!answerError(sessions, response, error)) answerMistake(response, error);
    }
  };
}

/**
 * Connect-style middleware: sets `request.session` and goes on. A request of another site that would change something is
 * answered with a 403 and goes no further. Where `csrf.tokens` asks for tokens, forms are parsed before it: mount the body
 * parser first. Errors of ours that have a status are answered; the others go to `next`.
 *
 * @example
 * app.use(sessionMiddleware(sessions))
 */
export function sessionMiddleware<Types extends SessionTypes>(
  sessions: Sessions<Types>,
): (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void {
  return (request, response, next) => {
    loadSession(sessions, request, response).then(
      (session) => {
        if (!session) return;
        (request as RequestWithSession<Types>).session = session;
        next();
      },
      (error) => {
        if (!answerError(sessions, response, error)) next(error);
      },
    );
  };
}

type AnyPolicy = Pick<Sessions<SessionTypes>, "policy">;

/** Finds the session of a request, or answers one of another site, or with a dead token in its header, and gives `null`. */
async function loadSession<Types extends SessionTypes>(
  sessions: Sessions<Types>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Extended<Session<Types>, Types> | null> {
  const { policy, crossSite } = sessions;
  const exchange = nodeExchange(request, response, policy.runtime);
  const transport = sessionTransport(exchange, policy);
  if (!crossSite.admits(exchange)) {
    answer(response, 403, crossSiteError());
    return null;
  }
  const visit = sessions.visit(transport);
  const readAt = policy.runtime.now();
  await visit.load();
  if (await isRefused(policy, exchange, visit)) {
    answer(response, 401, undefined, invalidToken);
    return null;
  }
  if (!(await admitsForm(sessions, exchange, visit.record, () => parsedToken(request)))) {
    answer(response, 403, crossSiteError());
    return null;
  }
  await renewSnapshot({ manager: sessions, exchange, visit, readAt }); // a handler's head is written at once, and nobody can wait
  return sessions.sessionOf(visit);
}

function answerError({ policy }: AnyPolicy, response: ServerResponse, error: unknown): boolean {
  const status = statusOf(error);
  if (status === null || response.headersSent) return false;
  answer(response, status, error, status === 401 && policy.bearer ? { "www-authenticate": "Bearer" } : {});
  return true;
}

type More = Readonly<Record<string, string>>;

function answer(response: ServerResponse, status: number, error: unknown, more: More = {}): void {
  const { body, headers } = describeStatus(status, error);
  response.writeHead(status, { ...headers, ...more }).end(body);
}

function answerMistake(response: ServerResponse, error: unknown): void {
  console.error(error);
  if (response.headersSent) response.destroy();
  else answer(response, 500, error);
}
