import type { Manager } from "../core/manager.ts";
import type { SessionTypes } from "../core/session.ts";
import type { Visit } from "../core/visit.ts";
import { foreignReason } from "./origin-check.ts";
import { errorResponse } from "./responses.ts";
import { safeReturnTo } from "./return-to.ts";
import { cookieTransport } from "./transport.ts";
import { type WaitUntil, webExchange } from "./web-exchange.ts";

/** What one HTTP action does with the visit of its request. */
type Action = (visit: Visit, request: Request) => Promise<Response>;

/** The actions under the base path: for each path, for each method. */
const actions: Readonly<Record<string, Readonly<Record<string, Action>>>> = {
  "": { GET: showSession, HEAD: showSession },
  "/signout": { POST: signOut },
};

/** Answers the HTTP actions of a manager. */
export type Handler = (request: Request, context?: { readonly waitUntil?: WaitUntil }) => Promise<Response>;

/**
 * Makes the handler of the HTTP actions: `GET {basePath}` answers the public view of the signed-in session or `null`,
 * `POST {basePath}/signout` ends it. An unknown path is a 404, a wrong method a 405, a request of another site a 403, a
 * store that does not answer a 503. No answer may be cached.
 */
export function createHandler<Types extends SessionTypes>(manager: Manager<Types>): Handler {
  const { policy } = manager;
  return async (request, context) => {
    const exchange = webExchange(request, policy.runtime, context?.waitUntil?.bind(context));
    const action = chooseAction(request, policy.basePath);
    if (action instanceof Response) return exchange.finish(action);
    const reason = foreignReason(exchange, policy.origins);
    if (reason !== null) {
      manager.emit({ type: "request-refused", reason });
      return exchange.finish(
        Response.json({ error: "cross_site_request" }, { status: 403, headers: { vary: "Sec-Fetch-Site, Origin" } }),
      );
    }
    const visit = manager.visit(cookieTransport(exchange, policy.cookie.name));
    const response = await action(visit, request).catch(errorResponse);
    return exchange.finish(response);
  };
}

function chooseAction(request: Request, basePath: string): Action | Response {
  const { pathname } = new URL(request.url);
  const path = pathname.replace(/\/$/, "");
  const methods = path.startsWith(basePath) ? own(actions, path.slice(basePath.length)) : undefined;
  if (!methods) return Response.json({ error: "not_found" }, { status: 404 });
  const action = own(methods, request.method);
  if (action) return action;
  const allow = Object.keys(methods).join(", ");
  return Response.json({ error: "method_not_allowed" }, { status: 405, headers: { allow } });
}

async function showSession(visit: Visit): Promise<Response> {
  await visit.load();
  await visit.loadUser();
  if (visit.record?.userId == null) return Response.json(null);
  return Response.json((await visit.readonlySession().toJSON()) ?? null);
}

async function signOut(visit: Visit, request: Request): Promise<Response> {
  await visit.end();
  // A plain form goes on to a page, a script gets its answer.
  if (!request.headers.get("accept")?.includes("text/html")) return Response.json({ signedOut: true });
  const returnTo = safeReturnTo(new URL(request.url).searchParams.get("returnTo"));
  return new Response(null, { status: 303, headers: { location: returnTo } });
}

function own<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
