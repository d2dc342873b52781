import type { NextRequest } from "next/server.js";
import type { SessionCookie } from "../../cookie/rules.ts";
import type { SessionTypes } from "../../core/session.ts";
import type { Sessions } from "../../http/create-sessions.ts";
import { refuseWithoutToken } from "../../http/form-token.ts";
import { crossSiteResponse } from "../../http/responses.ts";
import { answerThrown, isSteering } from "../../http/thrown.ts";
import { type WaitUntil, type WebExchange, webExchange } from "../../http/web-exchange.ts";
import { unwrapped } from "./control-flow.ts";
import { runAfterResponse } from "./next-server.ts";
import { finishProxy, pathOf, redirectToSignIn } from "./proxy-response.ts";
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
    // The proxy leaves forms to whatever answers behind it: a Server Action is one as well, and Next gives it no field of ours.
    const refusal = waitUntil ? null : await refuseWithoutToken(sessions, request, collector, entry.visit.record);
    if (refusal) return collector.finish(refusal);
    Object.defineProperty(request, "session", { value: sessions.sessionOf(entry.visit), configurable: true });
    const answer = (await handler(request as never, context as never)) as Response | undefined;
    if (waitUntil || !answer) return await finishProxy(answer, request, collector, collector.cookies);
    return collector.finish(answer);
  } catch (error) {
    return await answerError(unwrapped(error), request, collector, waitUntil !== undefined);
  } finally {
    collector.close();
    entry.collector = outer ?? collector;
  }
}

async function answerError(
  error: unknown,
  request: NextRequest,
  collector: Collector,
  inProxy: boolean,
): Promise<Response> {
  if (isSteering(error)) {
    // Next makes the response from its own error, and adds the cookies that it knows of.
    if (!inProxy) for (const cookie of collector.cookies) await setResponseCookie(cookie);
    throw error;
  }
  const url = inProxy ? signInUrlOf(error) : null;
  return collector.finish(url === null ? answerThrown(error, collector) : await redirectToSignIn(request, url));
}

interface Collector extends WebExchange {
  readonly cookies: readonly SessionCookie[];
  close(): void;
}

/** An exchange that also tells which cookies it was given, and when it is too late for one. */
function collect<Types extends SessionTypes>(
  request: NextRequest,
  { policy }: Sessions<Types>,
  waitUntil?: WaitUntil,
): Collector {
  const exchange = webExchange(request, policy.runtime, waitUntil);
  let cookies: readonly SessionCookie[] = [];
  let closed = false;
  return {
    ...exchange,
    path: request.nextUrl?.pathname ?? exchange.path, // below the base path of the application
    get cookies() {
      return cookies;
    },
    isSealed: () => closed,
    setCookie(given) {
      cookies = [...cookies.filter(({ name }) => name !== given.name), given];
      exchange.setCookie(given);
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
