import { afterAll, describe, expect, it } from "vitest";
import type { CheckedRequest } from "../../src/http/origin-check.ts";
import type { SessionEvent } from "../../src/index.ts";
import { type Made, makeSessions, own, type Sent, send, transports } from "./cross-site-site.ts";
import { exchange } from "./raw.ts";
import { listen } from "./servers.ts";
import { cookieName } from "./site.ts";

const sites = ["same-origin", "none", "same-site", "cross-site", "unheard-of", undefined];
const origins = [own, "https://evil.test", "null", "nonsense", undefined];
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const types = [
  "application/json",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "text/plain",
  "non/sense",
  undefined,
];

const matrix = sites.flatMap((site) =>
  origins.flatMap((origin) => methods.flatMap((method) => types.map((type): Sent => ({ site, origin, method, type })))),
);

// Written down once more, in other words than in the source.
function expectedOf({ site, origin, method }: Sent): string {
  if (method === "GET" || method === "HEAD") return "200, +0";
  const isOurs = site === "same-origin" || site === "none" || (site === undefined && origin === own);
  return isOurs ? "200, +1" : "403, +0";
}

/** Sends the whole matrix, and lists what was not as it should be. */
async function wrongAnswers(
  name: string,
  check: "all" | "report" = "all",
  change = (given: Made): Made => given,
): Promise<string[]> {
  const made = change(makeSessions({ csrf: { check } }));
  const running = await (transports[name] as (typeof transports)[string])(made);
  const { token } = await made.sessions.create({ userId: "ann" });
  const wrong: string[] = [];
  for (const sent of matrix) {
    const { status, added } = await send(running, made, token, sent);
    if (`${status}, +${added}` !== expectedOf(sent)) wrong.push(`${JSON.stringify(sent)}: ${status}, +${added}`);
  }
  await running.stop();
  return wrong;
}

describe.each(Object.keys(transports))("X1 X2 X3 X4 through %s", (name) => {
  it(`${matrix.length} requests: foreign ones change nothing, our own are answered`, async () => {
    expect(await wrongAnswers(name)).toEqual([]);
  });

  it("negative control: where the check only reports, the matrix finds it out", async () => {
    const foreign = matrix.filter((sent) => expectedOf(sent) === "403, +0");
    expect(await wrongAnswers(name, "report")).toHaveLength(foreign.length);
  });
});

/** Guards with a mistake each, of the kind that were found in frameworks. They stand where ours does. */
const naiveGuards: Readonly<Record<string, (request: CheckedRequest) => boolean>> = {
  "takes Origin: null for none": ({ header }) => judge(header, { origin: header("origin")?.replace("null", own) }),
  "trusts a sibling subdomain": ({ header }) => header("sec-fetch-site") === "same-site" || judge(header),
  "asks for forms only": ({ header }) => !/form|plain/.test(header("content-type") ?? "") || judge(header),
  "asks for POST only": ({ method, header }) => method !== "POST" || judge(header),
  "trusts what it does not know": ({ header }) => header("sec-fetch-site") === "unheard-of" || judge(header),
  "lets pass what says nothing": ({ header }) => judge(header, { origin: header("origin") ?? own }),
  "asks for the origin alone": ({ header }) => header("origin") === own,
  "refuses everything": ({ method }) => method === "GET" || method === "HEAD",
};

function judge(header: CheckedRequest["header"], { origin = header("origin") ?? undefined } = {}): boolean {
  const site = header("sec-fetch-site");
  return site === null ? origin === own : site === "same-origin" || site === "none";
}

/** Puts a guard where ours stands. */
const guardedBy = (guard: (request: CheckedRequest) => boolean) => (made: Made) => {
  const admits = (request: CheckedRequest) => ["GET", "HEAD"].includes(request.method) || guard(request);
  return { ...made, sessions: { ...made.sessions, crossSite: { ...made.sessions.crossSite, admits } } };
};

it.each(Object.entries(naiveGuards))("negative control: the matrix finds a guard out that %s", async (_, guard) => {
  expect(await wrongAnswers("withSession of coatcheck/web", "all", guardedBy(guard))).not.toEqual([]);
});

it("the guard that these are made from has no mistake that the matrix knows", async () => {
  const right = guardedBy(({ header }) => judge(header));
  expect(await wrongAnswers("withSession of coatcheck/web", "all", right)).toEqual([]);
});

