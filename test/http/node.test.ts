import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RequestWithSession, sessionMiddleware, withSession } from "../../src/adapters/node.ts";
import type { SessionTypes } from "../../src/core/session.ts";
import { createSessions, isSessionError, memoryStore } from "../../src/index.ts";
import { type FailingStore, failingStore } from "../../src/testing/index.ts";
import { listen, type Running, type Session, type Sessions } from "./servers.ts";
import { cookieName } from "./site.ts";

let store: FailingStore;
let sessions: Sessions;
let running: Running;

beforeEach(() => {
  store = failingStore(memoryStore());
  sessions = createSessions({ store, origins: ["https://shop.example"] });
});
afterEach(() => running.stop());

/** What a late change of the session comes to. */
const codeOf = (change: Promise<unknown>) =>
  change.then(
    () => "stored",
    (error) => (isSessionError(error) ? error.code : "another error"),
  );

describe("C16 after the headers were sent (coatcheck/node)", () => {
  const late = async (change: (session: Session) => Promise<unknown>, cookie = "") => {
    running = await listen(
      withSession(sessions, async (_, response, session) => {
        response.write("begun ");
        response.end(await codeOf(change(session)));
      }),
    );
    const response = await fetch(running.origin, { headers: { cookie } });
    return [await response.text(), response.headers.getSetCookie()];
  };

  const changes: Record<string, (session: Session) => Promise<unknown>> = {
    "a first write": (session) => session.set({ step: 1 }),
    "a sign-in": (session) => session.signIn("ann"),
    "a sign-out": (session) => session.destroy(),
    "a rotation": (session) => session.rotate(),
  };
  for (const [name, change] of Object.entries(changes)) {
    it(`${name} is refused with HEADERS_SENT, and no cookie is lost in silence`, async () => {
      expect(await late(change)).toEqual(["begun HEADERS_SENT", []]);
      expect(await sessions.list("ann")).toEqual([]);
    });
  }

  it("a write to a session that is there needs no cookie and is stored", async () => {
    const { token } = await sessions.create();
    const [text] = await late((session) => session.set({ step: 1 }), `${cookieName}=${token}`);
    expect(text).toBe("begun stored");
    expect((await sessions.validate(token))?.data).toEqual({ step: 1 });
  });
});

describe("Connect-style middleware", () => {
  type Next = (request: RequestWithSession<SessionTypes>, response: ServerResponse) => Promise<void>;

  const serve = async (next: Next) => {
    const middleware = sessionMiddleware(sessions);
    running = await listen((request: IncomingMessage, response: ServerResponse) => {
      middleware(request, response, (error) => {
        if (error) response.writeHead(500).end("next was given an error");
        else void next(request as RequestWithSession<SessionTypes>, response);
      });
    });
  };

  it("L24 gives a stranger a session without a cookie, and keeps the response private", async () => {
    await serve(async ({ session }, response) => void response.end(String(session.isAnonymous)));
    const response = await fetch(running.origin);
    expect([await response.text(), response.headers.getSetCookie()]).toEqual(["true", []]);
    expect(response.headers.get("cache-control")).toBe("private, no-store");
  });

  it("L4 signs in, and the next request is the user's", async () => {
    await serve(async ({ session, url }, response) => {
      if (url === "/sign-in") await session.signIn("ann");
      response.end(session.userId);
    });
    const [line = ""] = (await fetch(`${running.origin}/sign-in`)).headers.getSetCookie();
    const response = await fetch(running.origin, { headers: { cookie: line.split(";")[0] ?? "" } });
    expect(await response.text()).toBe("ann");
  });

  it("F4 answers 503 itself while the store is away, and goes on when it is back", async () => {
    const { token } = await sessions.create({ userId: "ann" });
    await serve(async ({ session }, response) => void response.end(session.userId));
    const headers = { cookie: `${cookieName}=${token}` };
    store.fail("find", "refuse");
    const away = await fetch(running.origin, { headers });
    expect([away.status, away.headers.get("retry-after"), away.headers.getSetCookie()]).toEqual([503, "2", []]);
    store.heal();
    expect(await (await fetch(running.origin, { headers })).text()).toBe("ann");
  });
});
