import type { Transport } from "../../core/transport.ts";
import { SessionStateError } from "../../errors.ts";
import type { CrossSiteCheck } from "../../http/cross-site.ts";
import { type NodeExchange, type NodeRequest, type NodeResponse, nodeExchange } from "../../http/node-exchange.ts";
import { cookieTransport } from "../../http/transport.ts";
import type { Runtime } from "../../runtime.ts";
import type { Cookies } from "./pages-cookies.ts";
import type { OpenPageSession, PageSession } from "./pages-session.ts";

/** What a request presented, and the session that was made of it. */
interface Known {
  readonly presented: string;
  session: PageSession;
  /** Whether the request was given another cookie since: what it presented is of the past then. */
  isDelivered: boolean;
}

/**
 * Makes what finds the session of a request. A request has one session object, which every call shares; only a cookie
 * handler that reads something else than before makes it look again. Before its first change it is told whether the request
 * comes from another site.
 */
export function createOpener(
  cookies: Cookies,
  runtime: Runtime,
  crossSite: Pick<CrossSiteCheck, "permitChange">,
  start: (transport: Transport, request: NodeRequest) => PageSession,
): OpenPageSession {
  const requests = new WeakMap<object, Known>();
  return async (request, response) => {
    const presented = await cookies.read(request);
    const text = JSON.stringify(presented);
    const before = requests.get(request);
    if (before && (before.isDelivered || before.presented === text)) return before.session;
    const exchange = isBare(response) ? bareExchange(request, runtime) : nodeExchange(request, response, runtime);
    const known = { presented: text, isDelivered: false } as Known;
    let isAdmitted = false;
    const permit = () => {
      if (!isAdmitted) crossSite.permitChange(exchange);
      isAdmitted = true;
    };
    const transport: Transport = {
      ...cookieTransport(exchange, presented, permit),
      deliver(cookie) {
        known.isDelivered = true;
        return cookies.deliver(cookie, response, exchange);
      },
    };
    known.session = start(transport, request);
    requests.set(request, known);
    return known.session;
  };
}

function isBare(response: NodeResponse): boolean {
  return typeof response.setHeader !== "function" || typeof response.getHeader !== "function";
}

/** The exchange over a test's mock of a response, which a cookie handler of the test may know what to do with. */
function bareExchange(request: NodeRequest, runtime: Runtime): NodeExchange {
  const refuse = () => {
    throw new SessionStateError("NO_REQUEST", "The response that was passed cannot set a header.", {
      hint: "Pass the res of the request being answered; in a test, one with getHeader and setHeader.",
    });
  };
  return {
    method: request.method ?? "GET",
    path: null,
    header: (name) => request.headers[name]?.toString() ?? null,
    isSealed: () => false,
    setCookie: refuse,
    given: () => null,
    setHeader: refuse,
    setCookieLine: refuse,
    markPrivate() {},
    defer: (task) => void runtime.after(0, task),
  };
}
