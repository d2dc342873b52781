import type { IncomingMessage, OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { replaceSetCookie, serializeCookie } from "../cookie/write.ts";
import type { Runtime } from "../runtime.ts";
import { type Exchange, privateCacheControl, privateVary } from "./exchange.ts";
import { givenIn } from "./web-exchange.ts";

/** The request half that we need of Node's `IncomingMessage`. */
export type NodeRequest = Pick<IncomingMessage, "headers"> & {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Every line of the head: names and values in turn. */
  readonly rawHeaders?: readonly string[] | undefined;
  readonly socket?: { readonly remoteAddress?: string | undefined } | undefined;
  /** The whole path where a framework has cut a mounted one off `url`. */
  readonly originalUrl?: string | undefined;
};

/** The response half that we need of Node's `ServerResponse`. */
export type NodeResponse = Pick<ServerResponse, "headersSent" | "getHeader" | "setHeader"> & {
  writeHead: ServerResponse["writeHead"];
};

/** The exchange over Node's request and response. */
export interface NodeExchange extends Exchange {
  /** Sets a cookie that somebody else has written out as a `Set-Cookie` line. */
  setCookieLine(line: string): void;
}

/**
 * Makes an exchange of Node's request and response.
 *
 * Cookies are set at once and, as the caching headers, once more when the head is written: an application that sets the
 * same headers meanwhile neither loses our cookie nor makes the response public.
 */
export function nodeExchange(request: NodeRequest, response: NodeResponse, runtime: Runtime): NodeExchange {
  const lines = new Map<string, string>();
  const own = new Map<string, string>();
  const arrived = arrivedAt(request);
  let isPrivate = false;
  const assert = (head = response) => {
    for (const line of lines.values()) head.setHeader("set-cookie", replaceSetCookie(cookieLines(head), line));
    for (const [name, value] of own) head.setHeader(name, value);
    if (!isPrivate) return;
    head.setHeader("cache-control", privateCacheControl);
    head.setHeader("vary", privateVary(textOf(head.getHeader("vary")), arrived.method));
  };
  beforeHead(response, assert);
  return {
    ...arrived,
    peer: () => request.socket?.remoteAddress ?? null,
    isSealed: () => response.headersSent,
    setCookie(cookie) {
      lines.set(cookie.name, serializeCookie(cookie));
      assert();
    },
    given: (name) => givenIn(lines.values(), name),
    setHeader(name, value) {
      own.set(name, value);
      assert();
    },
    setCookieLine(line) {
      lines.set(line.slice(0, line.indexOf("=")), line);
      assert();
    },
    markPrivate() {
      isPrivate = true;
      if (!response.headersSent) assert();
    },
    defer: (task) => void runtime.after(0, task),
  };
}

/**
 * Runs a task just before the head is written. Headers given to `writeHead` itself are set first, so that it sees them.
 *
 * The task is given the response that writes: what `getServerSideProps` has of it, in development, is a stand-in that must
 * not be used any more by then.
 */
function beforeHead(response: NodeResponse, task: (head: NodeResponse) => void): void {
  const { writeHead } = response;
  response.writeHead = function writeHeadWithSession(this: ServerResponse, status: number, ...rest: unknown[]) {
    const message = typeof rest[0] === "string" ? rest[0] : undefined;
    if (!this.headersSent) {
      setAll(this, (message === undefined ? (rest[1] ?? rest[0]) : rest[1]) as HeadersArgument);
      task(this);
    }
    return message === undefined ? writeHead.call(this, status) : (writeHead as WriteHead).call(this, status, message);
  } as ServerResponse["writeHead"];
}

type WriteHead = (this: ServerResponse, status: number, message: string) => ServerResponse;
type HeadersArgument = OutgoingHttpHeaders | OutgoingHttpHeader[] | undefined;

function setAll(response: NodeResponse, headers: HeadersArgument): void {
  const given = new Set<string>();
  for (const [name, value] of entriesOf(headers)) {
    if (value === undefined) continue;
    const field = name.toLowerCase();
    if (field === "set-cookie") addCookieLines(response, [value].flat().map(String));
    else if (given.has(field)) response.setHeader(name, [response.getHeader(name), value].flat() as string[]);
    else response.setHeader(name, value as string);
    given.add(field); // raw headers may name one field several times: all of these lines are sent
  }
}

// Whoever reads the lines set so far and gives them again with one more means each of them once.
function addCookieLines(response: NodeResponse, lines: readonly string[]): void {
  const present = cookieLines(response);
  response.setHeader("set-cookie", [...present, ...lines.filter((line) => !present.includes(line))]);
}

function entriesOf(headers: HeadersArgument): Array<readonly [string, unknown]> {
  if (!Array.isArray(headers)) return Object.entries(headers ?? {});
  if (headers.every(Array.isArray)) return headers as unknown as Array<readonly [string, unknown]>;
  const pairs: Array<readonly [string, unknown]> = [];
  for (let at = 0; at + 1 < headers.length; at += 2) pairs.push([String(headers[at]), headers[at + 1]]);
  return pairs;
}

/** The `Set-Cookie` lines that a response has so far. */
export function cookieLines(response: NodeResponse): string[] {
  const present = response.getHeader("set-cookie");
  return present === undefined ? [] : [present].flat().map(String);
}

/** What Node tells of a request without its response. */
export function arrivedAt(request: NodeRequest): Pick<Exchange, "method" | "path" | "header"> {
  return {
    method: request.method ?? "GET",
    path: pathOf(request),
    header: (name) => headerOf(request, name.toLowerCase()),
  };
}

/**
 * The path of a request as its client wrote it. One that a URL would resolve to another (`/a/../b`, `/a\\b`) is told by
 * nobody: what handles it may take it for either.
 */
function pathOf({ url = "", originalUrl = url }: NodeRequest): string | null {
  const path = originalUrl.replace(/[?#].*$/s, "");
  try {
    return path.startsWith("/") && new URL(`http://coatcheck.invalid${path}`).pathname === path ? path : null;
  } catch {
    return null;
  }
}

function headerOf({ headers, rawHeaders = [] }: NodeRequest, name: string): string | null {
  if (!Object.hasOwn(headers, name)) return null;
  // Of two lines Node tells the first; who is asking must not depend on their order.
  if (name === "authorization") {
    const lines = rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
    if (lines.length > 1) return lines.join(", ");
  }
  return textOf(headers[name]);
}

function textOf(value: string | number | readonly string[] | undefined): string | null {
  if (value === undefined) return null;
  return Array.isArray(value) ? value.join(", ") : String(value);
}