describe.each(Object.entries(transports))("a request through %s", async (name, serve) => {
  const events: SessionEvent[] = [];
  const made = makeSessions(
    { csrf: { trusted: ["https://app.shop.example"], exempt: ["/hook", "/hooks/*", "/api/session/post"] } },
    events,
  );
  const running = await serve(made);
  const { token } = await made.sessions.create({ userId: "ann" });
  afterAll(() => running.stop());
  const post = (sent: Partial<Sent>) => send(running, made, token, { method: "PUT", ...sent });

  it("that is refused is told why by nothing but a name, and is no secret to caches or the operator", async () => {
    events.length = 0;
    const { status, body, headers, cookies } = await post({ site: "cross-site", origin: "https://evil.test" });
    expect({ status, body, cookies }).toEqual({ status: 403, body: '{"error":"cross_site_request"}', cookies: [] });
    expect(headers).toMatchObject({ "cache-control": "private, no-store", vary: "Cookie, Sec-Fetch-Site, Origin" });
    const [event] = events.filter(({ type }) => type === "request-refused");
    const path = "/api/session/put";
    expect(event).toMatchObject({ reason: "fetch-site", method: "PUT", path, origin: "https://evil.test" });
    expect(event).not.toHaveProperty("isReportOnly");
  });

  it("X15 that is our own says what its answer depended on; a safe one depends on the cookie alone", async () => {
    expect((await post({ origin: own })).headers.vary).toBe("Cookie, Sec-Fetch-Site, Origin");
    expect((await post({ method: "GET" })).headers.vary).toBe("Cookie");
  });

  it.each(["x-http-method-override", "x-method-override", "x-http-method"])(
    "X10 is of the method that it is of, whatever %s says",
    async (field) => {
      const foreign = { site: "cross-site", origin: "https://evil.test" };
      const safe = await post({ ...foreign, method: "GET", headers: { [field]: "POST" } });
      expect([safe.status, safe.added]).toEqual([200, 0]);
      const unsafe = await post({ ...foreign, headers: { [field]: "GET" } });
      expect([unsafe.status, unsafe.added]).toEqual([403, 0]);
    },
  );

  it("of a trusted origin passes, and of one that looks like it does not", async () => {
    const trusted = await post({ site: "same-site", origin: "https://app.shop.example" });
    expect([trusted.status, trusted.added]).toEqual([200, 1]);
    for (const origin of [
      "https://app.shop.example.evil.test",
      "http://app.shop.example",
      "https://APP.shop.example",
    ]) {
      expect((await post({ site: "same-site", origin })).status).toBe(403);
    }
  });

  it("X12 that opens a WebSocket with our cookie comes from our own pages, or is refused", async () => {
    const upgrade = { method: "GET", headers: { upgrade: "websocket" } };
    const statusOf = async (sent: Partial<Sent>) => (await post({ ...upgrade, ...sent })).status;
    expect(await statusOf({ origin: own })).toBe(200);
    expect(await statusOf({ origin: own, site: "cross-site" })).toBe(200); // some browsers compare wss: with https:
    for (const origin of ["https://evil.test", "https://blog.shop.example", "null"])
      for (const site of [undefined, "none", "same-site"]) expect(await statusOf({ origin, site })).toBe(403);
    expect(await statusOf({ method: "GET", headers: { upgrade: "h2c" }, origin: "https://evil.test" })).toBe(200);
  });

  it("X8 without a cookie is refused all the same when it says that it comes from elsewhere", async () => {
    const { status, cookies } = await post({ site: "cross-site", origin: "null", headers: { cookie: undefined } });
    expect({ status, cookies }).toEqual({ status: 403, cookies: [] });
  });

  if (name === "handlers") {
    it("to an action of ours is not exempt by its path; to one of the application it is", async () => {
      const foreign = { origin: "https://evil.test", method: "POST" };
      expect((await post({ ...foreign, path: "/api/session/post" })).added).toBe(1);
      const ours = makeSessions({ csrf: { exempt: ["/api/session/*"] } });
      const own = await serve(ours);
      const visitor = await ours.sessions.create({ userId: "ann" });
      const { status } = await send(own, ours, visitor.token, { ...foreign, path: "/api/session/signout" });
      expect([status, await ours.sessions.validate(visitor.token)]).toEqual([403, expect.anything()]);
      await own.stop();
    });

    it("that says nothing of where it comes from is refused, with a cookie or without", async () => {
      expect((await post({})).status).toBe(403);
      expect((await post({ headers: { cookie: undefined } })).status).toBe(403);
    });
    return;
  }

  it("of another server, which has neither a cookie nor a browser's headers, passes without being configured", async () => {
    expect((await post({ headers: { cookie: undefined } })).status).toBe(200);
    expect((await post({ headers: { cookie: "other=1; xsession=2" } })).status).toBe(200);
    expect((await post({})).status).toBe(403);
  });

  it("to an exempt path passes; to one that a server might take for it does not", async () => {
    const foreign = { site: "cross-site", origin: "https://evil.test" };
    for (const path of ["/hook", "/hook?a=1", "/hooks/a", "/hooks/a/b"]) {
      expect([path, (await post({ ...foreign, path })).status]).toEqual([path, 200]);
    }
    const encoded = [
      ...["/h%6Fok", "/%68ook", "/hook%73/a", "/hook%2Fs/a", "/hooks/..%2Faccount", "/hooks/..%5Caccount"],
      ...["/hooks/%2E%2e/account", "/hooks/a%2F..%2F..%2Faccount", "/hooks/..\\account"],
    ];
    const others = [
      "/hookx",
      "/hook/a",
      "/Hook",
      "/hooks",
      "/hooks/..%2faccount",
      "/hooks//a",
      "/hooks/%2e%2e/account",
    ];
    for (const path of [
      ...others,
      "/hooks/../account",
      "/account?/hooks/a",
      "/hooks%2fa",
      "/hooks/..%5caccount",
      ...encoded,
    ]) {
      expect([path, (await post({ ...foreign, path })).status]).toEqual([path, 403]);
    }
  });
});

