import type { NextRequest } from "next/server.js";
import type { SessionCookie } from "../../cookie/rules.ts";
import { noToken } from "../../http/credential.ts";
import type { WebExchange } from "../../http/web-exchange.ts";
import { replaceCookie } from "./cookie-header.ts";
import { nextServer } from "./next-server.ts";
import { pathHeader } from "./visits.ts";

const overridePrefix = "x-middleware-request-";
const overrideList = "x-middleware-override-headers";

/** What a visitor is given while the proxy or a route handler answers. */
export interface Told {
  readonly cookies: readonly SessionCookie[];
  /** A token in a header, or what says that its session is over; `null`: neither. */
  readonly token: string | null;
}

/**
 * Finishes what a proxy answers.
 *
 * A response of its own, a redirect among them, is made private. Where the request goes on to a page or a handler, that one
 * must see the session as it now is: the `cookie` (or `authorization`) header of the request is overridden, and `Set-Cookie` appended by hand.
 * (`response.cookies.set` would hide the cookie from route handlers, and make every Server Action render its page again.)
 * Only then is the page private for our sake: a prerendered page behind the proxy stays cacheable.
 */
export async function finishProxy(
  answer: Response | null | undefined,
  request: NextRequest,
  exchange: WebExchange,
  { cookies, token }: Told,
): Promise<Response> {
  const { NextResponse } = await nextServer();
  const response = answer ?? NextResponse.next();
  if (!goesOn(response)) return exchange.finish(response);
  const headers = overriddenHeaders(response) ?? new Headers(request.headers);
  headers.set(pathHeader, pathOf(request));
  for (const { name, value } of cookies)
    setOrDelete(headers, "cookie", replaceCookie(headers.get("cookie"), name, value || null));
  if (token !== null) setOrDelete(headers, "authorization", token === noToken ? null : `Bearer ${token}`);
  override(response.headers, NextResponse.next({ request: { headers } }).headers);
  return exchange.hasCookies() ? exchange.finish(response) : response;
}

/** Redirects a visitor to the sign-in page, below the base path of the application. A form is not posted there again. */
export async function redirectToSignIn(request: NextRequest, url: string): Promise<Response> {
  const { nextUrl, method } = request;
  const target = nextUrl ? nextUrl.clone() : new URL(request.url);
  const { pathname, search } = new URL(url, "http://coatcheck.invalid");
  target.pathname = pathname;
  target.search = search;
  const status = method === "GET" || method === "HEAD" ? 307 : 303;
  return new Response(null, { status, headers: { location: String(target) } });
}

/** The path that the visitor asked for, below the base path of the application. */
export function pathOf(request: NextRequest): string {
  const { pathname, search } = request.nextUrl ?? new URL(request.url);
  return pathname + search;
}

function goesOn({ headers }: Response): boolean {
  return headers.has("x-middleware-next") || headers.has("x-middleware-rewrite");
}

/** The request headers that the handler has overridden already. */
function overriddenHeaders({ headers }: Response): Headers | null {
  const list = headers.get(overrideList);
  if (list === null) return null;
  const overridden = new Headers();
  for (const name of list.split(",").map((part) => part.trim())) {
    const value = headers.get(overridePrefix + name);
    if (name !== "" && value !== null) overridden.set(name, value);
  }
  return overridden;
}

function override(headers: Headers, fresh: Headers): void {
  const isOverride = (name: string) => name === overrideList || name.startsWith(overridePrefix);
  for (const name of [...headers.keys()].filter(isOverride)) headers.delete(name);
  for (const [name, value] of fresh) if (isOverride(name)) headers.set(name, value);
}

function setOrDelete(headers: Headers, name: string, value: string | null): void {
  if (value === null) headers.delete(name);
  else headers.set(name, value);
}
