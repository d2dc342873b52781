import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { nextSessions } from "../../src/adapters/next/index.ts";
import { memoryStore } from "../../src/index.ts";
import { countingStore, failingStore } from "../../src/testing/index.ts";
import { Browser, startServer, type Task } from "../pages/browser.ts";

const store = countingStore(memoryStore());
const ran: string[] = [];
const { auth, getSession, openSession, requireUser, withSession, handlers, sessions } = nextSessions({
  store,
  origins: ["https://shop.example"],
  user: (id) => ({ id, name: "Ada" }),
  extend: {
    greeting: (session) => {
      ran.push("greeting");
      return `Hello ${session.user?.name}`;
    },
  },
});

const cookieOf = (token: string) => `theme=dark; __Host-session=${token}; _ga=GA1.2.3`;

startServer();

/** Makes a real request with a token, answered by a task. */
async function overNode<Result>(token: string, task: Task<Result>) {
  const browser = new Browser();
  for (const [name, value] of Object.entries({ theme: "dark", "__Host-session": token }))
    browser.cookies.set(name, value);
  return browser.visit(task);
}

type Opened = Awaited<ReturnType<typeof openSession>>;

const shown = (session: { id: string | null; userId: string | null; greeting: string }) => ({
  id: session.id,
  userId: session.userId,
  greeting: session.greeting,
});

describe("R-A1 one configuration gives the handlers, the helper and the wrapper", () => {
  it("all of them of one session, whose types are the configuration's", async () => {
    const { token, session } = await sessions.create({ userId: "u1" });
    const request = new Request("https://shop.example/api/session", { headers: { cookie: cookieOf(token) } });
    const answered = await handlers.GET(request);
    expect(await answered.json()).toMatchObject({ id: session.id, userId: "u1" });
    const helped = await auth(new Request("https://shop.example/", { headers: { cookie: cookieOf(token) } }));
    const name: string | undefined = helped?.user.name; // types: inferred, and no `any`
    expect([helped?.id, name]).toEqual([session.id, "Ada"]);
    expect(handlers.POST).toBeTypeOf("function");
    expect(withSession).toBeTypeOf("function");
  });
});

describe("R-A2 one helper, whatever it is given: the same session for the same cookie", () => {
  // `()` asks Next for the request at hand: that form is tested in real applications, in test/next.
  const forms: Readonly<Record<string, (token: string) => Promise<unknown>>> = {
    "getSession(request)": async (token) =>
      shown(await getSession(new Request("https://shop.example/", { headers: { cookie: cookieOf(token) } }))),
    "openSession(request)": async (token) =>
      shown(await openSession(new Request("https://shop.example/", { headers: { cookie: cookieOf(token) } }))),
    "requireUser(request)": async (token) =>
      shown(await requireUser(new Request("https://shop.example/", { headers: { cookie: cookieOf(token) } }))),
    "getSession(req, res)": async (token) =>
      (await overNode(token, async (req, res) => shown(await getSession(req, res)))).result,
    "auth(req, res)": async (token) =>
      (await overNode(token, async (req, res) => shown((await auth(req, res)) ?? expect.fail("nobody")))).result,
    "getSession(context)": async (token) =>
      (await overNode(token, async (req, res) => shown(await getSession({ req, res })))).result,
    "withSession(handler) of an API route": async (token) => {
      let seen: unknown;
      const handler = withSession(async (req: IncomingMessage & { session: Opened }, _res: ServerResponse) => {
        await req.session.loadUser();
        seen = shown(req.session);
      });
      await overNode(token, handler as unknown as Task<unknown>); // `this` of the emitter is what does not fit
      return seen;
    },
  };
  it.each(Object.entries(forms))("%s", async (_, ask) => {
    const { token, session } = await sessions.create({ userId: "u1" });
    expect(await ask(token)).toEqual({ id: session.id, userId: "u1", greeting: "Hello Ada" });
  });

  it("R-A9 twenty calls in one request make one read and evaluate an extension once", async () => {
    const { token } = await sessions.create({ userId: "u1" });
    store.reset();
    ran.length = 0;
    await overNode(token, async (req, res) => {
      for (let call = 0; call < 20; call++) shown(await getSession(req, res));
    });
    expect([store.total(), ran]).toEqual([1, ["greeting"]]);
  });
});

describe("R-A4 an answer sets the cookies that the library changed, and no other", () => {
  it.each(["", "nonsense", "valid"])("none where nothing was changed: token %s", async (kind) => {
    const token = kind === "valid" ? (await sessions.create({ userId: "u1" })).token : kind;
    const many = `${cookieOf(token)}; authjs.session-token=SECRET-TOKEN; a=1; b=2`;
    const request = new Request("https://shop.example/api/session", { headers: { cookie: many } });
    expect((await handlers.GET(request)).headers.getSetCookie()).toEqual([]);
    const { setCookies } = await overNode(token, async (req, res) => shown(await getSession(req, res)));
    expect(setCookies).toEqual([]);
  });

  it("one, at the control: a change of the token", async () => {
    const { token } = await sessions.create({ userId: "u1" });
    const { setCookies } = await overNode(token, async (req, res) => (await openSession(req, res)).rotate());
    expect(setCookies).toHaveLength(1);
  });
});

describe("R-A5 R-A6 it fails closed, and an outage is told from nobody", () => {
  const failing = failingStore(memoryStore());
  const down = nextSessions({ store: failing, origins: ["https://shop.example"] });

  it("anonymous is null and no object; an outage is a typed error and a 503, and clears no cookie", async () => {
    const { token } = await down.sessions.create({ userId: "u1" });
    const request = () => new Request("https://shop.example/api/session", { headers: { cookie: cookieOf(token) } });
    expect(await down.auth(new Request("https://shop.example/"))).toBeNull();
    expect(await (await down.handlers.GET(new Request("https://shop.example/api/session"))).json()).toBeNull();
    failing.fail("find", "refuse");
    await expect(down.auth(request())).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    await expect(down.getSession(request())).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    const response = await down.handlers.GET(request());
    expect([response.status, response.headers.getSetCookie()]).toEqual([503, []]);
    failing.heal();
    expect((await down.auth(request()))?.userId).toBe("u1");
  });
});
