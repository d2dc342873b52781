import { equalInConstantTime } from "../bytes.ts";
import type { Manager } from "../core/manager.ts";
import type { SessionTypes } from "../core/session.ts";
import type { Visit } from "../core/visit.ts";
import { digestOf } from "../token/digest.ts";
import { foreignReason } from "./origin-check.ts";
import { errorResponse } from "./responses.ts";
import { safeReturnTo } from "./return-to.ts";
import { cookieTransport } from "./transport.ts";
import { type WaitUntil, webExchange } from "./web-exchange.ts";

/** What an action has to work with. */
interface Call {
  readonly request: Request;
  readonly visit: Visit;
  readonly manager: Manager<SessionTypes>;
}

/** One HTTP action, and what its caller proves who it is with: the visitor's cookie, or a secret of the application. */
interface Action {
  readonly credential: "cookie" | "secret";
  answer(call: Call): Promise<Response>;
}

const show: Action = { credential: "cookie", answer: showSession };
const sweep: Action = { credential: "secret", answer: sweepExpired };

/** The actions under the base path: for each path, for each method. */
const actions: Readonly<Record<string, Readonly<Record<string, Action>>>> = {
  "": { GET: show, HEAD: show },
  "/signout": { POST: { credential: "cookie", answer: signOut } },
  "/sweep": { GET: sweep, POST: sweep },
};

/** Answers the HTTP actions of a manager. */
export type Handler = (request: Request, context?: { readonly waitUntil?: WaitUntil }) => Promise<Response>;

/**
 * Makes the handler of the HTTP actions: `GET {basePath}` answers the public view of the signed-in session or `null`,
 * `POST {basePath}/signout` ends it, `GET` and `POST {basePath}/sweep` delete expired records for a scheduler that sends the
 * `sweepSecret`. An unknown path is a 404, a wrong method a 405, a request of another site a 403, a store that does not
 * answer a 503. No answer may be cached.
 */
export function createHandler<Types extends SessionTypes>(typed: Manager<Types>): Handler {
  const manager = typed as unknown as Manager<SessionTypes>; // no action depends on the types
  const { policy } = manager;
  return async (request, context) => {
    const exchange = webExchange(request, policy.runtime, context?.waitUntil?.bind(context));
    const action = chooseAction(request, policy.basePath);
    if (action instanceof Response) return exchange.finish(action);
    const refusal =
      action.credential === "secret"
        ? await refuseStranger(request, policy.sweepSecret)
        : refuseForeign(foreignReason(exchange, policy.origins), manager);
    if (refusal) return exchange.finish(refusal);
    const visit = manager.visit(cookieTransport(exchange, policy.cookie.name));
    const response = await action.answer({ request, visit, manager }).catch(errorResponse);
    return exchange.finish(response);
  };
}

function chooseAction(request: Request, basePath: string): Action | Response {
  const { pathname } = new URL(request.url);
  const path = pathname.replace(/\/$/, "");
  const methods = path.startsWith(basePath) ? own(actions, path.slice(basePath.length)) : undefined;
  if (!methods) return notFound();
  const action = own(methods, request.method);
  if (action) return action;
  const allow = Object.keys(methods).join(", ");
  return Response.json({ error: "method_not_allowed" }, { status: 405, headers: { allow } });
}

function refuseForeign(reason: string | null, { emit }: Manager<SessionTypes>): Response | null {
  if (reason === null) return null;
  emit({ type: "request-refused", reason });
  return Response.json({ error: "cross_site_request" }, { status: 403, headers: { vary: "Sec-Fetch-Site, Origin" } });
}

// Compared by their digests: these have one length, whatever was sent (RFC 6750 section 2.1 has the header's form).
async function refuseStranger(request: Request, secret: string | undefined): Promise<Response | null> {
  if (secret === undefined) return notFound();
  const presented = /^Bearer +(.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (presented !== undefined && equalInConstantTime(await digestOf(presented), await digestOf(secret))) return null;
  return Response.json({ error: "unauthenticated" }, { status: 401, headers: { "www-authenticate": "Bearer" } });
}

function notFound(): Response {
  return Response.json({ error: "not_found" }, { status: 404 });
}

async function showSession({ visit }: Call): Promise<Response> {
  await visit.load();
  await visit.loadUser();
  return Response.json(await visit.readonlySession().toClient());
}

async function signOut({ visit, request }: Call): Promise<Response> {
  await visit.end();
  // A plain form goes on to a page, a script gets its answer.
  if (!request.headers.get("accept")?.includes("text/html")) return Response.json({ signedOut: true });
  const returnTo = safeReturnTo(new URL(request.url).searchParams.get("returnTo"));
  return new Response(null, { status: 303, headers: { location: returnTo } });
}

/** How many records one request deletes at most: what a scheduler calls should end within a few seconds. */
const sweptPerRequest = 10_000;

async function sweepExpired({ manager }: Call): Promise<Response> {
  const swept = await manager.sweep({ limit: sweptPerRequest });
  return Response.json({ swept, done: swept < sweptPerRequest });
}

function own<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
