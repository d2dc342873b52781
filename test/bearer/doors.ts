import type { IncomingMessage, ServerResponse } from "node:http";
import { nextSessions } from "../../src/adapters/next/index.ts";
import { withSession as withNodeSession } from "../../src/adapters/node.ts";
import { withSession as withWebSession } from "../../src/adapters/web.ts";
import { bridge, listen, type Running } from "../http/servers.ts";
import { type World, world } from "../support/world.ts";

export const origin = "https://shop.example";

/** What the application does at the path that it is asked for. Whatever it answers comes back as JSON. */
const acts: Readonly<Record<string, (session: Session) => unknown>> = {
  "/who": (session) => ({ userId: session.userId, data: session.data }),
  "/sign-in": async (session) => {
    await session.signIn("ann");
    return { userId: session.userId };
  },
  "/write": async (session) => {
    await session.set({ seen: true });
    return { userId: session.userId };
  },
  "/rotate": async (session) => {
    await session.rotate();
    return { userId: session.userId };
  },
  "/leave": async (session) => {
    await session.destroy();
    return {};
  },
};

interface Session {
  readonly userId: string | null;
  readonly data: object;
  signIn(userId: string): Promise<unknown>;
  set(data: object): Promise<unknown>;
  rotate(): Promise<unknown>;
  destroy(): Promise<unknown>;
}

/** A way in, served by a real server: the adapters, each with the same application behind it. */
export interface Door {
  readonly name: string;
  open(options?: object): Promise<Running & World>;
}

const act = (path: string | undefined, session: unknown) => acts[path?.replace(/\?.*/, "") ?? ""]?.(session as Session);
const answer = (response: ServerResponse, value: unknown) => response.end(JSON.stringify(value ?? null));

function nextOf({ sessions }: World, options: object) {
  const { onEvent, runtime, store } = sessions.policy;
  return nextSessions({ store, runtime, onEvent, origins: [origin], bearer: true, ...options } as never);
}

export const doors: readonly Door[] = [
  {
    name: "coatcheck/web",
    async open(options = {}) {
      const here = world({ bearer: true, ...options });
      const handler = withWebSession(here.sessions, async (request, session) =>
        Response.json((await act(new URL(request.url).pathname, session)) ?? null),
      );
      return { ...here, ...(await listen(bridge(handler))) };
    },
  },
  {
    name: "coatcheck/node",
    async open(options = {}) {
      const here = world({ bearer: true, ...options });
      const handler = withNodeSession(here.sessions, async (request, response, session) => {
        const value = await act(request.url, session);
        response.writeHead(200, { "content-type": "application/json" });
        answer(response, value);
      });
      return { ...here, ...(await listen(handler)) };
    },
  },
  {
    name: "coatcheck/next, a route handler",
    async open(options = {}) {
      const here = world({ bearer: true, ...options });
      const next = nextOf(here, options);
      const handler = next.withSession(async (request: Request) => {
        const { pathname } = new URL(request.url);
        return Response.json((await act(pathname, (request as Request & { session: unknown }).session)) ?? null);
      }) as unknown as (request: Request) => Promise<Response>;
      return { ...here, ...(await listen(bridge(handler))) };
    },
  },
  {
    name: "coatcheck/next, (req, res)",
    async open(options = {}) {
      const here = world({ bearer: true, ...options });
      const next = nextOf(here, options);
      const handler = next.withSession(async (request: never, response: never) => {
        const { url, session } = request as IncomingMessage & { session: unknown };
        return answer(response, await act(url, session));
      }) as unknown as (request: IncomingMessage, response: ServerResponse) => Promise<void>;
      return {
        ...here,
        ...(await listen((request, response) => {
          handler(request, response).catch(() => response.writeHead(500).end());
        })),
      };
    },
  },
];
