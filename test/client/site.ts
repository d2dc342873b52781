import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { vi } from "vitest";
import { type FakeRuntime, fakeRuntime } from "../../src/testing/index.ts";

/** A public view as the default configuration shows it, with the user's name beside. */
export interface View {
  readonly id: string;
  readonly userId: string;
  readonly user: { readonly name: string };
  readonly version: number;
  readonly authenticatedAt: number;
  readonly idleExpiresAt: number;
  readonly expiresAt: number;
}

/** A browser's cookies: what keeps two visitors of a site apart. Its `fetch` sends them as a page of the site would. */
export interface Visitor {
  cookie: string;
  readonly fetch: typeof fetch;
}

/** A site with the session actions, on a real server, that the test watches and disturbs. */
export interface Site {
  readonly basePath: string;
  /** The clock of the server; `fakeRuntime` of its own. */
  readonly clock: FakeRuntime;
  /** Every request so far: "GET ", "POST /touch". Empty it to count anew. */
  readonly requests: string[];
  /** Which of them were passive. */
  readonly passive: string[];
  signIn(visitor: Visitor, userId?: string): View;
  /** Ends the visitor's session from outside. */
  end(visitor: Visitor): void;
  /** Changes the session as a request of the application would: a new version. */
  change(visitor: Visitor, patch: Partial<View>): View;
  /** What the server would show this visitor now. */
  view(visitor: Visitor): View | null;
  /** Answers everything with this status from now on; `null` ends that. */
  fail(status: number | null, body?: string): void;
  /** Keeps answers, made at once, from being sent until the answered function is called: all, or those of one kind. */
  hold(key?: string): () => void;
  stop(): Promise<void>;
}

export const idle = 30 * 60_000;
const absolute = 12 * 60 * 60_000;

export async function openSite(): Promise<Site> {
  const clock = fakeRuntime();
  const sessions = new Map<string, View>();
  const requests: string[] = [];
  const passive: string[] = [];
  let failure: { status: number; body: string } | null = null;
  let gate: Promise<void> | null = null;
  let held: string | undefined;
  let ids = 0;

  const living = (cookie: string) => {
    const view = sessions.get(cookie);
    return view && view.idleExpiresAt > clock.now() && view.expiresAt > clock.now() ? view : null;
  };
  const deviceOf = ({ userId, user, version, ...view }: View, current: string) => ({
    ...view,
    device: { name: "Firefox on Linux", address: null },
    createdAt: view.authenticatedAt,
    lastSeenAt: view.authenticatedAt,
    persistent: true,
    isCurrent: view.id === current,
  });
  const put = (cookie: string, view: View) => {
    sessions.set(cookie, view);
    return view;
  };
  const unauthenticated = [401, { error: "unauthenticated" }] as const;

  function answer(key: string, cookie: string, body: { id?: unknown }): readonly [number, unknown] {
    const view = living(cookie);
    const mine = view ? [...sessions].filter(([other, each]) => each.userId === view.userId && living(other)) : [];
    switch (key.replace(/\?.*$/, "")) {
      case "GET ":
        return [200, view];
      case "POST /signout":
        sessions.delete(cookie);
        return [200, { signedOut: true }];
      case "POST /signout-everywhere":
        for (const [other] of mine) sessions.delete(other);
        return view ? [200, { signedOut: true, ended: mine.length }] : unauthenticated;
      case "GET /devices":
        return view ? [200, { devices: mine.map(([, each]) => deviceOf(each, view.id)) }] : unauthenticated;
      case "POST /revoke": {
        if (!view) return unauthenticated;
        if (typeof body.id !== "string") return [400, { error: "invalid_input" }];
        const found = mine.find(([, each]) => each.id === body.id);
        return [200, { revoked: !!found && sessions.delete(found[0]) }];
      }
      case "POST /revoke-others": {
        if (!view) return unauthenticated;
        const others = mine.filter(([, each]) => each.id !== view.id);
        for (const [other] of others) sessions.delete(other);
        return [200, { revoked: others.length }];
      }
      case "POST /touch":
        return [200, view && put(cookie, { ...view, idleExpiresAt: Math.min(clock.now() + idle, view.expiresAt) })];
      case "POST /stop-impersonating":
        return [200, view && put(cookie, { ...view, userId: "admin", version: view.version + 1 })];
      case "GET /csrf":
        return [200, { token: `token for ${new URLSearchParams(key.split("?")[1]).get("form")}` }];
      case "POST /rename":
        return [200, { was: body }];
      default:
        return [404, { error: "not_found" }];
    }
  }

  async function respond(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const path = (incoming.url ?? "").replace(/^\/api\/session/, "");
    const key = `${incoming.method} ${path}`;
    requests.push(key);
    if (incoming.headers["coatcheck-passive"]) passive.push(key);
    let text = "";
    for await (const piece of incoming) text += piece;
    const [status, value] = failure
      ? [failure.status, null]
      : answer(key, `${incoming.headers["x-cookie"]}`, parse(text));
    const time = clock.now();
    if (gate && (held === undefined || held === key)) await gate;
    outgoing.writeHead(status, { "content-type": "application/json", "coatcheck-time": `${time}` });
    outgoing.end(failure?.body ?? JSON.stringify(value));
  }

  const server = createServer((incoming, outgoing) => void respond(incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    basePath: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/session`,
    clock,
    requests,
    passive,
    signIn(visitor, userId = "u1") {
      visitor.cookie = `session=${++ids}`;
      const authenticatedAt = clock.now();
      return put(visitor.cookie, {
        id: `id-${ids}`,
        userId,
        user: { name: `Name of ${userId}` },
        version: 1,
        authenticatedAt,
        idleExpiresAt: authenticatedAt + idle,
        expiresAt: authenticatedAt + absolute,
      });
    },
    end: (visitor) => void sessions.delete(visitor.cookie),
    change(visitor, patch) {
      const view = sessions.get(visitor.cookie)!;
      return put(visitor.cookie, { ...view, version: view.version + 1, ...patch });
    },
    view: (visitor) => living(visitor.cookie),
    fail(status, body = '{"error":"temporarily_unavailable"}') {
      failure = status === null ? null : { status, body };
    },
    hold(key) {
      held = key;
      let release = () => {};
      gate = new Promise((resolve) => {
        release = resolve;
      });
      return () => {
        gate = null;
        release();
      };
    },
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

export function newVisitor(): Visitor {
  const send = globalThis.fetch;
  const visitor: Visitor = {
    cookie: "",
    fetch: (input, init) => {
      const headers = new Headers(init?.headers);
      if (visitor.cookie) headers.set("x-cookie", visitor.cookie); // a page may not set the real one
      return send(input, { ...init, headers });
    },
  };
  return visitor;
}

function parse(text: string): { id?: unknown } {
  return text === "" ? {} : JSON.parse(text);
}

/** Waits until something holds that the network decides; on a busy machine that may take long. */
export function eventually<Result>(check: () => Result | Promise<Result>): Promise<Result> {
  return vi.waitFor(check, { timeout: 60_000, interval: 10 });
}
