import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { withSession as withNodeSession } from "../../src/adapters/node.ts";
import { withSession } from "../../src/adapters/web.ts";
import { world } from "../support/world.ts";

const isPrivate = { "cache-control": "private, no-store", vary: expect.stringMatching(/\bCookie\b/) };
const headersOf = (response: Response) => Object.fromEntries(response.headers);

const closing: Array<() => void> = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Serves over a real socket and gives the answer to one request. */
async function serve(handler: Parameters<typeof withNodeSession>[1], { sessions } = world()): Promise<Response> {
  const server = createServer(withNodeSession(sessions, handler));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

describe("G10 no shared cache ever holds a session", () => {
  it("H1 H2 a Response of a reader is private, whatever the application says of caching", async () => {
    const handler = withSession(
      world().sessions,
      (_request, session) =>
        new Response(String(session.isAnonymous), {
          headers: { "cache-control": "public, s-maxage=31536000", vary: "Accept-Language" },
        }),
    );
    const response = await handler(new Request("https://shop.example/"));
    expect(headersOf(response)).toMatchObject({ ...isPrivate, vary: "Accept-Language, Cookie" });
  });

  it("keeps an immutable response and its other headers", async () => {
    const handler = withSession(world().sessions, async (_request, session) => {
      await session.set({ a: 1 });
      return Response.redirect("https://shop.example/next", 303);
    });
    const response = await handler(new Request("https://shop.example/"));
    expect(response.status).toBe(303);
    expect(headersOf(response)).toMatchObject({ ...isPrivate, location: "https://shop.example/next" });
    expect(response.headers.getSetCookie()).toHaveLength(1);
  });

  it("C12 three cookies of the application and ours all survive (Response)", async () => {
    const handler = withSession(world().sessions, async (_request, session) => {
      await session.set({ a: 1 });
      const response = new Response("ok");
      for (const name of ["one", "two", "three"])
        response.headers.append("set-cookie", `${name}=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT`);
      return response;
    });
    const names = (await handler(new Request("https://shop.example/"))).headers
      .getSetCookie()
      .map((line) => line.split("=")[0]);
    expect(names).toEqual(["one", "two", "three", "__Host-session"]);
  });

  it("H1 a Node response is private though the handler says public afterwards, in setHeader or in writeHead", async () => {
    const bySetHeader = await serve(async (_request, response, session) => {
      await session.set({ a: 1 });
      response.setHeader("Cache-Control", "public, max-age=3600");
      response.end("ok");
    });
    expect(headersOf(bySetHeader)).toMatchObject(isPrivate);
    const byWriteHead = await serve((_request, response) => {
      response.writeHead(200, "Fine", { "Cache-Control": "public", Vary: "Accept" }).end("ok");
    });
    expect(headersOf(byWriteHead)).toMatchObject({ ...isPrivate, vary: "Accept, Cookie" });
    expect(byWriteHead.statusText).toBe("Fine");
  });

  it("C12 C13 cookies of a Node handler and ours all survive, ours once", async () => {
    const response = await serve(async (_request, outgoing, session) => {
      outgoing.setHeader("Set-Cookie", ["one=1", "two=2"]);
      await session.set({ a: 1 });
      await session.signIn("u1");
      outgoing.appendHeader("Set-Cookie", "three=3");
      outgoing.writeHead(200, { "Set-Cookie": "four=4" });
      outgoing.end();
    });
    const names = response.headers.getSetCookie().map((line) => line.split("=")[0]);
    expect(names.sort()).toEqual(["__Host-session", "four", "one", "three", "two"]);
  });

  it("our cookie survives a handler that sets the header anew", async () => {
    const response = await serve(async (_request, outgoing, session) => {
      await session.set({ a: 1 });
      outgoing.setHeader("Set-Cookie", "mine=1");
      outgoing.end();
    });
    expect(response.headers.getSetCookie().map((line) => line.split("=")[0])).toEqual(["mine", "__Host-session"]);
  });

  it("C16 a first write after the headers left is HEADERS_SENT, and stores nothing; data of a session still can change", async () => {
    const here = world();
    let code: unknown;
    await serve(async (_request, response, session) => {
      response.write("begun");
      code = await session.set({ a: 1 }).catch((error) => error.code);
      response.end();
    }, here);
    expect(code).toBe("HEADERS_SENT");
    expect(here.store.total()).toBe(0);
  });

  it("an error of the handler is a 500 and the server goes on", async () => {
    const here = world();
    const response = await serve(() => {
      throw new TypeError("mine");
    }, here);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("mine");
  });
});
