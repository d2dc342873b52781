import { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { look, lookAlong } from "./findings.ts";

type Method = (...values: never[]) => unknown;
type Headed = { readonly headers: Headers };

// Made or received during the present test. Headers may still be added: they are looked at when it has ended.
const responses = new Set<Headed>();

/** Looks at every response that is made in this process, and at every one that it reads from another. */
export function watchAnswers(): void {
  globalThis.Response = watchedClass(globalThis.Response);
  for (const name of ["text", "json", "arrayBuffer"] as const) watchReading(name);
  watchServerResponses();
  watchIncomingResponses();
}

/** Looks at the headers of the responses so far, but for those that hand a token on. */
export function finishAnswers(): void {
  for (const { headers } of responses) lookAtHeaders([...headers]);
  responses.clear();
}

/** The headers that hand a token on: the cookie, and the one of whoever chose to come with a token in a header. */
const carriers = new Set(["set-cookie", "coatcheck-token"]);

function lookAtHeaders(headers: Iterable<readonly [string, unknown]>): void {
  for (const [name, value] of headers)
    if (!carriers.has(name.toLowerCase())) look(`the response header ${name}`, value);
}

function watchedClass(original: typeof Response): typeof Response {
  const noted = <Made extends Headed>(response: Made, body: unknown): Made => {
    responses.add(response);
    // A stream is looked at by whoever reads it.
    if (typeof body === "string" || body instanceof Uint8Array) look("a response body", body);
    return response;
  };
  const json: typeof Response.json = (value, init) => noted(original.json(value, init), JSON.stringify(value));
  const redirect: typeof Response.redirect = (url, status) => noted(original.redirect(url, status), null);
  return new Proxy(original, {
    construct: (target, values, derived) => noted(Reflect.construct(target, values, derived), values[0]),
    get: (target, name) => ({ json, redirect })[name as "json"] ?? Reflect.get(target, name),
  });
}

function watchReading(name: "text" | "json" | "arrayBuffer"): void {
  const read = Response.prototype[name];
  Response.prototype[name] = async function (this: Response) {
    responses.add(this);
    const value = await read.call(this);
    look("a response body", value instanceof ArrayBuffer ? new Uint8Array(value) : value);
    return value;
  };
}

/** Servers of Node.js that run in this process, whatever framework they have. */
function watchServerResponses(): void {
  for (const name of ["write", "end", "writeHead", "setHeader", "appendHeader"] as const) {
    const original = ServerResponse.prototype[name] as Method;
    Object.defineProperty(ServerResponse.prototype, name, {
      configurable: true,
      writable: true,
      value(this: ServerResponse, ...values: never[]) {
        if (name === "setHeader" || name === "appendHeader") lookAtHeaders([values as never]);
        else if (name === "writeHead") lookAtHead(values);
        else look("a response body", typeof values[0] === "function" ? null : values[0]);
        return original.apply(this, values);
      },
    });
  }
}

// As an object, as a list of pairs, or as names and values in turn.
function lookAtHead(values: readonly unknown[]): void {
  const headers = values.find((value) => typeof value === "object" && value !== null) ?? {};
  const list = Array.isArray(headers) ? headers.flat() : Object.entries(headers).flat();
  lookAtHeaders(list.flatMap((name, i) => (i % 2 === 0 ? [[String(name), list[i + 1]] as const] : [])));
}

/** Answers to requests that were made with `node:http`. */
function watchIncomingResponses(): void {
  const alongs = new WeakMap<IncomingMessage, (piece: unknown) => void>();
  IncomingMessage.prototype.push = function (this: IncomingMessage, chunk, encoding) {
    if (this.statusCode) {
      if (!alongs.has(this)) lookAtHeaders(Object.entries(this.headers));
      const along = alongs.get(this) ?? lookAlong("a response body");
      alongs.set(this, along);
      along(chunk);
    }
    return Readable.prototype.push.call(this, chunk, encoding);
  };
}
