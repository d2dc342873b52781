import { describe, expect, it } from "vitest";
import { memoryStore } from "../../src/index.ts";
import { failingStore } from "../../src/testing/index.ts";
import { type World, world } from "../support/world.ts";

const base = "https://shop.example/api/session";

function scene(options: Parameters<typeof world>[0] = {}) {
  const here = world({ store: memoryStore(), ...options });
  const visitor = async (userId: string | null) => {
    const { token, session } = await here.sessions.create({ userId });
    return new Visitor(here, token, session.id as string);
  };
  return { ...here, visitor };
}

class Visitor {
  readonly #world: World;
  token: string;
  readonly id: string;

  constructor(world: World, token: string, id: string) {
    this.#world = world;
    this.token = token;
    this.id = id;
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await this.#world.sessions.handler(
      new Request(base + path, {
        method,
        headers: {
          cookie: `__Host-session=${this.token}`,
          "sec-fetch-site": "same-origin",
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    );
    const cookie = response.headers.getSetCookie().find((line) => line.startsWith("__Host-session="));
    if (cookie) this.token = /=([^;]*)/.exec(cookie)?.[1] ?? "";
    const text = await response.text();
    return { status: response.status, value: text === "" ? null : JSON.parse(text), headers: response.headers };
  }

  async isAlive() {
    return (await this.#world.sessions.validate(this.token)) !== null;
  }
}

describe("what a user may do with their sessions", () => {
  it("GET /devices lists their own, marks this one and tells no user id and no secret", async () => {
    const here = scene();
    const [one, other, bob] = [await here.visitor("ann"), await here.visitor("ann"), await here.visitor("bob")];
    const { status, value } = await one.call("GET", "/devices");
    const shown = value.devices as { id: string; isCurrent: boolean }[];
    expect(status).toBe(200);
    expect(shown.map(({ id }) => id).sort()).toEqual([one.id, other.id].sort());
    expect(shown.filter(({ isCurrent }) => isCurrent).map(({ id }) => id)).toEqual([one.id]);
    const keys = ["id", "device", "createdAt", "authenticatedAt", "lastSeenAt", "idleExpiresAt", "expiresAt"];
    for (const device of shown) expect(Object.keys(device).sort()).toEqual([...keys, "persistent", "isCurrent"].sort());
    expect(JSON.stringify(value)).not.toContain("ann");
    for (const { token } of [one, other, bob]) expect(JSON.stringify(value)).not.toContain(token.split(".")[1]);
  });

  it("POST /revoke ends one of their own, and nobody else's", async () => {
    const here = scene();
    const [one, other, bob] = [await here.visitor("ann"), await here.visitor("ann"), await here.visitor("bob")];
    expect((await one.call("POST", "/revoke", { id: bob.id })).value).toEqual({ revoked: false });
    expect((await one.call("POST", "/revoke", { id: other.id })).value).toEqual({ revoked: true });
    expect((await one.call("POST", "/revoke", { id: other.id })).value).toEqual({ revoked: false });
    expect([await one.isAlive(), await other.isAlive(), await bob.isAlive()]).toEqual([true, false, true]);
  });

  it.each([undefined, null, {}, [], "id", { id: 1 }, { id: "" }, { id: ["a"] }])(
    "POST /revoke of %j is a 400",
    async (body) => {
      const { status, value } = await (await scene().visitor("ann")).call("POST", "/revoke", body);
      expect({ status, value }).toEqual({ status: 400, value: { error: "invalid_input" } });
    },
  );

  it("POST /revoke takes a form, and goes on", async () => {
    const here = scene();
    const [one, other] = [await here.visitor("ann"), await here.visitor("ann")];
    const response = await here.sessions.handler(
      new Request(`${base}/revoke`, {
        method: "POST",
        headers: { cookie: `__Host-session=${one.token}`, "sec-fetch-site": "same-origin", accept: "text/html" },
        body: new URLSearchParams({ id: other.id, returnTo: "/account/devices" }),
      }),
    );
    expect([response.status, response.headers.get("location"), await other.isAlive()]).toEqual([
      303,
      "/account/devices",
      false,
    ]);
  });

  it("POST /revoke-others leaves this one, /signout-everywhere leaves none", async () => {
    const here = scene();
    const all = [await here.visitor("ann"), await here.visitor("ann"), await here.visitor("ann")] as const;
    const bob = await here.visitor("bob");
    expect((await all[0].call("POST", "/revoke-others")).value).toEqual({ revoked: 2 });
    expect([await all[0].isAlive(), await all[1].isAlive()]).toEqual([true, false]);
    const again = await here.visitor("ann");
    expect((await all[0].call("POST", "/signout-everywhere")).value).toEqual({ signedOut: true, ended: 2 });
    expect([all[0].token, await again.isAlive(), await bob.isAlive()]).toEqual(["", false, true]);
  });

  it("POST /touch moves the idle deadline and shows it", async () => {
    const here = scene({ timeouts: { idle: "30m", absolute: "1d" } });
    const ann = await here.visitor("ann");
    const before = (await ann.call("GET", "")).value.idleExpiresAt;
    here.runtime.advance("10s");
    const { value, headers } = await ann.call("POST", "/touch");
    expect(value.idleExpiresAt).toBe(before + 10_000);
    expect(headers.get("coatcheck-time")).toBe(String(here.runtime.now()));
    expect((await ann.call("GET", "")).value).toEqual(value);
  });

  it("POST /stop-impersonating gives the session back and shows whose it is", async () => {
    const here = scene({ impersonation: { allow: () => true }, user: (id) => ({ id }) });
    const ann = await here.visitor("ann");
    const session = await here.sessions.validate(ann.token);
    ann.token = (await session?.impersonate("bob", { reason: "Ticket 1" })) as unknown as string;
    expect((await ann.call("GET", "")).value).toMatchObject({ userId: "bob" });
    expect((await ann.call("POST", "/stop-impersonating")).value).toMatchObject({ userId: "ann" });
    expect((await ann.call("POST", "/stop-impersonating")).value).toMatchObject({ userId: "ann" });
  });

  const asked = [
    ["GET", "/devices"],
    ["POST", "/revoke"],
    ["POST", "/revoke-others"],
    ["POST", "/signout-everywhere"],
  ] as const;
  it.each(asked)("%s %s is a 401 for whoever is not signed in", async (method, path) => {
    const here = scene();
    const anonymous = await here.visitor(null);
    expect((await anonymous.call(method, path, method === "POST" ? { id: "x" } : undefined)).status).toBe(401);
    const half = await here.visitor(null);
    const session = await here.sessions.validate(half.token);
    half.token = (await session?.startSignIn("ann")) as unknown as string;
    expect((await half.call(method, path)).status).toBe(401);
    expect([await anonymous.isAlive(), await half.isAlive()]).toEqual([true, true]);
  });

  it.each(asked)("%s %s is a 401 for a user who is gone, and changes nothing", async (method, path) => {
    const users = new Set(["ann"]);
    const here = scene({ user: (id) => (users.has(id) ? { id } : null) });
    const [one, other] = [await here.visitor("ann"), await here.visitor("ann")];
    const call = () => one.call(method, path, method === "POST" ? { id: other.id } : undefined);
    users.clear();
    expect((await call()).status).toBe(401);
    expect(await here.sessions.list("ann")).toHaveLength(2);
    users.add("ann");
    expect((await call()).status).toBe(200); // control
  });

  it.each([
    ["byUser.destroy", 2],
    ["destroy", 1],
  ] as const)(
    "G8 POST /signout-everywhere while %s fails: nobody is told to be signed out, this one least",
    async (call, left) => {
      const store = failingStore(memoryStore());
      const here = scene({ store });
      const [one] = [await here.visitor("ann"), await here.visitor("ann")];
      const { token } = one;
      store.fail(call, "refuse");
      const asking = one.call("POST", "/signout-everywhere");
      await here.runtime.settle();
      here.runtime.advance("1s"); // the second try
      const { status, value } = await asking;
      expect([status, value, one.token]).toEqual([503, { error: "temporarily_unavailable" }, token]);
      store.heal();
      // The others go first, so that whoever is still signed in can try again.
      expect([await one.isAlive(), (await here.sessions.list("ann")).length]).toEqual([true, left]);
      expect((await one.call("POST", "/signout-everywhere")).value).toEqual({ signedOut: true, ended: left });
    },
  );

  it("POST /touch and /stop-impersonating show null where nobody is signed in", async () => {
    const anonymous = await scene().visitor(null);
    for (const path of ["/touch", "/stop-impersonating"]) {
      const { status, value } = await anonymous.call("POST", path);
      expect([path, status, value]).toEqual([path, 200, null]);
    }
  });

  it("X1 X8 X9 no other site does any of it, and no GET", async () => {
    const here = scene();
    const [ann, other] = [await here.visitor("ann"), await here.visitor("ann")];
    for (const path of [
      "/signout",
      "/signout-everywhere",
      "/revoke",
      "/revoke-others",
      "/touch",
      "/stop-impersonating",
    ]) {
      const refused = await ann.call("POST", path, { id: other.id }, { "sec-fetch-site": "cross-site" });
      expect([path, refused.status, refused.value]).toEqual([path, 403, { error: "cross_site_request" }]);
      expect([path, (await ann.call("GET", path)).status]).toEqual([path, 405]);
    }
    expect([await ann.isAlive(), await other.isAlive()]).toEqual([true, true]);
  });
});
