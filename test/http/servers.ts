import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { withSession as withNodeSession } from "../../src/adapters/node.ts";
import { withSession as withWebSession } from "../../src/adapters/web.ts";
import type { DataSchemas } from "../../src/core/data-shape.ts";
import type { createSessions, InferSession } from "../../src/index.ts";

/** Sessions of any data. */
export type Sessions = ReturnType<typeof createSessions<DataSchemas, unknown, object>>;
export type Session = InferSession<Sessions>;

/** What a handler of a journey answers: a value, and whatever cookies and headers of its own. */
export interface Answer {
  readonly value: unknown;
  readonly cookies?: readonly string[];
}

/** What one request of a journey does. */
export type Act = (session: Session) => Answer | Promise<Answer>;

/** A server on a free port. */
export interface Running {
  readonly origin: string;
  stop(): Promise<void>;
}

/** How an application is served: each takes what the request shall do from a function, since the test decides it. */
export type Serve = (sessions: Sessions, act: Act) => Promise<Running>;

/** `coatcheck/node` under Node's own server. */
export const serveNode: Serve = (sessions, act) =>
  listen(
    withNodeSession(sessions, async (_, response, session) => {
      const { value, cookies = [] } = await act(session);
      response.writeHead(200, { "content-type": "application/json", "set-cookie": [...cookies] });
      response.end(JSON.stringify(value ?? null));
    }),
  );

/** `coatcheck/web` behind a small bridge from Node's requests to those of the Fetch API. */
export const serveWeb: Serve = (sessions, act) => {
  const handler = withWebSession(sessions, async (_, session) => {
    const { value, cookies = [] } = await act(session);
    const response = Response.json(value ?? null);
    for (const cookie of cookies) response.headers.append("set-cookie", cookie);
    return response;
  });
  return listen(bridge(handler));
};

/** Lets a Fetch-style handler answer Node's requests. */
export function bridge(handler: (request: Request) => Promise<Response>): RequestListener {
  return (incoming, outgoing) => {
    requestOf(incoming)
      .then(handler)
      .then(
        (response) => send(response, outgoing),
        () => outgoing.writeHead(500).end(),
      );
  };
}

export async function listen(listener: RequestListener): Promise<Running> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, stop: () => stop(server) };
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

async function requestOf(incoming: IncomingMessage): Promise<Request> {
  const { method = "GET", url = "/", headers } = incoming;
  const fields = Object.entries(headers).filter((field): field is [string, string] => typeof field[1] === "string");
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const body = chunks.length > 0 ? Buffer.concat(chunks) : null;
  return new Request(`http://${headers.host}${url}`, { method, headers: fields, body });
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  for (const [name, value] of response.headers) if (name !== "set-cookie") outgoing.setHeader(name, value);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) outgoing.setHeader("set-cookie", cookies);
  outgoing.writeHead(response.status);
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}
