import type { IncomingMessage, ServerResponse } from "node:http";
import { nextSessions } from "../../src/adapters/next/index.ts";
import { sessionMiddleware, withSession as withNodeSession } from "../../src/adapters/node.ts";
import { withSession as withWebSession } from "../../src/adapters/web.ts";
import { type createSessions, memoryStore, type SessionEvent } from "../../src/index.ts";
import { exchange } from "./raw.ts";
import { bridge, listen, type Running } from "./servers.ts";
import { cookieName } from "./site.ts";

/** The only origin of the application under test. */
export const own = "https://shop.example";

type Options = Partial<Parameters<typeof createSessions>[0]>;

/** One session, of whose visits an application counts those that change something. */
export function makeSessions(options: Options, events: SessionEvent[] = []) {
  const count = { auth: "anyone", handler: ({ session }: { session: CountingSession }) => counted(session) } as const;
  return nextSessions({
    store: memoryStore(),
    origins: [own],
    onEvent: (event) => events.push(event),
    ...options,
    actions: {
      read: { method: "GET", auth: "anyone", handler: () => "read" },
      post: count,
      put: { ...count, method: "PUT" },
      patch: { ...count, method: "PATCH" },
      delete: { ...count, method: "DELETE" },
    },
  });
}

interface CountingSession {
  update(key: "count", change: (count: unknown) => unknown): Promise<unknown>;
}
export type Made = ReturnType<typeof makeSessions>;

const counted = (session: CountingSession) => session.update("count", (count) => Number(count ?? 0) + 1);
const isUnsafe = (method: string | undefined) => !["GET", "HEAD"].includes(method ?? "");

/** How an application is served: every way in which a request reaches a session. */
export const transports: Readonly<Record<string, (made: Made) => Promise<Running>>> = {
  handlers: ({ sessions }) => listen(bridge((request) => sessions.handler(request))),
  "withSession of coatcheck/web": ({ sessions }) =>
    listen(
      bridge(
        withWebSession(sessions, async (request, session) =>
          Response.json(isUnsafe(request.method) ? await counted(session as never) : "read"),
        ),
      ),
    ),
  "withSession of coatcheck/node": ({ sessions }) =>
    listen(
      withNodeSession(sessions, async ({ method }, response, session) => {
        response.end(JSON.stringify(isUnsafe(method) ? await counted(session as never) : "read"));
      }),
    ),
  "the middleware of coatcheck/node": ({ sessions }) => {
    const middleware = sessionMiddleware(sessions);
    return listen((request, response) =>
      middleware(request, response, async () => {
        const { session } = request as typeof request & { session: CountingSession };
        response.end(JSON.stringify(isUnsafe(request.method) ? await counted(session) : "read"));
      }),
    );
  },
};

// What the wrapper takes and gives in a test: test/next/next-types.test-d.ts has its true types.
type Loose = (handler: (...args: never[]) => unknown) => (...args: unknown[]) => Promise<never>;
const loose = ({ withSession }: Made) => withSession as unknown as Loose;

/** The Next adapter, as far as it needs no Next: test/next has the rest. */
const nextTransports: typeof transports = {
  "withSession of coatcheck/next, a route handler": (made) => {
    const handler = loose(made)(async ({ method, session }: Request & { session: CountingSession }) =>
      Response.json(isUnsafe(method) ? await counted(session) : "read"),
    );
    return listen(bridge((request) => handler(request, {})));
  },
  "withSession of coatcheck/next, an API route": (made) => {
    const handler = loose(made)(
      async ({ method, session }: IncomingMessage & { session: CountingSession }, response: ServerResponse) => {
        response.end(JSON.stringify(isUnsafe(method) ? await counted(session) : "read"));
      },
    );
    return listen((request, response) => void handler(request, response));
  },
  "withSession of coatcheck/next, getServerSideProps": (made) => {
    const handler = loose(made)(async ({ req, session }: { req: IncomingMessage; session: CountingSession }) => ({
      props: { value: isUnsafe(req.method) ? await counted(session) : "read" },
    }));
    return listen(async (req, res) => {
      const result = await handler({ req, res });
      if (!res.writableEnded) res.end(JSON.stringify(result));
    });
  },
};
Object.assign(transports, nextTransports);

/** A request of the matrix. */
export interface Sent {
  readonly method: string;
  readonly site?: string | undefined;
  readonly origin?: string | undefined;
  readonly type?: string | undefined;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly path?: string;
}

const bodies: Readonly<Record<string, string>> = {
  "application/json": "{}",
  "application/x-www-form-urlencoded": "a=1",
  "multipart/form-data; boundary=x": '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
};

/** Sends a request with ann's cookie, and tells how the count in her session has changed. */
export async function send(running: Running, { sessions }: Made, token: string, sent: Sent) {
  const { method, site, origin, type } = sent;
  const countNow = async () => Number((await sessions.validate(token))?.data.count ?? 0);
  const before = await countNow();
  const { status, body, headers, cookies } = await exchange(running.origin, {
    method,
    path: sent.path ?? `/api/session/${isUnsafe(method) ? method.toLowerCase() : "read"}`,
    headers: {
      cookie: `${cookieName}=${token}`,
      "sec-fetch-site": site,
      origin,
      "content-type": type,
      ...sent.headers,
    },
    body: isUnsafe(method) ? (bodies[type ?? ""] ?? (type && "x")) : undefined,
  });
  return { status, body, headers, cookies, added: (await countNow()) - before };
}
