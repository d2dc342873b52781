import { cookieValues } from "../../cookie/parse.ts";
import type { SessionCookie } from "../../cookie/rules.ts";
import { replaceSetCookie } from "../../cookie/write.ts";
import type { Policy } from "../../core/policy.ts";
import { credentialOf, isBearer, tokenFor, tokenHeader } from "../../http/credential.ts";
import {
  arrivedAt,
  cookieLines,
  type NodeExchange,
  type NodeRequest,
  type NodeResponse,
} from "../../http/node-exchange.ts";
import { chain, type Maybe } from "../../maybe.ts";

/**
 * How the session's cookie is read and written, where an application wants to do it itself. The value is opaque: the token,
 * or with a plug-in store the id.
 */
export interface CookieHandler {
  /** Gives the value that the request carries. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler may return nothing
  read(request: NodeRequest): Maybe<string | null | undefined | void>;
  /** Sets the cookie. Cookies that the response has already stay, also where this overwrites the header. */
  write(response: NodeResponse, value: string): Maybe<unknown>;
  /** Clears the cookie. */
  destroy(response: NodeResponse): Maybe<unknown>;
}

/** The cookie of one configuration. */
export interface Cookies {
  read(request: NodeRequest): Maybe<readonly string[]>;
  /** Sets the cookie, or clears it where its value is empty. */
  deliver(cookie: SessionCookie, response: NodeResponse, exchange: NodeExchange): Maybe<void>;
}

/** The cookie of this name, as our own rules read and write it. */
export function namedCookies(name: string, adjust = (cookie: SessionCookie) => cookie): Cookies {
  return {
    read: (request) => cookieValues(request.headers.cookie, name),
    deliver: (cookie, _response, exchange) => exchange.setCookie(adjust(cookie)),
  };
}

/** The same, for whoever comes with a token in the header where the configuration takes one: no cookie counts beside it. */
export function bearing(policy: Policy, cookies: Cookies): Cookies {
  if (!policy.bearer) return cookies;
  return {
    read(request) {
      const credential = credentialOf(policy, arrivedAt(request));
      if (credential.kind === "cookie") return cookies.read(request);
      return credential.kind === "bearer" && credential.token !== null ? [credential.token] : [];
    },
    deliver(cookie, response, exchange) {
      if (!isBearer(policy, exchange)) return cookies.deliver(cookie, response, exchange);
      exchange.setHeader(tokenHeader, tokenFor(cookie));
    },
  };
}

/** The same for values that are not tokens of ours: percent-encoded, as next-server-session does. */
export function encodedCookies(cookies: Cookies): Cookies {
  return {
    read: (request) => chain(cookies.read(request), (values) => values.map(decodeValue)),
    deliver: (cookie, response, exchange) =>
      cookies.deliver({ ...cookie, value: encodeURIComponent(cookie.value) }, response, exchange),
  };
}

/** A value as it was before it was percent-encoded; one that is not encoded as it is. */
export function decodeValue(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The cookie as the application's handler reads and writes it. */
export function pluggedCookies(handler: CookieHandler): Cookies {
  return {
    async read(request) {
      const value = await handler.read(request);
      return typeof value === "string" && value !== "" ? [value] : [];
    },
    async deliver({ value }, response, exchange) {
      const lines = await collectCookies(response, () =>
        value === "" ? handler.destroy(response) : handler.write(response, value),
      );
      for (const line of lines) exchange.setCookieLine(line);
    },
  };
}

/**
 * Runs a function that sets cookies its own way, and answers the lines it set. While it runs, setting the header adds to
 * it: handlers that were written for next-server-session overwrite it, and with it the cookies of others.
 */
async function collectCookies(response: NodeResponse, run: () => unknown): Promise<readonly string[]> {
  const collected: string[] = [];
  const restore = addingCookies(response, (lines) => collected.push(...lines));
  try {
    await run();
  } finally {
    restore();
  }
  return collected;
}

type SetHeader = (name: string, value: unknown) => unknown;
type Settable = NodeResponse & { setHeader?: SetHeader; appendHeader?: SetHeader };

function addingCookies(given: NodeResponse, collect: (lines: readonly string[]) => void): () => void {
  const response = given as Settable;
  const { setHeader } = response as { setHeader?: SetHeader };
  if (!setHeader) return () => {}; // a mock that sets nothing
  const add = (otherwise: SetHeader): SetHeader =>
    function (this: unknown, name, value) {
      if (name.toLowerCase() !== "set-cookie") return otherwise.call(response, name, value);
      const present = cookieLines(response);
      const added = [value]
        .flat()
        .map(String)
        .filter((line) => !present.includes(line));
      collect(added);
      return setHeader.call(response, name, added.reduce(replaceSetCookie, present));
    };
  const undo = [replaceMethod(response, "setHeader", add), replaceMethod(response, "appendHeader", add)];
  return () => {
    for (const task of undo) task();
  };
}

function replaceMethod(response: Settable, name: "setHeader" | "appendHeader", make: (old: SetHeader) => SetHeader) {
  const old = response[name] as SetHeader | undefined;
  if (!old) return () => {};
  const isOwn = Object.hasOwn(response, name);
  const target = response as unknown as Record<string, unknown>;
  target[name] = make(old);
  return () => {
    if (isOwn) target[name] = old;
    else delete target[name];
  };
}