it("X14 report-only lets everything pass and tells what it would have refused", async () => {
  const events: SessionEvent[] = [];
  const made = makeSessions({ csrf: { check: "report" } }, events);
  const running = await (transports.handlers as (typeof transports)[string])(made);
  const { token } = await made.sessions.create({ userId: "ann" });
  const { status } = await send(running, made, token, { method: "POST", origin: "https://evil.test" });
  expect(status).toBe(200);
  expect(events.at(-1)).toMatchObject({ type: "request-refused", reason: "origin", isReportOnly: true });
  await running.stop();
});

it("what says nothing of where it comes from may be let pass, by a setting", async () => {
  const made = makeSessions({ csrf: { unmarked: "pass" } });
  for (const [name, serve] of Object.entries(transports)) {
    const running = await serve(made);
    const { token } = await made.sessions.create({ userId: "ann" });
    const silent = await send(running, made, token, { method: "POST" });
    const foreign = await send(running, made, token, { method: "POST", origin: "null" });
    expect([name, silent.status, foreign.status]).toEqual([name, 200, 403]);
    await running.stop();
  }
});

it("F13 options that cannot hold are refused at start-up", () => {
  for (const csrf of [
    { check: "off" },
    { unmarked: true },
    { trusted: ["*.shop.example"] },
    { trusted: ["https://shop.example/"] },
    { trusted: "https://shop.example" },
    { exempt: ["hook"] },
    { exempt: ["/*"] },
    { exempt: ["/a*"] },
    { exempt: ["/a/*/b"] },
    { exempt: ["/h%6Fok"] },
    { exempt: ["/hooks/%2e/*"] },
    { tokens: "yes" },
  ]) {
    expect(() => makeSessions({ csrf: csrf as never })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  }
  expect(() => makeSessions({ csrf: { tokens: true } })).toThrow(
    expect.objectContaining({ code: "CONFIG_SECRET_MISSING" }),
  );
});

describe("where withSession does not stand in front, a change of the session asks by itself", () => {
  const made = makeSessions({ csrf: { exempt: ["/hook"], trusted: ["https://id.example"] } });
  const foreign = { "sec-fetch-site": "cross-site", origin: "https://evil.test" };

  async function opened(method: string, headers: Readonly<Record<string, string>>, path = "/account") {
    const { token } = await made.sessions.create({ userId: "ann" });
    const cookie = `${cookieName}=${token}`;
    const session = await made.openSession(new Request(own + path, { method, headers: { ...headers, cookie } }));
    return { session, dataNow: async () => (await made.sessions.validate(token))?.data };
  }

  it("X8 a foreign request can be read, and changes nothing", async () => {
    const { session, dataNow } = await opened("POST", foreign);
    expect(session.userId).toBe("ann");
    const changes = [
      () => session.set({ count: 1 }),
      () => session.update("count" as never, () => 1 as never),
      () => session.signIn("bob"),
      () => session.rotate(),
      () => session.destroy(),
    ];
    for (const change of changes) await expect(change()).rejects.toMatchObject({ code: "CROSS_SITE_REQUEST" });
    expect(await dataNow()).toEqual({});
  });

  it("X8 nor signs anybody in, without a cookie", async () => {
    const request = new Request(`${own}/sign-in`, { method: "POST", headers: foreign });
    await expect(made.createAuthSession(request, "mallory")).rejects.toMatchObject({ code: "CROSS_SITE_REQUEST" });
    expect(await made.sessions.list("mallory")).toEqual([]);
  });

  it.each([
    ["our own", "POST", { origin: own }, "/account"],
    ["one that says nothing", "POST", {}, "/account"],
    ["one that changes nothing by its method", "GET", foreign, "/account"],
    ["one of an exempt path", "POST", foreign, "/hook"],
    ["one of a trusted origin", "POST", { ...foreign, origin: "https://id.example" }, "/account"],
  ] as const)("%s goes through", async (_, method, headers, path) => {
    const { session, dataNow } = await opened(method, headers, path);
    await session.set({ count: 1 });
    expect(await dataNow()).toEqual({ count: 1 });
  });

  it("in the Pages Router too", async () => {
    const { token } = await made.sessions.create({ userId: "ann" });
    const running = await listen(async (request, response) => {
      const session = await made.openSession(request, response);
      await session.set({ count: 1 }).catch((error) => response.end(error.code));
      response.end();
    });
    const headers = { cookie: `${cookieName}=${token}`, ...foreign };
    const { body } = await exchange(running.origin, { method: "POST", path: "/", headers });
    expect([body, (await made.sessions.validate(token))?.data]).toEqual(["CROSS_SITE_REQUEST", {}]);
    await running.stop();
  });
});
