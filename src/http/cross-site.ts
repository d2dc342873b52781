import { cookieValues } from "../cookie/parse.ts";
import type { Emit, RefusalReason } from "../core/events.ts";
import type { Policy } from "../core/policy.ts";
import { SessionStateError } from "../errors.ts";
import { isBearer } from "./credential.ts";
import { type CsrfPolicy, isExempt } from "./csrf-options.ts";
import { type CheckedRequest, foreignReason } from "./origin-check.ts";

/** A request that is to be checked. */
export interface ArrivedRequest extends CheckedRequest {
  /** The path without its query; `null` where it is not known, and then it is no exempt one. */
  readonly path: string | null;
}

/** Keeps other sites from acting in the name of a visitor. One for each configuration. */
export interface CrossSiteCheck {
  /** The options, resolved. */
  readonly csrf: CsrfPolicy;
  /**
   * Whether an action may answer. Who calls one is a page or a tool of the application: it says where it comes from, with or
   * without a cookie.
   */
  admitsAction(request: ArrivedRequest, mayBeExempt: boolean): boolean;
  /**
   * Whether a handler of the application may answer. What brings no cookie of ours and says nothing of where it comes from
   * is another server, such as a webhook: it passes.
   */
  admits(request: ArrivedRequest): boolean;
  /**
   * Throws where a request that nothing has checked yet is about to change the session, and says itself that it comes from
   * elsewhere.
   *
   * @throws {@link SessionStateError} `CROSS_SITE_REQUEST`
   */
  permitChange(request: ArrivedRequest): void;
  /** Whether the application has exempted the path of a request. */
  isExempt(request: ArrivedRequest): boolean;
  /** Reports a request, and answers whether it is let pass all the same. */
  reports(request: ArrivedRequest, reason: RefusalReason): boolean;
}

/** Makes the check of one configuration. */
export function createCrossSiteCheck(policy: Policy, csrf: CsrfPolicy, emit: Emit): CrossSiteCheck {
  const own = { origins: policy.origins, trusted: csrf.trusted };
  const bringsCookie = (request: ArrivedRequest) =>
    cookieValues(request.header("cookie"), policy.cookie.name).length > 0;

  function reports(request: ArrivedRequest, reason: RefusalReason): boolean {
    const isReportOnly = csrf.check === "report";
    const { method, path } = request;
    const origin = request.header("origin");
    emit({
      type: "request-refused",
      reason,
      method: method.slice(0, longestShown),
      path: path === null ? null : path.slice(0, longestShown),
      origin: origin === null ? null : origin.slice(0, longestShown),
      ...(isReportOnly && { isReportOnly }),
    });
    return isReportOnly;
  }

  function passes(request: ArrivedRequest, mayBeExempt: boolean, mayBeSilent: () => boolean): boolean {
    if (isBearer(policy, request)) return true; // no other site can send that header, and no cookie counts beside it
    const reason = foreignReason(request, own);
    if (reason === null || (mayBeExempt && exempts(request))) return true;
    if (reason === "no-origin" && mayBeSilent()) return true;
    return reports(request, reason);
  }

  const exempts = ({ path }: ArrivedRequest) => path !== null && isExempt(path, csrf.exempt);
  const maySilently = csrf.unmarked === "pass";
  return {
    csrf,
    reports,
    isExempt: exempts,
    admitsAction: (request, mayBeExempt) => passes(request, mayBeExempt, () => maySilently),
    admits: (request) => passes(request, true, () => maySilently || !bringsCookie(request)),
    permitChange(request) {
      if (!passes(request, true, () => true)) throw crossSiteError();
    },
  };
}

/** How much of what a stranger sent is shown in an event. */
const longestShown = 200;

/** The error for a request of another site. */
export function crossSiteError(): SessionStateError {
  return new SessionStateError("CROSS_SITE_REQUEST", "A page of another site sent this request. Nothing was changed.", {
    hint:
      "If that site may act for the visitor, name its origin in csrf.trusted, or the path in csrf.exempt; " +
      "withSession answers such requests with a 403.",
  });
}
