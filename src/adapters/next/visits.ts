import { cookieValues } from "../../cookie/parse.ts";
import type { SessionCookie } from "../../cookie/rules.ts";
import type { Policy } from "../../core/policy.ts";
import type { SessionTypes } from "../../core/session.ts";
import type { Transport } from "../../core/transport.ts";
import { SessionStateError } from "../../errors.ts";
import type { Sessions } from "../../http/create-sessions.ts";
import { credentialOf, tokenFor, tokenHeader } from "../../http/credential.ts";
import type { ArrivedRequest } from "../../http/cross-site.ts";
import { describeDevice } from "../../http/device.ts";
import { type NodeRequest, type NodeResponse, nodeExchange } from "../../http/node-exchange.ts";
import { withSnapshot } from "../../http/snapshot-cookie.ts";
import { headersSent, otherTransport, sessionTransport } from "../../http/transport.ts";
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
  const { policy } = sessions;
  const key = configurationKey(policy);

  /** Begins an entry. Its visit is told, before each change, whether the request may make one. */
  function enter(path: string | null, arrived: ArrivedRequest, transportOf: (permit: () => void) => Transport): Entry {
    const entry: { -readonly [Key in keyof Entry]?: Entry[Key] } = {
      collector: null,
      isWrapped: false,
      path,
      readAt: policy.runtime.now(),
    };
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
        openTransport(() => entry, headers, policy, setResponseCookie, permit),
      );
      return entry;
    });

  async function ofRequest(request: Request): Promise<Entry> {
    const known = recallEntry(request, key);
    if (known) return known;
    const arrived = webExchange(request, policy.runtime);
    // `request.headers` is another object than `headers()`; it is the request at hand if the two agree.
    const headers = await requestHeadersOrNull();
    const isSame = (name: string) => headers?.get(name) === request.headers.get(name);
    const isAtHand = headers !== null && isSame("cookie") && isSame("authorization");
    return rememberEntry(request, key, () => {
      if (isAtHand) return ofHeaders(headers, arrived);
      const entry = enter(null, arrived, (permit) =>
        openTransport(() => entry, request.headers, policy, refuseCookie, permit),
      );
      return entry;
    });
  }

  const ofNode = (req: NodeRequest, res: NodeResponse, path: string | null): Entry =>
    rememberEntry(req, key, () => {
      const exchange = nodeExchange(req, res, policy.runtime);
      return enter(path, exchange, (permit) => sessionTransport(exchange, policy, permit));
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
  policy: Policy,
  setCookie: SetCookie,
  permit: () => void,
): Transport {
  const collector = () => entryOf().collector;
  const header = (field: string) => headers.get(field);
  const credential = credentialOf(policy, { header });
  if (credential.kind === "malformed" || credential.kind === "other")
    return otherTransport(deferring(collector, header));
  const isBearer = credential.kind === "bearer";
  return {
    presented: isBearer ? [credential.token ?? []].flat() : cookieValues(header("cookie"), policy.cookie.name),
    permit(kind) {
      if (isRendering()) throw readOnly();
      permit();
      if (kind === "data") return;
      if (collector()?.isSealed()) throw headersSent();
      if (!collector() && isBearer) throw noHeader();
      if (!collector() && setCookie === refuseCookie) throw notAtHand();
    },
    async deliver(cookie) {
      const collecting = collector();
      if (collecting?.isSealed())
        throw headersSent("It was stored all the same: await every change before you answer.");
      if (collecting && isBearer) collecting.setHeader(tokenHeader, tokenFor(cookie));
      else
        for (const each of withSnapshot(policy, cookie))
          if (collecting) collecting.setCookie(each);
          else await setCookie(each);
    },
    ...deferring(collector, header),
    device: (devices) => describeDevice({ header }, devices),
  };
}

function deferring(
  collector: () => Entry["collector"],
  header: Transport["header"],
): Pick<Transport, "defer" | "header"> {
  return {
    defer(task) {
      const collecting = collector();
      if (collecting) collecting.defer(task);
      else void runAfterResponse(task);
    },
    header,
  };
}

async function refuseCookie(): Promise<void> {
  throw notAtHand();
}

function noHeader(): SessionStateError {
  return new SessionStateError(
    "NO_REQUEST",
    "Next makes this response, and there is no header of it to hand a token on in.",
    {
      hint: "Answer whoever comes with a token in the Authorization header inside withSession, or by the actions of handlers.",
    },
  );
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
