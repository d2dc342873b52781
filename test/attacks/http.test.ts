import { createServer, get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { type NodeHandler, withSession as nodeWithSession } from "../../src/adapters/node.ts";
import { withSession } from "../../src/adapters/web.ts";
import { type NodeRequest, type NodeResponse, nodeExchange } from "../../src/http/node-exchange.ts";
import { fakeRuntime } from "../../src/testing/index.ts";
import { world } from "../support/world.ts";

/** Serves one request with a Node handler, and answers the response as a client sees it. */
// biome-ignore lint/suspicious/noExplicitAny: the data of these sessions does not matter
async function served(handler: NodeHandler<any>): Promise<IncomingMessage> {
  const server = createServer(nodeWithSession(world().sessions, handler));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const response = await new Promise<IncomingMessage>((resolve) => get({ host: "127.0.0.1", port }, resolve));
  response.resume();
  server.close();
  return response;
}

const linesOf = ({ rawHeaders }: IncomingMessage, name: string) =>
  rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);

describe("what an application does with its response", () => {
  it("writeHead(status, undefined, headers) sends the headers", async () => {
    const response = await served((_, answer) => answer.writeHead(200, undefined, { "x-a": "1" }).end());
    expect(response.headers["x-a"]).toBe("1");
  });

  it("raw headers of one name are all sent", async () => {
    const raw = ["WWW-Authenticate", "Basic", "WWW-Authenticate", "Bearer", "Set-Cookie", "a=1", "Set-Cookie", "b=1"];
    const response = await served((_, answer) => answer.writeHead(401, raw).end());
    expect(linesOf(response, "www-authenticate")).toEqual(["Basic", "Bearer"]);
    expect(linesOf(response, "set-cookie")).toEqual(["a=1", "b=1"]);
  });

  it("C13 cookies that writeHead is given once more are sent once", async () => {
    const response = await served(async (_, answer, session) => {
      answer.setHeader("set-cookie", "a=1");
      await session.set({ seen: true });
      const lines = answer.getHeader("set-cookie") as string[];
      answer.writeHead(200, { "Set-Cookie": [...lines, "b=1"] }).end();
    });
    expect(linesOf(response, "set-cookie").map((line) => line.split("=")[0])).toEqual(["a", "b", "__Host-session"]);
  });

  it("a header is found in any case, and a property of every object is not one", () => {
    const request: NodeRequest = { headers: { "user-agent": "test" } };
    const response = { writeHead: () => response, headersSent: false } as unknown as NodeResponse;
    const exchange = nodeExchange(request, response, fakeRuntime());
    expect([exchange.header("User-Agent"), exchange.header("constructor")]).toEqual(["test", null]);
  });

  it("an upgrade to a WebSocket goes through untouched", async () => {
    const { headers } = await fetch("data:,"); // immutable, as those of an upgrade are
    const upgrade = { status: 101, headers, body: null } as Response;
    const answer = withSession(world().sessions, () => upgrade);
    expect(await answer(new Request("https://shop.example/"))).toBe(upgrade);
  });
});
