import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { nextSessions } from "../../src/adapters/next/index.ts";
import { sessionMiddleware, withSession } from "../../src/adapters/node.ts";
import { memoryStore } from "../../src/index.ts";
import { exchange } from "./raw.ts";
import { listen, type Running } from "./servers.ts";

const own = "https://shop.example";
const form = "application/x-www-form-urlencoded";
const events: string[] = [];
const made = nextSessions({
  store: memoryStore(),
  origins: [own],
  secrets: ["a secret of at least thirty-two bytes"],
  csrf: { tokens: true, exempt: ["/hook"] },
  onEvent: (event) => events.push("reason" in event ? `${event.type} ${event.reason}` : event.type),
});
const { sessions } = made;

let running: Running | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

/** What a body parser does, as those of Express and of API routes do. */
async function parse(request: IncomingMessage): Promise<void> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  Object.assign(request, { body: Object.fromEntries(new URLSearchParams(text)) });
}

const answer = (_request: unknown, response: ServerResponse) => void response.end("handled");
const api = made.withSession(answer as never) as unknown as RequestListener;

/** Every way to a session over Node's `(req, res)`. */
const ways: Readonly<Record<string, RequestListener>> = {
  "withSession of coatcheck/node": withSession(sessions, answer),
  "the middleware": (request, response) =>
    sessionMiddleware(sessions)(request, response, () => answer(request, response)),
  "withSession of an API route": api,
};

describe.each(Object.entries(ways))("X7 csrf.tokens in %s", (_, way) => {
  const serve = async (isParsed: boolean) => {
    running = await listen(async (request, response) => {
      if (isParsed) await parse(request);
      way(request, response);
    });
    const { token, session } = await sessions.create({ userId: "ann" });
    const given = await session.csrfToken();
    const cookie = `__Host-session=${token}`;
    const { origin } = running;
    const send = async (sent: { body?: string; headers?: Record<string, string>; method?: string; path?: string }) => {
      const { body, headers = {}, method = "POST", path = "/pay" } = sent;
      const fields = { origin: own, cookie, "content-type": form, ...headers };
      const { status, body: text } = await exchange(origin, { method, path, headers: fields, body });
      return status === 200 ? text : [status, JSON.parse(text)];
    };
    return { send, given };
  };
  const refused = [403, { error: "cross_site_request" }];

  it("a form that was parsed must bring its token, in the field or in the header", async () => {
    const { send, given } = await serve(true);
    events.length = 0;
    expect(await send({ body: "a=1" })).toEqual(refused);
    expect(events).toContain("request-refused token");
    expect(await send({ body: `csrf_token=${given.slice(1)}A` })).toEqual(refused);
    expect(await send({ body: "__proto__=1" })).toEqual(refused);
    expect(await send({ body: `csrf_token=${given}` })).toBe("handled");
    expect(await send({ body: "a=1", headers: { "x-csrf-token": given } })).toBe("handled");
  });

  it("one that nobody has parsed is refused without the header", async () => {
    const { send, given } = await serve(false);
    expect(await send({ body: `csrf_token=${given}` })).toEqual(refused);
    expect(await send({ body: "a=1", headers: { "x-csrf-token": given } })).toBe("handled");
  });

  it("JSON, a GET, an exempt path and a visitor without our cookie are asked for none", async () => {
    const { send } = await serve(true);
    expect(await send({ body: "{}", headers: { "content-type": "application/json" } })).toBe("handled");
    expect(await send({ method: "GET" })).toBe("handled");
    expect(await send({ body: "a=1", path: "/hook" })).toBe("handled");
    expect(await send({ body: "a=1", headers: { cookie: "" } })).toBe("handled");
  });
});
