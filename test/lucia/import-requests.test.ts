import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { luciaImportMiddleware, withLuciaImport } from "../../src/adapters/lucia/index.ts";
import { type RequestWithSession, sessionMiddleware } from "../../src/adapters/node.ts";
import { withSession } from "../../src/adapters/web.ts";
import { memoryStore } from "../../src/index.ts";
import { failingStore } from "../../src/testing/index.ts";
import { luciaId, type Moving, moving, settled } from "./visitors.ts";

const oldCookie = `auth_session=${luciaId()}`;
type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Serves one request with Lucia's cookie through the middleware, and answers the response. */
async function ask({ importer, sessions }: Moving, answer: Answer): Promise<Response> {
  const [move, load] = [luciaImportMiddleware(importer), sessionMiddleware(sessions)];
  const server = createServer((request, response) =>
    move(request, response, () => load(request, response, () => void answer(request, response))),
  );
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  try {
    const { port } = server.address() as AddressInfo;
    return await fetch(`http://127.0.0.1:${port}/`, { headers: { cookie: oldCookie } });
  } finally {
    server.close();
  }
}

const sessionOf = (request: IncomingMessage) => (request as RequestWithSession<never>).session as never as SignedIn;
interface SignedIn {
  readonly userId: string;
  destroy(): Promise<void>;
}

describe("on Node", () => {
  it("the handler sees who is signed in, and both cookies are set on a private response", async () => {
    const world = moving();
    const response = await ask(world, (request, response) => response.end(sessionOf(request).userId));
    expect(await response.text()).toBe("ada");
    const [ours = "", old] = response.headers.getSetCookie();
    expect(await world.sessions.validate(/^__Host-session=([^;]+)/.exec(ours)?.[1] ?? "")).not.toBeNull();
    expect(old).toMatch(/^auth_session=; Path=\/; Max-Age=0/);
    expect(response.headers.get("cache-control")).toBe("private, no-store");
  });

  it.each<[what: string, answer: Answer]>([
    ["setHeader", (_, response) => response.setHeader("set-cookie", "a=b").end()],
    ["writeHead", (_, response) => response.writeHead(200, { "set-cookie": "a=b" }).end()],
    ["appendHeader", (_, response) => response.appendHeader("set-cookie", "a=b").end()],
  ])("an application that sets cookies of its own with %s loses none", async (_how, answer) => {
    const response = await ask(moving(), answer);
    const names = response.headers.getSetCookie().map((line) => line.slice(0, line.indexOf("=")));
    expect(names.sort()).toEqual(["__Host-session", "a", "auth_session"]);
  });

  it("a sign-out in the same request wins", async () => {
    const response = await ask(moving(), async (request, response) => {
      await sessionOf(request).destroy();
      response.end();
    });
    const ours = response.headers.getSetCookie().filter((line) => line.startsWith("__Host-session="));
    expect(ours).toEqual([expect.stringContaining("Max-Age=0")]);
  });
});

describe("with Request and Response", () => {
  const request = () => new Request("https://shop.example/", { headers: { cookie: oldCookie } });

  it("the handler sees who is signed in, and both cookies are set on a private response", async () => {
    const { importer, sessions } = moving();
    const handler = withLuciaImport(
      importer,
      withSession(sessions, (_request, session) => new Response(session.userId)),
    );
    const response = await handler(request());
    expect(await response.text()).toBe("ada");
    expect(response.headers.getSetCookie()).toHaveLength(2);
    expect(response.headers.get("cache-control")).toBe("private, no-store");
  });

  it("a sign-out in the same request wins", async () => {
    const { importer, sessions } = moving();
    const signOut = withSession(sessions, async (_request, session) => {
      await session.destroy();
      return new Response();
    });
    const response = await withLuciaImport(importer, signOut)(request());
    const ours = response.headers.getSetCookie().filter((line) => line.startsWith("__Host-session="));
    expect(ours).toEqual([expect.stringContaining("Max-Age=0")]);
  });

  it("a request without Lucia's cookie is handed on as it is, and its response too", async () => {
    const given = new Request("https://shop.example/");
    const answer = new Response("ok");
    const handler = withLuciaImport(moving().importer, (seen) => {
      expect(seen).toBe(given);
      return answer;
    });
    expect(await handler(given)).toBe(answer);
  });

  it("an outage is a 503 that sets no cookie, and the handler is not run", async () => {
    const store = failingStore(memoryStore());
    const world = moving({}, { store });
    store.fail("create", "refuse");
    const handler = withLuciaImport(world.importer, () => {
      throw new Error("must not run");
    });
    const result = await settled(world.runtime, handler(request()));
    const response = result.status === "fulfilled" ? result.value : null;
    expect(response?.status).toBe(503);
    expect(response?.headers.getSetCookie()).toEqual([]);
    store.heal();
    expect((await world.importer.importRequest(oldCookie))?.userId).toBe("ada");
  });
});
