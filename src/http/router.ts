import type { Manager } from "../core/manager.ts";
import type { SessionTypes } from "../core/session.ts";
import { type Action, type ActionMethods, type ActionTable, type Call, own } from "./action.ts";
import { type ActionBody, readBody } from "./action-body.ts";
import { challenged, invalidTokenResponse, presentsSecret, unauthorized } from "./bearer.ts";
import { isRefused } from "./credential.ts";
import type { CrossSiteCheck } from "./cross-site.ts";
import { crossSiteResponse, statusResponse } from "./responses.ts";
import { renewSnapshot } from "./snapshot-cookie.ts";
import { answerThrown } from "./thrown.ts";
import { sessionTransport, strangersTransport } from "./transport.ts";
import { type WaitUntil, type WebExchange, webExchange } from "./web-exchange.ts";

/** Answers the HTTP actions of a manager. */
export type Handler = (request: Request, context?: { readonly waitUntil?: WaitUntil }) => Promise<Response>;

/**
 * Makes the handler of the HTTP actions of a table, below the base path. An unknown path is a 404, a wrong method a 405, a
 * request of another site a 403, a store that does not answer a 503. No answer may be cached, and each tells the server's
 * time in `Coatcheck-Time` (epoch milliseconds), so that a client can count down to a deadline by it.
 */
export function createHandler(manager: Manager<SessionTypes>, crossSite: CrossSiteCheck, table: ActionTable): Handler {
  const { policy } = manager;

  async function respond(request: Request, exchange: WebExchange): Promise<Response> {
    const url = new URL(request.url);
    const action = chooseAction(table, request.method, url.pathname, policy.basePath);
    if (action instanceof Response) return action;
    const refusal = await refuse(action, exchange);
    if (refusal) return refusal;
    const byVisitor = action.credential === "cookie";
    const visit = manager.visit(byVisitor ? sessionTransport(exchange, policy) : strangersTransport(exchange));
    const call: Call = { request, url, exchange, visit, manager, crossSite, body: bodyOf(request) };
    const answer = byVisitor ? answerVisitor(action, call) : action.answer(call);
    return answer.catch((error) => answerThrown(error, exchange));
  }

  async function answerVisitor(action: Action, call: Call): Promise<Response> {
    const readAt = policy.runtime.now();
    if (await isRefused(policy, call.exchange, call.visit, "other")) return invalidTokenResponse();
    const answer = challenged(policy, await action.answer(call));
    await renewSnapshot({ ...call, readAt });
    return answer;
  }

  // No other site can send a secret, a key or a token: only what a cookie may authenticate is checked. The action asks what they are worth.
  async function refuse({ credential, mayBeExempt = false }: Action, exchange: WebExchange): Promise<Response | null> {
    if (credential === "apiKey" || credential === "client" || credential === "nobody") return null;
    if (credential === "cookie") return crossSite.admitsAction(exchange, mayBeExempt) ? null : crossSiteResponse();
    return (await presentsSecret(exchange.header("authorization"), credential.secrets)) ? null : unauthorized();
  }

  return async (request, context) => {
    const exchange = webExchange(request, policy.runtime, context?.waitUntil?.bind(context));
    const response = exchange.finish(await respond(request, exchange));
    if (response.status >= 200) response.headers.set("coatcheck-time", String(policy.runtime.now()));
    return request.method === "HEAD" ? withoutBody(response) : response;
  };
}

function chooseAction(table: ActionTable, method: string, pathname: string, basePath: string): Action | Response {
  const path = pathname.replace(/\/$/, "");
  const methods = path.startsWith(basePath) ? own(table, path.slice(basePath.length)) : undefined;
  if (!methods) return statusResponse(404);
  const offered = withHead(methods);
  return own(offered, method) ?? statusResponse(405, { allow: Object.keys(offered).join(", ") });
}

// HEAD is GET without the body. A scheduler's GET sweeps, which HEAD should not.
function withHead(methods: ActionMethods): ActionMethods {
  const { GET, ...others } = methods;
  if (!GET) return methods;
  return GET.hasNoHead ? methods : { GET, HEAD: GET, ...others };
}

function bodyOf(request: Request): () => Promise<ActionBody | Response> {
  let body: Promise<ActionBody | Response> | undefined;
  return () => {
    body ??= readBody(request);
    return body;
  };
}

function withoutBody({ status, statusText, headers }: Response): Response {
  return new Response(null, { status, statusText, headers });
}
