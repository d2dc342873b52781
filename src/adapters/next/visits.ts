import { cookieValues } from "../../cookie/parse.ts";
import type { SessionCookie } from "../../cookie/rules.ts";
import type { SessionTypes } from "../../core/session.ts";
import type { Transport } from "../../core/transport.ts";
import { SessionStateError } from "../../errors.ts";
import type { Sessions } from "../../http/create-sessions.ts";
import type { ArrivedRequest } from "../../http/cross-site.ts";
import { describeDevice } from "../../http/device.ts";
import { type NodeRequest, type NodeResponse, nodeExchange } from "../../http/node-exchange.ts";
import { cookieTransport, headersSent } from "../../http/transport.ts";
import { webExchange } from "../../http/web-exchange.ts";
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

  /** Begins an entry. Its visit is told, before each change, whether the request may make one. */
  function enter(path: string | null, arrived: ArrivedRequest, transportOf: (permit: () => void) => Transport): Entry {
    const entry: { -readonly [Key in keyof Entry]?: Entry[Key] } = { collector: null, isWrapped: false, path };
    entry.isAdmitted = false;
    const permit = () => {
      if (!entry.isAdmitted) sessions.crossSite.permitChange(arrived);
      entry.isAdmitted = true;
    };
    entry.visit = sessions.visit(transportOf(permit));
    return entry as Entry;
  }

  const ofHeaders = (headers: RequestHeaders, arrived = ambientRequest(headers)): Entry =>
    rememberEntry(headers, key, () => {
      const entry = enter(headers.get(pathHeader), arrived, (permit) =>
        openTransport(() => entry, headers, name, setResponseCookie, permit),
      );
      return entry;
    });

  async function ofRequest(request: Request): Promise<Entry> {
    const known = recallEntry(request, key);
    if (known) return known;
    const arrived = webExchange(request, sessions.policy.runtime);
    // `request.headers` is another object than `headers()`; it is the request at hand if the two agree.
    const headers = await requestHeadersOrNull();
    const isAtHand = headers !== null && headers.get("cookie") === request.headers.get("cookie");
    return rememberEntry(request, key, () => {
      if (isAtHand) return ofHeaders(headers, arrived);
      const entry = enter(null, arrived, (permit) =>
        openTransport(() => entry, request.headers, name, refuseCookie, permit),
      );
      return entry;
    });
  }

  const ofNode = (req: NodeRequest, res: NodeResponse, path: string | null): Entry =>
    rememberEntry(req, key, () => {
      const exchange = nodeExchange(req, res, sessions.policy.runtime);
      return enter(path, exchange, (permit) => cookieTransport(exchange, name, permit));
    });

  return async (source) => {
    if (source.kind === "ambient") return ofHeaders(await requestHeaders());
    if (source.kind === "request") return ofRequest(source.request);
    const path = source.kind === "page" ? (source.context.resolvedUrl ?? null) : (source.req.url ?? null);
    return ofNode(source.req, source.res, path);
  };
}

type SetCookie = (cookie: SessionCookie) => Promise<void>;

/**
 * What is known of the request at hand where nobody passed it: its headers. It counts as one that changes something if it has
 * a body or says which page sent it: browsers name the page (`Origin`) with everything but plain reading.
 */
function ambientRequest(headers: RequestHeaders): ArrivedRequest {
  const header = (name: string) => headers.get(name);
  const isUnsafe = ["origin", "content-type", "next-action"].some((name) => header(name) !== null);
  return { method: isUnsafe ? "POST" : "GET", path: null, header };
}

/** How a session travels in a request of the App Router. It asks anew at each change where it is being changed. */
function openTransport(
  entryOf: () => Entry,
  headers: RequestHeaders,
  name: string,
  setCookie: SetCookie,
  permit: () => void,
): Transport {
  const collector = () => entryOf().collector;
  return {
    presented: cookieValues(headers.get("cookie"), name),
    permit(kind) {
      if (isRendering()) throw readOnly();
      permit();
      if (kind === "data") return;
      if (collector()?.isSealed()) throw headersSent();
      if (!collector() && setCookie === refuseCookie) throw notAtHand();
    },
    async deliver(cookie) {
      const collecting = collector();
      if (collecting?.isSealed())
        throw headersSent("It was stored all the same: await every change before you answer.");
      if (collecting) collecting.setCookie(cookie);
      else await setCookie(cookie);
    },
    defer(task) {
      const collecting = collector();
      if (collecting) collecting.defer(task);
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
