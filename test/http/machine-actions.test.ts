import { describe, expect, it } from "vitest";
import { createSessions, memoryStore } from "../../src/index.ts";
import { failingStore } from "../../src/testing/index.ts";
import { type World, world } from "../support/world.ts";

const secret = "a secret of at least thirty-two bytes";
const next = "another one of at least thirty-two bytes";
const said: unknown[] = [];

const refund = (given: string | readonly string[] | undefined, more: object = {}) => ({
  actions: {
    refund: {
      auth: { secret: given },
      handler: (context: object) => {
        said.push(context);
        return { refunded: true };
      },
      ...more,
    },
  } as never,
});

function call({ sessions }: World, headers: Record<string, string> = {}, method = "POST", name = "refund") {
  return sessions.handler(new Request(`https://shop.example/api/session/${name}`, { method, headers }));
}

const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` });

describe("R-A18 actions of other machines", () => {
  it("T11 X11 are opened by the secret alone: no cookie, no origin, no store call", async () => {
    const here = world(refund(secret));
    for (const scheme of ["Bearer", "bearer", "BEARER"]) {
      const response = await call(here, { authorization: `${scheme} ${secret}` });
      expect([response.status, await response.json()]).toEqual([200, { refunded: true }]);
      expect(response.headers.get("cache-control")).toBe("private, no-store");
      expect(response.headers.getSetCookie()).toEqual([]);
    }
    expect(here.store.total()).toBe(0);
  });

  it("give their handler the input and the request, and no session, whatever cookie comes with the secret", async () => {
    said.length = 0;
    const here = world(refund(secret));
    const { token } = await here.sessions.create({ userId: "ann" });
    const before = here.store.total();
    const cookie = { cookie: `__Host-session=${token}`, "sec-fetch-site": "cross-site" };
    expect((await call(here, { ...bearer(secret), ...cookie })).status).toBe(200);
    expect(Object.keys(said[0] as object).sort()).toEqual(["input", "request"]);
    expect(here.store.total()).toBe(before);
  });

  it("T11 are not opened by the cookie of a signed-in visitor", async () => {
    const here = world(refund(secret));
    const { token } = await here.sessions.create({ userId: "ann" });
    const headers = { cookie: `__Host-session=${token}`, "sec-fetch-site": "same-origin" };
    expect((await call(here, headers)).status).toBe(401);
    expect((await call(here, { ...headers, ...bearer(token) })).status).toBe(401);
  });

  const wrong: Record<string, Record<string, string>> = {
    "no header": {},
    "another secret": bearer(`${secret}x`),
    "a part of it": bearer(secret.slice(0, -1)),
    "another scheme": { authorization: `Basic ${secret}` },
    "the secret alone": { authorization: secret },
    "the scheme alone": { authorization: "Bearer" },
    "an empty one": { authorization: "Bearer " },
    "two spaces": { authorization: `Bearer  ${secret}` },
    "two of them": { authorization: `Bearer ${secret}, Bearer ${secret}` },
    "one that is not ASCII": { authorization: "Bearer \u00e9\u00ff" },
    "one of 5 KiB": bearer("x".repeat(5_120)),
    undefined: bearer("undefined"),
    null: bearer("null"),
    "the secret in another header": { "x-skill-secret": secret },
  };
  for (const [what, headers] of Object.entries(wrong)) {
    it(`T12 answer ${what} with 401 and the scheme, set or not`, async () => {
      for (const given of [secret, [secret, next], undefined, []]) {
        const here = world(refund(given));
        const response = await call(here, headers);
        expect(response.status).toBe(401);
        expect(response.headers.get("www-authenticate")).toBe("Bearer");
        expect(here.store.total()).toBe(0);
      }
    });
  }

  it("T9 read no secret from the query or the body", async () => {
    const { sessions } = world(refund(secret));
    const url = `https://shop.example/api/session/refund?secret=${encodeURIComponent(secret)}&access_token=${secret}`;
    const body = new URLSearchParams({ access_token: secret, secret });
    expect((await sessions.handler(new Request(url, { method: "POST", body }))).status).toBe(401);
  });

  it("are there and refuse everybody while their secret is not set", async () => {
    for (const given of [undefined, []]) {
      const here = world(refund(given));
      for (const headers of [{}, bearer(""), bearer("undefined"), bearer(secret)])
        expect((await call(here, headers)).status).toBe(401);
      expect((await call(here, {}, "GET")).status).toBe(405);
    }
  });

  it("know each of several secrets, while one takes the place of another", async () => {
    const here = world(refund([next, secret]));
    for (const each of [next, secret]) expect((await call(here, bearer(each))).status).toBe(200);
    expect((await call(here, bearer(`${next}${secret}`))).status).toBe(401);
  });

  it("know their own secret, and not that of the sweeper", async () => {
    const here = world({ ...refund(secret), sweepSecret: next });
    expect((await call(here, bearer(next))).status).toBe(401);
    expect((await call(here, bearer(secret), "POST", "sweep")).status).toBe(401);
    expect((await call(here, bearer(next), "POST", "sweep")).status).toBe(200);
  });

  it("F13 T1 a secret that is short is refused at start-up, each of several", () => {
    for (const weak of ["", "short", [secret, "short"], [""], [undefined]]) {
      const make = () => world(refund(weak as never));
      expect(make).toThrow(expect.objectContaining({ code: "CONFIG_SECRET_WEAK" }));
    }
  });

  it("F13 an auth that asks for two things, a form's token, keys without apiKeys, or no list of scopes is refused", () => {
    const handler = () => null;
    const cases = [
      { auth: { secret, freshFor: "10m" }, handler },
      { auth: { secret, apiKey: true }, handler },
      { auth: { secret }, csrfToken: true, handler },
      { auth: { apiKey: { scopes: "read" } }, handler },
      { auth: { apiKey: { scopes: ["with space"] } }, handler },
      { auth: { apiKey: false }, handler },
      { auth: { apiKey: null }, handler },
    ];
    for (const a of cases) {
      const make = () => createSessions({ store: memoryStore(), apiKeys: {}, actions: { a } as never });
      expect(make).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    }
    const make = () => createSessions({ store: memoryStore(), actions: { a: { auth: { apiKey: true }, handler } } });
    expect(make).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});

