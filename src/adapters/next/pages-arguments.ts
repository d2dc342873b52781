import { SessionStateError } from "../../errors.ts";
import type { NodeRequest, NodeResponse } from "../../http/node-exchange.ts";

/** What `getServerSideProps` is given. */
export interface PagesContext {
  readonly req: NodeRequest;
  readonly res: NodeResponse;
}

/** The request that a call is about, and the call's own arguments. */
export interface PagesArguments {
  readonly request: NodeRequest;
  readonly response: NodeResponse;
  readonly own: readonly unknown[];
}

/**
 * Takes `(context, …)` or `(req, res, …)` off the front of a call's arguments.
 *
 * @throws {@link SessionStateError} `NO_REQUEST`: neither of them is there.
 */
export function splitPagesArguments(called: string, values: readonly unknown[]): PagesArguments {
  const [first, second] = values as readonly [Partial<PagesContext> | undefined, unknown];
  if (isFetchRequest(first) || isFetchRequest(first?.req)) throw fetchStyle(called);
  if (isRequest(first?.req) && isResponse(first.res)) {
    return { request: first.req, response: first.res, own: values.slice(1) };
  }
  if (isRequest(first) && isResponse(second)) return { request: first, response: second, own: values.slice(2) };
  throw noRequest(called);
}

function isFetchRequest(value: unknown): boolean {
  const { headers } = (value ?? {}) as { readonly headers?: { readonly get?: unknown } };
  return typeof headers?.get === "function";
}

function isRequest(value: unknown): value is NodeRequest {
  const { headers } = (value ?? {}) as Partial<NodeRequest>;
  return typeof headers === "object" && headers !== null;
}

// A mock that can only answer JSON is enough for a cookie handler which is a mock as well.
function isResponse(value: unknown): value is NodeResponse {
  const { setHeader, json, socket } = (value ?? {}) as Record<string, unknown>;
  return typeof setHeader === "function" || typeof json === "function" || typeof socket === "object";
}

function noRequest(called: string): SessionStateError {
  return new SessionStateError("NO_REQUEST", `${called} was called without a request.`, {
    hint:
      "Either pass a GetServerSidePropsContext as first argument, OR NextApiRequest and NextApiResponse as first and second " +
      "argument. In the App Router the functions of coatcheck/next find the request themselves.",
  });
}

function fetchStyle(called: string): SessionStateError {
  return new SessionStateError(
    "NO_REQUEST",
    `${called} was given a fetch-style Request, which has no res to set cookies on.`,
    {
      hint:
        "Route handlers, the proxy (middleware), Server Components and API routes on the edge use nextSessions from " +
        "coatcheck/next; configure({ sessions }) here shares its sessions.",
    },
  );
}
