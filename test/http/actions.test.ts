import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createSessions, memoryStore } from "../../src/index.ts";
import { failingStore, fakeRuntime } from "../../src/testing/index.ts";
import { exchange } from "./raw.ts";
import { bridge, listen } from "./servers.ts";
import { cookieName } from "./site.ts";

const own = "https://shop.example";
const base = "/api/session";
const runtime = fakeRuntime();
const store = failingStore(memoryStore());
const secrets = ["a secret of at least thirty-two bytes"];
const users = new Set(["ann", "bob"]);

const address = z.object({ street: z.string().min(1), lines: z.array(z.object({ seats: z.number() })).optional() });
const sessions = createSessions({
  store,
  runtime: { now: () => runtime.now() }, // the timers are real: a failing store is asked again after a pause
  secrets,
  origins: [own],
  user: (userId) => (users.has(userId) ? { id: userId } : null),
  data: { name: z.string().max(10), visits: z.number().default(0) },
  actions: {
    whoami: { method: "GET", auth: "anyone", handler: ({ session }) => ({ userId: session.userId }) },
    rename: {
      input: z.object({ name: z.string(), userId: z.string().optional() }),
      async handler({ session, input }) {
        await session.set({ name: input.name });
        return { by: session.userId, name: session.data.name };
      },
    },
    move: { method: "PUT", input: address, handler: ({ input }) => input },
    search: { method: "GET", auth: "anyone", input: z.unknown(), handler: ({ input }) => input },
    echo: {
      auth: "anyone",
      input: z.unknown(),
      handler: ({ input }) => ({ input: input === undefined ? "none" : input }),
    },
    strict: { auth: "anyone", input: z.strictObject({ a: z.string() }), handler: ({ input }) => input },
    upload: {
      auth: "anyone",
      input: z.object({ file: z.instanceof(File) }),
      handler: async ({ input }) => ({ name: input.file.name, text: await input.file.text() }),
    },
    enter: { auth: "anyone", handler: ({ session }) => session.signIn("ann") },
    pay: { auth: { freshFor: "10m" }, handler: () => "paid" },
    settle: { auth: { freshFor: "10m" }, turnAwayTo: "/confirm", handler: () => "settled" },
    teapot: { auth: "anyone", handler: () => new Response("short and stout", { status: 418 }) },
    nothing: { auth: "anyone", handler: () => {} },
    mistake: {
      auth: "anyone",
      handler() {
        throw new Error("a mistake of the application");
      },
    },
    "change.e-mail_2": { method: "DELETE", auth: "anyone", handler: ({ input }) => input ?? "no input" },
  },
});
const running = await listen(bridge((request) => sessions.handler(request)));
afterAll(() => running.stop());

type Fields = Readonly<Record<string, string | undefined>>;

async function call(method: string, path: string, headers: Fields = {}, body?: string) {
  const answer = await exchange(running.origin, {
    method,
    path: base + path,
    headers: { origin: own, ...headers },
    body,
  });
  const isJson = answer.headers["content-type"]?.startsWith("application/json");
  return { ...answer, value: isJson && answer.body !== "" ? JSON.parse(answer.body) : answer.body };
}

const json = (path: string, value: unknown, headers: Fields = {}, method = "POST") =>
  call(method, path, { "content-type": "application/json", ...headers }, JSON.stringify(value));

async function cookieOf(userId: string | null): Promise<Fields> {
  const { token } = await sessions.create({ userId });
  return { cookie: `${cookieName}=${token}` };
}