describe("R-A19 actions of scripts", () => {
  const options = {
    apiKeys: { scopes: ["orders:read", "orders:write"] },
    user: (userId: string) => ({ name: `The user ${userId}` }),
    extend: { greeting: (session: { user: unknown }) => `Hello ${(session.user as { name: string }).name}` },
    actions: {
      any: {
        method: "GET",
        auth: { apiKey: true },
        handler: ({ session }: { session: Record<string, unknown> }) => {
          const { id, userId, user, kind, scopes, greeting, isAnonymous, authenticatedAt } = session;
          return { id, userId, user, kind, scopes, greeting, isAnonymous, authenticatedAt, set: typeof session.set };
        },
      },
      write: { auth: { apiKey: { scopes: ["orders:write"] } }, handler: () => ({ written: true }) },
      visitor: { auth: "anyone", handler: ({ session }: { session: { userId: unknown } }) => session.userId },
    },
  } as const;

  it("are opened by a key of a user, and know whom it stands for, with the extensions", async () => {
    const here = world(options as never);
    const { key, id } = await here.sessions.apiKeys.issue("ann", { name: "export", scopes: ["orders:read"] });
    const response = await call(here, bearer(key), "GET", "any");
    expect(await response.json()).toEqual({
      ...{ id, userId: "ann", user: { name: "The user ann" }, kind: "device", scopes: ["orders:read"] },
      ...{ greeting: "Hello The user ann", isAnonymous: false, authenticatedAt: 0, set: "undefined" },
    });
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it("answer a key without their scopes with 403, one with them with 200", async () => {
    const here = world(options as never);
    const issue = (scopes: string[]) => here.sessions.apiKeys.issue("ann", { name: "script", scopes });
    const [read, write] = [await issue(["orders:read"]), await issue(["orders:write"])];
    const refused = await call(here, bearer(read.key), "POST", "write");
    expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([
      403,
      'Bearer error="insufficient_scope"',
    ]);
    expect((await call(here, bearer(write.key), "POST", "write")).status).toBe(200);
  });

  it("T11 look at no cookie; and a visitor's actions look at no key", async () => {
    const here = world(options as never);
    const { key } = await here.sessions.apiKeys.issue("ann", { name: "script" });
    const { token } = await here.sessions.create({ userId: "bob" });
    const cookie = { cookie: `__Host-session=${token}`, "sec-fetch-site": "same-origin" };
    expect((await call(here, cookie, "GET", "any")).status).toBe(401);
    expect(await (await call(here, { ...cookie, ...bearer(key) }, "GET", "any")).json()).toMatchObject({
      userId: "ann",
    });
    expect(await (await call(here, { ...cookie, ...bearer(key) }, "POST", "visitor")).json()).toBe("bob");
    const forged = { ...cookie, ...bearer("forged.signature"), "sec-fetch-site": "cross-site" };
    expect((await call(here, forged, "POST", "visitor")).status).toBe(403);
  });

  it("F4 G8 answer an outage with 503, and never with 401", async () => {
    const store = failingStore(memoryStore());
    const sessions = createSessions({ store, ...options } as never); // with the clock of the machine: a read is tried again
    const { key } = await sessions.apiKeys.issue("ann", { name: "script" });
    store.fail("find", "refuse");
    expect((await call({ sessions } as never, bearer(key), "GET", "any")).status).toBe(503);
  });

  it("HEAD as GET, without the body", async () => {
    const here = world(options as never);
    const { key } = await here.sessions.apiKeys.issue("ann", { name: "script" });
    const response = await call(here, bearer(key), "HEAD", "any");
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });
});

describe("Actions behind which no credential stands", () => {
  const open = { auth: "nobody", handler: (context: object) => ({ given: Object.keys(context).sort() }) };

  it("X1 may be sent by any site, know no session, and make no store call", async () => {
    const here = world({ actions: { open } as never });
    const { token } = await here.sessions.create({ userId: "ann" });
    const before = here.store.total();
    const headers = {
      cookie: `__Host-session=${token}`,
      origin: "https://evil.example",
      "sec-fetch-site": "cross-site",
    };
    const response = await call(here, headers, "POST", "open");
    expect([response.status, await response.json()]).toEqual([200, { given: ["input", "request"] }]);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(here.store.total()).toBe(before);
  });

  it("X1 control: with any other auth the same request is refused, or meets no session", async () => {
    const here = world({ actions: { open: { ...open, auth: "anyone" } } as never });
    const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    expect((await call(here, headers, "POST", "open")).status).toBe(403);
  });

  it("have no form whose token could be asked for", () => {
    expect(() => world({ actions: { open: { ...open, csrfToken: true } } as never })).toThrow("for forms");
  });
});
