import type { NextRequest } from "next/server.js";
import type { Policy } from "../../core/policy.ts";
import type { SessionTypes } from "../../core/session.ts";
import { challenged, invalidTokenResponse } from "../../http/bearer.ts";
import type { Sessions } from "../../http/create-sessions.ts";
import { isRefused, tokenHeader } from "../../http/credential.ts";
import { refuseWithoutToken } from "../../http/form-token.ts";
import { crossSiteResponse, statusResponse } from "../../http/responses.ts";
import { renewSnapshot } from "../../http/snapshot-cookie.ts";
import { answerThrown, isSteering } from "../../http/thrown.ts";
import { type WaitUntil, type WebExchange, webExchange } from "../../http/web-exchange.ts";
import { unwrapped } from "./control-flow.ts";
import { runAfterResponse } from "./next-server.ts";
import { finishProxy, pathOf, redirectToSignIn, type Told } from "./proxy-response.ts";
import { setResponseCookie } from "./request-scope.ts";
import { signInUrlOf } from "./sign-in-url.ts";
import type { FindVisit } from "./visits.ts";

/** A handler of the proxy or of a route, whatever it takes. */
export type RequestHandler = (request: never, context: never) => unknown;

/** Answers one request of the proxy or of a route handler, with its session at hand. */
export async function answerWithSession<Types extends SessionTypes>(
  sessions: Sessions<Types>,
  find: FindVisit,
  handler: RequestHandler,
  request: NextRequest,
  context: unknown,
): Promise<Response> {
  const entry = await find({ kind: "request", request });
  const waitUntil = waitUntilOf(context);
  const collector = collect(request, sessions, waitUntil);
  if (!sessions.crossSite.admits(collector)) return collector.finish(crossSiteResponse());
  entry.isAdmitted = true;
  const outer = entry.collector;
  entry.collector = collector;
  entry.isWrapped = true;
  entry.path ??= pathOf(request);
  try {
    await entry.visit.load();
    if (await isRefused(sessions.policy, collector, entry.visit)) return collector.finish(invalidTokenResponse());
    // The proxy leaves forms to whatever answers behind it: a Server Action is one as well, and Next gives it no field of ours.
    const refusal = waitUntil ? null : await refuseWithoutToken(sessions, request, collector, entry.visit.record);
    if (refusal) return collector.finish(refusal);
    Object.defineProperty(request, "session", { value: sessions.sessionOf(entry.visit), configurable: true });
    const answer = (await handler(request as never, context as never)) as Response | undefined;
    await renewSnapshot({ manager: sessions, exchange: collector, visit: entry.visit, readAt: entry.readAt });
    if (waitUntil || !answer) return await finishProxy(answer, request, collector, collector.told);
    return collector.finish(challenged(sessions.policy, answer));
  } catch (error) {
    return await answerError(unwrapped(error), request, sessions.policy, collector, waitUntil !== undefined);
  } finally {
    collector.close();
    entry.collector = outer ?? collector;
  }
}

async function answerError(
  error: unknown,
  request: NextRequest,
  policy: Policy,
  collector: Collector,
  inProxy: boolean,
): Promise<Response> {
  if (isSteering(error)) {
    // Next makes the response from its own error, and adds the cookies that it knows of.
    // A header it knows nothing of: without it, whoever came with a token would be left with a dead one.
    if (!inProxy && collector.told.token !== null) return collector.finish(answerLost(error));
    if (!inProxy) for (const cookie of collector.told.cookies) await setResponseCookie(cookie);
    throw error;
  }
  const url = inProxy ? signInUrlOf(error) : null;
  if (url !== null) return collector.finish(await redirectToSignIn(request, url));
  return collector.finish(challenged(policy, answerThrown(error, collector)));
}

function answerLost(error: unknown): Response {
  console.error(
    "coatcheck: redirect() and notFound() cannot answer whoever was just given a token in a header.",
    error,
  );
  return statusResponse(500);
}

interface Collector extends WebExchange {
  readonly told: Told;
  close(): void;
}

/** An exchange that also tells what the visitor is given, and when it is too late for it. */
function collect<Types extends SessionTypes>(
  request: NextRequest,
  { policy }: Sessions<Types>,
  waitUntil?: WaitUntil,
): Collector {
  const exchange = webExchange(request, policy.runtime, waitUntil);
  let told: Told = { cookies: [], token: null };
  let closed = false;
  return {
    ...exchange,
    path: request.nextUrl?.pathname ?? exchange.path, // below the base path of the application
    get told() {
      return told;
    },
    isSealed: () => closed,
    setCookie(given) {
      told = { ...told, cookies: [...told.cookies.filter(({ name }) => name !== given.name), given] };
      exchange.setCookie(given);
    },
    setHeader(name, value) {
      if (name === tokenHeader) told = { ...told, token: value };
      exchange.setHeader(name, value);
    },
    defer(task) {
      if (waitUntil) waitUntil(task());
      else void runAfterResponse(task);
    },
    close() {
      closed = true;
    },
  };
}

// Only the event of the proxy has it; a route handler is given its parameters.
function waitUntilOf(context: unknown): WaitUntil | undefined {
  const event = (context ?? {}) as { waitUntil?: WaitUntil };
  return typeof event.waitUntil === "function" ? (promise) => event.waitUntil?.(promise) : undefined;
}