describe("R-A7 who may call an action", () => {
  it("a signed-in user, who is the one of the session whatever the body says", async () => {
    const { status, value } = await json("/rename", { name: "Ann", userId: "bob" }, await cookieOf("ann"));
    expect({ status, value }).toEqual({ status: 200, value: { by: "ann", name: "Ann" } });
  });

  it("nobody else: an anonymous visitor, one without a session, one whose user is gone, a token that opens nothing", async () => {
    const gone = await cookieOf("zoe");
    for (const headers of [{}, await cookieOf(null), gone, { cookie: `${cookieName}=session_x.y` }]) {
      const { status, value } = await json("/rename", { name: "Ann" }, headers);
      expect({ status, value }).toEqual({ status: 401, value: { error: "unauthenticated" } });
    }
  });

  it("auth is judged before the input is looked at", async () => {
    expect((await call("POST", "/rename", {}, "{")).status).toBe(401);
  });

  it("anyone, where the action says so; what they sign in to reaches them", async () => {
    const { status, cookies } = await call("POST", "/enter");
    expect([status, cookies.length]).toEqual([200, 1]);
    const cookie = cookies[0]?.split(";")[0];
    expect((await call("GET", "/whoami", { cookie })).value).toEqual({ userId: "ann" });
  });

  it("someone who has signed in recently, where the action says how recently", async () => {
    const headers = await cookieOf("ann");
    expect((await call("POST", "/pay", headers)).value).toBe("paid");
    runtime.advance("10m");
    expect((await call("POST", "/pay", headers)).status).toBe(401);
  });

  it("G8 nobody while the store does not answer: a 503, and the cookie stays", async () => {
    const headers = await cookieOf("ann");
    store.fail("find", "refuse");
    const { status, value, cookies } = await json("/rename", { name: "Ann" }, headers);
    store.heal();
    expect({ status, value, cookies }).toEqual({
      status: 503,
      value: { error: "temporarily_unavailable" },
      cookies: [],
    });
  });
});

