import { replaceSetCookie, serializeCookie } from "../cookie/write.ts";
import type { Runtime } from "../runtime.ts";
import { type Exchange, privateCacheControl, privateVary } from "./exchange.ts";

/** The exchange over a Fetch API request, whose response comes later. */
export interface WebExchange extends Exchange {
  /** Whether the visitor is given a cookie, or a token in a header. */
  hasCookies(): boolean;
  /** The response is the same for everybody, and says itself how long caches may keep it. */
  markPublic(): void;
  /** Puts what was collected on the response, and answers it (or a copy, where its headers cannot be changed). */
  finish(response: Response): Response;
}

/** What a runtime offers to keep work going after the response, such as `event.waitUntil`. */
export type WaitUntil = (promise: Promise<unknown>) => void;

/** What a runtime tells of the connection, as Bun and Deno do. */
export type Peer = () => string | null;

/** Makes an exchange of a request. */
export function webExchange(request: Request, runtime: Runtime, waitUntil?: WaitUntil, peer?: Peer): WebExchange {
  let lines: string[] = [];
  const own = new Headers();
  let sealed = false;
  let isPublic = false;
  return {
    method: request.method,
    path: pathOf(request),
    header: (name) => request.headers.get(name),
    ...(peer && { peer }),
    isSealed: () => sealed,
    hasCookies: () => lines.length > 0 || [...own].length > 0,
    setCookie(cookie) {
      lines = replaceSetCookie(lines, serializeCookie(cookie));
    },
    given: (name) => givenIn(lines, name),
    setHeader(name, value) {
      own.set(name, value);
    },
    markPrivate() {},
    markPublic() {
      isPublic = true;
    },
    defer(task) {
      if (waitUntil) waitUntil(task());
      else runtime.after(0, task);
    },
    finish(response) {
      sealed = true;
      return isPublic && lines.length === 0 ? response : decorate(response, lines, own, request.method);
    },
  };
}

/** The value that one of some `Set-Cookie` lines gives a cookie. */
export function givenIn(lines: Iterable<string>, name: string): string | null {
  for (const line of lines) if (line.startsWith(`${name}=`)) return line.slice(name.length + 1).replace(/;.*$/s, "");
  return null;
}

function pathOf(request: Request): string | null {
  try {
    return new URL(request.url).pathname;
  } catch {
    return null;
  }
}

function decorate(response: Response, lines: readonly string[], own: Headers, method: string): Response {
  // An upgrade to a WebSocket (101), or a network error (0): neither can be copied, nor kept by a cache.
  if (response.status < 200) return response;
  const writable = isWritable(response.headers) ? response : new Response(response.body, response);
  const { headers } = writable;
  headers.set("cache-control", privateCacheControl);
  headers.set("vary", privateVary(headers.get("vary"), method));
  own.forEach((value, name) => void headers.set(name, value));
  if (lines.length > 0) setCookies(headers, lines);
  return writable;
}

function setCookies(headers: Headers, lines: readonly string[]): void {
  let all = headers.getSetCookie();
  for (const line of lines) all = replaceSetCookie(all, line);
  headers.delete("set-cookie");
  for (const line of all) headers.append("set-cookie", line);
}

// The headers of a redirect or of a fetched response are immutable; asking is the only way to find out.
function isWritable(headers: Headers): boolean {
  try {
    headers.set("vary", headers.get("vary") ?? "Cookie");
    return true;
  } catch {
    return false;
  }
}
