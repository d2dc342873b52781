import { describe, expect, it } from "vitest";
import { withSession } from "../../src/adapters/web.ts";
import { createSessions, memoryStore } from "../../src/index.ts";
import { countingStore } from "../../src/testing/index.ts";

const own = "https://shop.example";
const cookieName = "__Host-session";
const secret = "a secret of at least thirty-two bytes";

function scene(options: Partial<Parameters<typeof createSessions>[0]> = {}) {
  const store = countingStore(memoryStore());
  const sessions = createSessions({ secrets: [secret], ...options, store, origins: [own] });
  /** The session of a request of its own. */
  const visit = async (token: string) => {
    const session = await sessions.validate(token);
    if (!session) throw new Error("the token opens nothing");
    return session;
  };
  return { store, sessions, visit };
}

describe("X7 synchronizer tokens", () => {
  it("hold in every tab and after a rotation, and are another text each time", async () => {
    const { sessions, visit, store } = scene();
    const { token, session } = await sessions.create({ userId: "ann" });
    const calls = store.total;
    const given = await Promise.all([session.csrfToken("cart"), session.csrfToken("cart"), session.csrfToken("cart")]);
    expect(new Set(given).size).toBe(3);
    expect(store.total).toBe(calls);
    for (const each of given) expect(each).toMatch(/^[\w-]{65}$/);
    const next = (await (await visit(token)).rotate()) as string;
    for (const each of given) expect(await (await visit(next)).verifyCsrfToken(each, "cart")).toBe(true);
  });

  it("have no part in common for an attack by compression to guess at (BREACH)", async () => {
    const { sessions } = scene();
    const { session } = await sessions.create({ userId: "ann" });
    const given = await Promise.all(Array.from({ length: 50 }, () => session.csrfToken()));
    const runs = given.flatMap((text) => Array.from({ length: text.length - 7 }, (_, at) => text.slice(at, at + 8)));
    expect(new Set(runs).size).toBe(runs.length);
  });

  it("are worth nothing with another session, for another form, changed, or whatever else", async () => {
    const { sessions, visit } = scene();
    const ann = await sessions.create({ userId: "ann" });
    const bob = await sessions.create({ userId: "bob" });
    const given = await ann.session.csrfToken("cart");
    const { session } = ann;
    expect(await session.verifyCsrfToken(given, "cart")).toBe(true);
    expect(await bob.session.verifyCsrfToken(given, "cart")).toBe(false);
    expect(await (await visit(bob.token)).verifyCsrfToken(given, "cart")).toBe(false);
    for (const form of [undefined, "", "car", "cart ", "Cart"])
      expect(await session.verifyCsrfToken(given, form)).toBe(false);
    for (let at = 0; at < given.length; at++) {
      const changed = given.slice(0, at) + (given[at] === "A" ? "B" : "A") + given.slice(at + 1);
      // The last character of 32 bytes in base64url carries two bits that mean nothing; as text it counts all the same.
      expect([at, await session.verifyCsrfToken(changed, "cart")]).toEqual([at, false]);
    }
    for (const other of [undefined, null, 1, {}, [given], "", `${given}=`, ` ${given}`, given.slice(1), "é".repeat(65)])
      expect(await session.verifyCsrfToken(other, "cart")).toBe(false);
  });

  it("of before a sign-in are refused after it", async () => {
    const { sessions, visit } = scene();
    const { token, session } = await sessions.create({ data: { step: 1 } });
    const before = await session.csrfToken();
    const next = await (await visit(token)).signIn("ann");
    const after = await visit(next);
    expect(after.id).toBe(session.id);
    expect(await after.verifyCsrfToken(before)).toBe(false);
    expect(await after.verifyCsrfToken(await after.csrfToken())).toBe(true);
  });

  it("of a visitor without a session are bound to nobody, and no session takes them for its own", async () => {
    const { sessions } = scene();
    let given = "";
    const page = withSession(sessions, async (_, session) => {
      given ||= await session.csrfToken();
      return Response.json(await session.verifyCsrfToken(given));
    });
    const request = () => new Request(own);
    expect(await (await page(request())).json()).toBe(true);
    expect(await (await page(request())).json()).toBe(true);
    const { session } = await sessions.create();
    expect(await session.verifyCsrfToken(given)).toBe(false);
  });

  it("are verified by every secret, made by the first, and by nothing else", async () => {
    const store = memoryStore();
    const [old, fresh, other] = ["o", "f", "x"].map((letter) => letter.repeat(32)) as [string, string, string];
    const make = (...secrets: string[]) => createSessions({ store, secrets, origins: [own] });
    const { token, session } = await make(old).create({ userId: "ann" });
    const given = await session.csrfToken();
    const verify = async (...secrets: string[]) => (await make(...secrets).validate(token))?.verifyCsrfToken(given);
    expect([await verify(old), await verify(fresh, old), await verify(fresh), await verify(other)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    const next = await (await make(fresh, old).validate(token))?.csrfToken();
    expect(await (await make(fresh).validate(token))?.verifyCsrfToken(next)).toBe(true);
  });

  it("need secrets, and a form's name that is a short text", async () => {
    const { session } = await scene({ secrets: [] }).sessions.create({ userId: "ann" });
    await expect(session.csrfToken()).rejects.toMatchObject({ code: "CONFIG_SECRET_MISSING" });
    await expect(session.verifyCsrfToken("x")).rejects.toMatchObject({ code: "CONFIG_SECRET_MISSING" });
    const other = await scene().sessions.create();
    await expect(other.session.csrfToken("x".repeat(257))).rejects.toMatchObject({ code: "DATA_INVALID" });
    await expect(other.session.csrfToken(1 as never)).rejects.toMatchObject({ code: "DATA_INVALID" });
  });
});

describe("GET {basePath}/csrf", () => {
  const ask = async (options: object, query = "") => {
    const { sessions } = scene(options);
    const { token } = await sessions.create({ userId: "ann" });
    const headers = { cookie: `${cookieName}=${token}` };
    const response = await sessions.handler(new Request(`${own}/api/session/csrf${query}`, { headers }));
    return { response, session: await sessions.validate(token) };
  };

  it("gives a token for the form that is named", async () => {
    const { response, session } = await ask({}, "?form=cart");
    const { token } = await response.json();
    expect(response.headers.get("cache-control")).toBe("private, no-store");
    expect(await session?.verifyCsrfToken(token, "cart")).toBe(true);
  });

  it("is not there without secrets, and no place for long names", async () => {
    expect((await ask({ secrets: [] })).response.status).toBe(404);
    expect((await ask({}, `?form=${"x".repeat(257)}`)).response.status).toBe(400);
  });
});

interface Sent {
  readonly type?: string;
  readonly body?: string;
  readonly header?: string;
  readonly cookie?: string;
  readonly method?: string;
}

describe("csrf.tokens: a form must bring one", () => {
  const { sessions } = scene({
    csrf: { tokens: true, exempt: ["/hook"] },
    actions: {
      pay: {
        auth: "anyone",
        handler: ({ session }: { session: { userId: string | null } }) => session.userId,
      } as never,
      free: { auth: "anyone", csrfToken: false, handler: () => "free" } as never,
    },
  });
  const page = withSession(sessions, async (request, session) => {
    return Response.json([session.userId, request.method === "GET" ? "" : await request.text()]);
  });

  async function send(path: string, { type, body, header, cookie, method = "POST" }: Sent) {
    const headers = new Headers({ origin: own });
    if (type) headers.set("content-type", type);
    if (header) headers.set("x-csrf-token", header);
    if (cookie) headers.set("cookie", cookie);
    const request = new Request(own + path, {
      method,
      headers,
      ...(body !== undefined && { body: new TextEncoder().encode(body) }),
    });
    return path.startsWith("/api/session") ? sessions.handler(request) : page(request);
  }

  async function ann() {
    const { token, session } = await sessions.create({ userId: "ann" });
    return { cookie: `${cookieName}=${token}`, session };
  }
  const form = "application/x-www-form-urlencoded";

  it.each(["/page", "/api/session/pay"])("%s", async (path) => {
    const { cookie, session } = await ann();
    const given = await session.csrfToken();
    const statusOf = async (sent: Sent) => (await send(path, { cookie, ...sent })).status;
    expect(await statusOf({ type: form, body: `a=1&csrf_token=${given}` })).toBe(200);
    expect(await statusOf({ type: form, body: "a=1", header: given })).toBe(200);
    expect(await statusOf({ type: form, body: "a=1" })).toBe(403);
    expect(await statusOf({ type: form, body: `csrf_token=${given}&csrf_token=${given}` })).toBe(403);
    expect(await statusOf({ type: form, body: `csrf_token=${await (await ann()).session.csrfToken()}` })).toBe(403);
    for (const type of ["text/plain", "non/sense"]) expect(await statusOf({ type, body: given })).not.toBe(200);
    expect(await statusOf({ type: "multipart/form-data; boundary=x", body: "--x--\r\n" })).not.toBe(200);
    expect(await statusOf({})).toBe(403);
    expect(await statusOf({ type: "application/json", body: "{}" })).toBe(200);
    if (path === "/page") expect(await statusOf({ method: "GET" })).toBe(200);
  });

  it("leaves the body to the handler, and asks nobody without our cookie", async () => {
    const { cookie, session } = await ann();
    const body = `a=1&csrf_token=${await session.csrfToken()}`;
    expect(await (await send("/page", { cookie, type: form, body })).json()).toEqual(["ann", body]);
    expect((await send("/page", { type: form, body: "a=1" })).status).toBe(200);
    expect((await send("/hook", { cookie, type: form, body: "a=1" })).status).toBe(200);
  });

  it("an action takes the token of its own name too, and may say otherwise for itself", async () => {
    const { cookie, session } = await ann();
    const own = { cookie, type: form, body: `csrf_token=${await session.csrfToken("pay")}` };
    expect((await send("/api/session/pay", own)).status).toBe(200);
    expect((await send("/page", own)).status).toBe(403);
    expect((await send("/api/session/free", { cookie, type: form, body: "a=1" })).status).toBe(200);
  });
});