describe("what an action is sent", () => {
  const urlencoded = { "content-type": "application/x-www-form-urlencoded" };
  const boundary = { "content-type": "multipart/form-data; boundary=x" };
  const part = (name: string, value: string, more = "") =>
    `--x\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;

  it("JSON, by any name of it", async () => {
    for (const type of ["application/json", "Application/JSON; charset=utf-8", "application/vnd.shop.v1+json"]) {
      const { value } = await call("POST", "/echo", { "content-type": type }, '{"a":[1,null]}');
      expect(value).toEqual({ input: { a: [1, null] } });
    }
  });

  it("a form, with a list where a field is given twice", async () => {
    expect((await call("POST", "/echo", urlencoded, "a=1&b=2&b=3&c=%C3%A9")).value).toEqual({
      input: { a: "1", b: ["2", "3"], c: "é" },
    });
    expect((await call("POST", "/echo", boundary, `${part("a", "1")}${part("b", "2")}--x--\r\n`)).value).toEqual({
      input: { a: "1", b: "2" },
    });
  });

  it("a file of a form", async () => {
    const body = `${part("file", "hello", '; filename="a.txt"')}--x--\r\n`;
    expect((await call("POST", "/upload", boundary, body)).value).toEqual({ name: "a.txt", text: "hello" });
  });

  it("our own fields are not the application's input", async () => {
    const { value } = await call("POST", "/strict", urlencoded, "a=1&csrf_token=x&returnTo=%2Fa");
    expect(value).toEqual({ a: "1" });
  });

  it("the query of a GET", async () => {
    expect((await call("GET", "/search?q=ink&q=paper&__proto__=x")).value).toEqual(
      JSON.parse('{"q":["ink","paper"],"__proto__":"x"}'),
    );
  });

  it("nothing, where nothing is sent or no schema asks for it", async () => {
    expect((await call("POST", "/echo")).value).toEqual({ input: "none" });
    expect((await json("/change.e-mail_2", { a: 1 }, {}, "DELETE")).value).toBe("no input");
  });

  const wrong: readonly [string, Fields, string, number][] = [
    ["JSON that is none", { "content-type": "application/json" }, "{", 400],
    ["JSON in another encoding", { "content-type": "application/json" }, '"\ud800', 400],
    ["a form without its boundary", { "content-type": "multipart/form-data" }, "x", 400],
    ["a form that ends early", boundary, part("a", "1"), 400],
    ["text", { "content-type": "text/plain" }, "{}", 415],
    ["something unheard-of", { "content-type": "non/sense" }, "{}", 415],
    ["something without a type", {}, "{}", 415],
    ["a name of Object.prototype for a type", { "content-type": "__proto__" }, "{}", 415],
    ["more than 64 KiB", { "content-type": "application/json" }, `"${"x".repeat(65_536)}"`, 413],
  ];
  it.each(wrong)("%s is refused", async (_, headers, body, expected) => {
    const { status, value } = await call("POST", "/echo", headers, body);
    if (expected === 400 && body.includes("\ud800")) return expect(status).toBeLessThan(500); // Node sends its replacement
    return expect({ status, value }).toEqual({ status: expected, value: { error: "invalid_input" } });
  });

  it("more than 64 KiB is refused whatever length was declared", async () => {
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode("x".repeat(10_000))),
    });
    const request = new Request(`${own}${base}/echo`, {
      method: "POST",
      headers: { origin: own, "content-type": "application/json" },
      body,
      duplex: "half",
    } as RequestInit);
    expect((await sessions.handler(request)).status).toBe(413);
  });

  it("exactly 64 KiB is taken", async () => {
    const { status } = await call("POST", "/echo", { "content-type": "application/json" }, `"${"x".repeat(65_534)}"`);
    expect(status).toBe(200);
  });

  it("G14 what does not fit the schema is named by its field and never quoted", async () => {
    const headers = await cookieOf("ann");
    const { status, value } = await json("/move", { street: "", lines: [{ seats: "hunter2" }] }, headers, "PUT");
    expect({ status, value }).toEqual({
      status: 400,
      value: { error: "invalid_input", fields: ["street", "lines[0].seats"] },
    });
  });

  it("G14 what does not fit the session's data is a 400 that tells nothing, and is not stored", async () => {
    const headers = await cookieOf("ann");
    const { status, value } = await json("/rename", { name: "longer than ten" }, headers);
    expect({ status, value }).toEqual({ status: 400, value: { error: "invalid_input" } });
  });
});

describe("what an action answers", () => {
  it("a response as it is, nothing as null", async () => {
    expect(await call("POST", "/teapot")).toMatchObject({ status: 418, body: "short and stout" });
    expect((await call("POST", "/nothing")).value).toBeNull();
  });

  it("any other error is the application's own", async () => {
    const request = new Request(`${own}${base}/mistake`, { method: "POST", headers: { origin: own } });
    await expect(sessions.handler(request)).rejects.toThrow("a mistake of the application");
  });

  it("H2 H5 always private, and with the server's time", async () => {
    for (const [method, path] of [
      ["GET", ""],
      ["POST", "/echo"],
      ["GET", "/unknown"],
      ["PUT", "/echo"],
      ["POST", "/rename"],
      ["GET", "/csrf"],
    ] as const) {
      const { headers } = await call(method, path);
      expect([path, headers["cache-control"], headers["coatcheck-time"]]).toEqual([
        path,
        "private, no-store",
        String(runtime.now()),
      ]);
      expect(headers.vary).toContain("Cookie");
    }
  });

  it("404 for what is not there, 405 with what is", async () => {
    for (const path of ["/unknown", "/rename/x", "/__proto__", "/constructor", "//rename", "/sweep"]) {
      expect([path, (await call("POST", path)).status]).toEqual([path, 404]);
    }
    for (const [method, path, allow] of [
      ["POST", "/whoami", "GET, HEAD"],
      ["GET", "/rename", "POST"],
      ["OPTIONS", "/rename", "POST"],
      ["HEAD", "/rename", "POST"],
      ["POST", "", "GET, HEAD"],
      ["PROPFIND", "/move", "PUT"],
    ] as const) {
      const { status, headers } = await call(method, path);
      expect([method, path, status, headers.allow]).toEqual([method, path, 405, allow]);
    }
  });

  it("HEAD as GET, without the body", async () => {
    const headers = await cookieOf("ann");
    for (const path of ["", "/whoami"]) {
      const { status, body, headers: answered } = await call("HEAD", path, headers);
      expect([status, body, answered["content-type"]]).toEqual([200, "", "application/json"]);
    }
  });
});

describe("X12 X13 a form without JavaScript", () => {
  const form = {
    "content-type": "application/x-www-form-urlencoded",
    accept: "text/html,application/xhtml+xml,*/*;q=0.8",
  };

  it("is stored and goes on to the page that it names", async () => {
    const headers = { ...form, ...(await cookieOf("ann")) };
    const sent = new URLSearchParams({ name: "Ann", returnTo: "/account?saved=1#name" });
    const { status, headers: answered } = await call("POST", "/rename", headers, String(sent));
    expect([status, answered.location]).toEqual([303, "/account?saved=1#name"]);
    expect((await call("POST", "/rename?returnTo=/a", headers, "name=Bea&returnTo=/b")).headers.location).toBe("/a");
  });

  it.each([
    "//evil.test",
    "/\\evil.test",
    "https://evil.test/",
    "/%09/evil.test",
    "javascript:alert(1)",
    "\t//evil.test",
  ])("and never to %j", async (returnTo) => {
    for (const path of ["/nothing", "/signout"]) {
      const inField = await call("POST", path, form, String(new URLSearchParams({ returnTo })));
      const inQuery = await call("POST", `${path}?${new URLSearchParams({ returnTo })}`, form);
      expect([inField.status, inField.headers.location, inQuery.headers.location]).toEqual([303, "/", "/"]);
    }
  });

  it("signs out and goes on", async () => {
    const headers = await cookieOf("ann");
    const { status, headers: answered } = await call("POST", "/signout", { ...form, ...headers }, "returnTo=%2Fbye");
    expect([status, answered.location]).toEqual([303, "/bye"]);
    expect((await call("GET", "", headers)).value).toBeNull();
  });

  it("goes nowhere twice: two fields of the name are none", async () => {
    const { headers } = await call("POST", "/nothing", form, "returnTo=/a&returnTo=/b");
    expect(headers.location).toBe("/");
  });

  it("is sent to prove who sends it where the action says so, with the way back; a script reads 401", async () => {
    const headers = { ...form, ...(await cookieOf("ann")) };
    expect((await call("POST", "/settle", headers, "returnTo=/bill")).headers.location).toBe("/bill");
    runtime.advance(600_001);
    const { status, headers: answered } = await call("POST", "/settle", headers, "returnTo=/bill%3Fn=1");
    expect([status, answered.location]).toEqual([303, "/confirm?returnTo=%2Fbill%3Fn%3D1"]);
    const elsewhere = await call("POST", "/settle", form, "returnTo=//evil.test");
    expect([elsewhere.status, elsewhere.headers.location]).toEqual([303, "/confirm?returnTo=%2F"]);
    expect((await call("POST", "/settle", { ...headers, accept: "*/*" }, "returnTo=/bill")).status).toBe(401);
    expect((await call("POST", "/pay", headers, "returnTo=/bill")).status).toBe(401);
  });

  it("whose answer is a response of the application gets that one", async () => {
    expect((await call("POST", "/teapot", form)).status).toBe(418);
  });
});

describe("L25 Clear-Site-Data", () => {
  const make = (signOut: object) => createSessions({ store: memoryStore(), origins: [own], signOut });
  const signOut = async (signOutOptions: object) => {
    const request = new Request(`${own}${base}/signout`, { method: "POST", headers: { origin: own } });
    return (await make(signOutOptions).handler(request)).headers.get("clear-site-data");
  };

  it("is sent where it was asked for, and not otherwise", async () => {
    expect(await signOut({})).toBeNull();
    expect(await signOut({ clearSiteData: ["cache", "storage"] })).toBe('"cache", "storage"');
  });

  it("F13 is nothing but what browsers know", () => {
    for (const clearSiteData of [["*"], "cache", [1]]) {
      expect(() => make({ clearSiteData })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    }
  });
});

describe("F13 actions that cannot be are refused at start-up", () => {
  const handler = () => null;
  const cases: Readonly<Record<string, object>> = {
    "an action of ours": { signout: { handler } },
    "one that we may yet open": { sweep: { handler } },
    "one of ours in capitals": { SignOut: { handler } },
    "no segment of a path": { "a/b": { handler } },
    "an empty name": { "": { handler } },
    "a name with a dot before it": { "..": { handler } },
    "a name with a space": { "a b": { handler } },
    "no handler": { a: {} },
    "nothing at all": { a: null },
    "a method that is none": { a: { handler, method: "HEAD" } },
    "a schema that is none": { a: { handler, input: {} } },
    "an auth that is none": { a: { handler, auth: "admin" } },
    "a freshness that is none": { a: { handler, auth: { freshFor: "soon" } } },
    "a page of another site to be sent to": { a: { handler, turnAwayTo: "//evil.test" } },
    "a page to be sent to where no form calls": { a: { handler, auth: "nobody", turnAwayTo: "/sign-in" } },
  };
  it.each(Object.entries(cases))("%s", (_, actions) => {
    const make = () => createSessions({ store: memoryStore(), actions: actions as never });
    expect(make).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });

  it("a token without secrets", () => {
    const make = () => createSessions({ store: memoryStore(), actions: { a: { handler, csrfToken: true } } });
    expect(make).toThrow(expect.objectContaining({ code: "CONFIG_SECRET_MISSING" }));
  });
});
