import { connect } from "node:net";
import { Readable } from "node:stream";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { nextSessions } from "../../src/adapters/next/index.ts";
import { withSession as withNodeSession } from "../../src/adapters/node.ts";
import { withSession } from "../../src/adapters/web.ts";
import { memoryStore } from "../../src/index.ts";
import { listen, type Running } from "./servers.ts";

const own = "https://shop.example";
const mistake = new Error("a mistake of the application");

async function enterAndFail({ session }: { session: { signIn(userId: string): Promise<unknown> } }): Promise<never> {
  await session.signIn("ann");
  throw mistake;
}

const made = nextSessions({
  store: memoryStore(),
  origins: [own],
  actions: {
    enter: { auth: "anyone", handler: enterAndFail },
    steer: {
      auth: "anyone",
      async handler({ session }) {
        await session.signIn("ann");
        throw Object.assign(new Error("NEXT_REDIRECT"), { digest: "NEXT_REDIRECT;replace;/;307;" });
      },
    },
    wrong: { auth: "anyone", handler: () => Promise.reject(mistake) },
    sent: {
      auth: "anyone",
      input: z.unknown(),
      handler: () => "all of it",
    },
  },
});
const { sessions } = made;
const post = (path: string) => new Request(`${own}/api/session/${path}`, { method: "POST", headers: { origin: own } });

const printed = vi.spyOn(console, "error").mockImplementation(() => {});
let running: Running | undefined;
afterEach(async () => {
  printed.mockClear();
  await running?.stop();
  running = undefined;
});

/** The user whom the cookie of a response signs in. */
async function signedInBy(response: Response): Promise<string | null | undefined> {
  const [line = ""] = response.headers.getSetCookie();
  return (await sessions.validate(/=([^;]*)/.exec(line)?.[1] ?? ""))?.userId;
}

describe("a handler that fails after it has changed the token: the visitor is not left with a dead one", () => {
  it("sessions.handler answers the mistake, with the cookie, and prints it", async () => {
    const response = await sessions.handler(post("enter"));
    expect([response.status, await response.clone().json()]).toEqual([500, { error: "internal_error" }]);
    expect(response.headers.get("cache-control")).toBe("private, no-store");
    expect(await signedInBy(response)).toBe("ann");
    expect(printed).toHaveBeenCalledWith(mistake);
  });

  it("where no cookie is lost, and where Next steers, the error is the framework's", async () => {
    await expect(sessions.handler(post("wrong"))).rejects.toBe(mistake);
    await expect(sessions.handler(post("steer"))).rejects.toThrow("NEXT_REDIRECT");
    expect(printed).not.toHaveBeenCalled();
  });

  it("withSession of coatcheck/next does so in a route handler, and in the proxy", async () => {
    const handler = made.withSession(async (request) => enterAndFail(request)) as unknown as (
      ...given: unknown[]
    ) => Promise<Response>;
    for (const context of [{ params: {} }, { waitUntil: () => {} }]) {
      const response = await handler(post("route"), context);
      expect([response.status, await signedInBy(response)]).toEqual([500, "ann"]);
    }
    const wrong = made.withSession(() => Promise.reject(mistake)) as unknown as typeof handler;
    await expect(wrong(post("route"), { params: {} })).rejects.toBe(mistake);
  });

  it("withSession of coatcheck/node does so", async () => {
    running = await listen(withNodeSession(sessions, (_request, _response, session) => enterAndFail({ session })));
    const response = await fetch(running.origin);
    expect([response.status, await signedInBy(response)]).toEqual([500, "ann"]);
  });

  it("withSession of coatcheck/web throws a response on with the cookie, and any error as it is", async () => {
    const thrower = withSession(sessions, async (_request, session) => {
      await session.signIn("ann");
      throw Response.redirect(`${own}/account`);
    });
    const thrown = await thrower(new Request(own)).catch((error: unknown) => error as Response);
    expect([thrown.status, await signedInBy(thrown)]).toEqual([302, "ann"]);
    const failing = withSession(sessions, (_request, session) => enterAndFail({ session }));
    await expect(failing(new Request(own))).rejects.toBe(mistake);
  });
});

describe("a body that breaks off is the client's, not a failure of the server", () => {
  it("answers 400 where the stream fails, and tells nothing", async () => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error("aborted")) });
    const headers = { origin: own, "content-type": "application/json" };
    const sent = new Request(`${own}/api/session/sent`, {
      method: "POST",
      headers,
      body,
      duplex: "half",
    } as RequestInit);
    const response = await sessions.handler(sent);
    expect([response.status, await response.json()]).toEqual([400, { error: "invalid_input" }]);
  });

  it("a body that somebody else reads is a mistake in the code, and said so", async () => {
    const headers = { origin: own, "content-type": "application/json" };
    const sent = new Request(`${own}/api/session/sent`, { method: "POST", headers, body: "{}" });
    sent.body?.getReader();
    await expect(sessions.handler(sent)).rejects.toThrow();
  });

  it("a client that hangs up in the middle of it leaves no error behind", async () => {
    const status = new Promise((resolve, reject) => {
      const listening = listen((incoming) => {
        const body = Readable.toWeb(incoming) as BodyInit;
        const headers = { origin: own, "content-type": "application/json" };
        const sent = new Request(`${own}/api/session/sent`, {
          method: "POST",
          headers,
          body,
          duplex: "half",
        } as RequestInit);
        sessions.handler(sent).then((response) => resolve(response.status), reject);
        incoming.socket.destroy();
      });
      listening.then((server) => {
        running = server;
        const { hostname, port } = new URL(server.origin);
        const head = `POST / HTTP/1.1\r\nhost: ${hostname}\r\ncontent-length: 20\r\n\r\n{"half": `;
        connect(Number(port), hostname)
          .on("error", () => undefined)
          .write(head);
      }, reject);
    });
    expect(await status).toBe(400);
  });
});
