import { cookieValues } from "../../cookie/parse.ts";
import type { SessionCookie } from "../../cookie/rules.ts";
import type { SessionTypes } from "../../core/session.ts";
import type { Transport } from "../../core/transport.ts";
import { SessionStateError } from "../../errors.ts";
import type { Sessions } from "../../http/create-sessions.ts";
import { describeDevice } from "../../http/device.ts";
import { type NodeRequest, type NodeResponse, nodeExchange } from "../../http/node-exchange.ts";
import { cookieTransport, headersSent } from "../../http/transport.ts";
import { runAfterResponse } from "./next-server.ts";
import { isRendering } from "./render-scope.ts";
import { configurationKey, type Entry, recallEntry, rememberEntry } from "./request-memo.ts";
import {
  type RequestHeaders,
  readOnly,
  requestHeaders,
  requestHeadersOrNull,
  setResponseCookie,
} from "./request-scope.ts";
import type { Source } from "./source.ts";

/** The request header by which our proxy tells a page its path. Whoever forges it chooses only where they return to. */
export const pathHeader = "x-coatcheck-path";

/** Finds the visit of a request: one for each request, whichever way it is asked for. */
export type FindVisit = (source: Source) => Promise<Entry>;

/** Makes the finder for one manager. */
export function createVisits<Types extends SessionTypes>(sessions: Sessions<Types>): FindVisit {
  const key = configurationKey(sessions.policy);
  const { name } = sessions.policy.cookie;

  function enter(headers: RequestHeaders, path: string | null, setCookie: SetCookie): Entry {
    const entry: { -readonly [Key in keyof Entry]?: Entry[Key] } = { collector: null, isWrapped: false, path };
    const transport = openTransport(entry as Entry, headers, name, setCookie);
    entry.visit = sessions.visit(transport);
    return entry as Entry;
  }

  const ofHeaders = (headers: RequestHeaders): Entry =>
    rememberEntry(headers, key, () => enter(headers, headers.get(pathHeader), setResponseCookie));

  async function ofRequest(request: Request): Promise<Entry> {
    const known = recallEntry(request, key);
    if (known) return known;
    // `request.headers` is another object than `headers()`; it is the request at hand if the two agree.
    const headers = await requestHeadersOrNull();
    const isAtHand = headers !== null && headers.get("cookie") === request.headers.get("cookie");
    return rememberEntry(request, key, () =>
      isAtHand ? ofHeaders(headers) : enter(request.headers, null, refuseCookie),
    );
  }

  const ofNode = (req: NodeRequest, res: NodeResponse, path: string | null): Entry =>
    rememberEntry(req, key, () => {
      const exchange = nodeExchange(req, res, sessions.policy.runtime);
      return { visit: sessions.visit(cookieTransport(exchange, name)), collector: null, isWrapped: false, path };
    });

  return async (source) => {
    if (source.kind === "ambient") return ofHeaders(await requestHeaders());
    if (source.kind === "request") return ofRequest(source.request);
    const path = source.kind === "page" ? (source.context.resolvedUrl ?? null) : (source.req.url ?? null);
    return ofNode(source.req, source.res, path);
  };
}

type SetCookie = (cookie: SessionCookie) => Promise<void>;

/** How a session travels in a request of the App Router. It asks anew at each change where it is being changed. */
function openTransport(entry: Entry, headers: RequestHeaders, name: string, setCookie: SetCookie): Transport {
  return {
    presented: cookieValues(headers.get("cookie"), name),
    permit(kind) {
      if (isRendering()) throw readOnly();
      if (kind === "data") return;
      if (entry.collector?.isSealed()) throw headersSent();
      if (!entry.collector && setCookie === refuseCookie) throw notAtHand();
    },
    async deliver(cookie) {
      if (entry.collector?.isSealed())
        throw headersSent("It was stored all the same: await every change before you answer.");
      if (entry.collector) entry.collector.setCookie(cookie);
      else await setCookie(cookie);
    },
    defer(task) {
      if (entry.collector) entry.collector.defer(task);
      else void runAfterResponse(task);
    },
    header: (field) => headers.get(field),
    device: (devices) => describeDevice({ header: (field) => headers.get(field) }, devices),
  };
}

async function refuseCookie(): Promise<void> {
  throw notAtHand();
}

function notAtHand(): SessionStateError {
  return new SessionStateError(
    "NO_REQUEST",
    "The request that was passed is not the one being answered, so no cookie can be set.",
    {
      hint: "Pass the request that Next gave you, or none; or answer it inside withSession.",
    },
  );
}
