import { SessionStateError } from "../../errors.ts";
import type { NodeRequest, NodeResponse } from "../../http/node-exchange.ts";

/** What `getServerSideProps` is given. */
export interface PageContext {
  readonly req: NodeRequest;
  readonly res: NodeResponse;
  readonly resolvedUrl?: string;
}

/** The ways to say which request is meant: the one at hand, a `Request`, Node's pair, or the context of a page. */
export type SourceArguments = [] | [request: Request] | [req: NodeRequest, res: NodeResponse] | [context: PageContext];

/** Which request a call is about. */
export type Source =
  | { readonly kind: "ambient" }
  | { readonly kind: "request"; readonly request: Request }
  | { readonly kind: "api"; readonly req: NodeRequest; readonly res: NodeResponse }
  | { readonly kind: "page"; readonly req: NodeRequest; readonly res: NodeResponse; readonly context: PageContext };

/** Takes the request off the front of the arguments. By shape, since several copies of each class may be about. */
export function splitArguments(values: readonly unknown[]): {
  readonly source: Source;
  readonly rest: readonly unknown[];
} {
  const [first, second] = values as readonly [
    Partial<PageContext & NodeRequest> | undefined,
    Partial<NodeResponse> | undefined,
  ];
  if (isRequest(first)) return { source: { kind: "request", request: first }, rest: values.slice(1) };
  if (isContext(first)) {
    return { source: { kind: "page", req: first.req, res: first.res, context: first }, rest: values.slice(1) };
  }
  if (!isObject(first?.headers)) return { source: { kind: "ambient" }, rest: values };
  if (!isObject(second) || typeof second.setHeader !== "function") throw noResponse();
  return { source: { kind: "api", req: first as NodeRequest, res: second as NodeResponse }, rest: values.slice(2) };
}

function isRequest(value: unknown): value is Request {
  const { headers } = (value ?? {}) as Partial<Request>;
  return isObject(headers) && typeof headers.get === "function";
}

function isContext(value: unknown): value is PageContext {
  const { req, res } = (value ?? {}) as Partial<PageContext>;
  return isObject(req?.headers) && isObject(res) && typeof res.setHeader === "function";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function noResponse(): SessionStateError {
  return new SessionStateError("NO_REQUEST", "A Node request was passed without its response.", {
    hint: "Pass both: (req, res) in an API route, or the context of getServerSideProps.",
  });
}
