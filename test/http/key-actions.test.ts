import { describe, expect, it } from "vitest";
import { Browser, type World, world } from "../support/world.ts";

async function signIn(here: World, userId: string): Promise<Browser> {
  const browser = new Browser(here);
  await browser.visit((session) => session.signIn(userId));
  return browser;
}

async function call({ sessions }: World, browser: Browser, method: string, name: string, body?: unknown) {
  const request = new Request(`https://shop.example/api/session/${name}`, {
    method,
    headers: {
      ...(browser.token !== "" && { cookie: `__Host-session=${browser.token}` }),
      "sec-fetch-site": "same-origin",
      "content-type": "application/json",
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const response = await sessions.handler(request);
  return {
    status: response.status,
    value: (await response.json()) as Record<string, unknown>,
    headers: response.headers,
  };
}

describe("the actions for a user's keys", () => {
  it("make, list and revoke them; the key is in the answer that made it, and in no other", async () => {
    const here = world({ apiKeys: { scopes: ["read"] } });
    const ann = await signIn(here, "ann");
    const made = await call(here, ann, "POST", "keys", { name: "backup", expiresIn: "30d", scopes: ["read"] });
    expect(made.status).toBe(200);
    expect(made.headers.get("cache-control")).toBe("private, no-store");
    const { key, id, expiresAt } = made.value as { key: string; id: string; expiresAt: number };
    const listed = await call(here, ann, "GET", "keys");
    const now = here.runtime.now();
    expect(listed.value).toEqual({
      keys: [{ id, name: "backup", scopes: ["read"], createdAt: now, lastUsedAt: null, expiresAt }],
    });
    expect((await here.sessions.apiKeys.validate(key))?.userId).toBe("ann");
    const bob = await signIn(here, "bob");
    expect((await call(here, bob, "POST", "revoke-key", { id })).value).toEqual({ revoked: false });
    expect((await call(here, ann, "POST", "revoke-key", { id })).value).toEqual({ revoked: true });
    expect((await call(here, ann, "POST", "revoke-key", {})).status).toBe(400);
    expect(await here.sessions.apiKeys.validate(key)).toBeNull();
  });

  it("do not exist where the configuration has no apiKeys", async () => {
    const here = world();
    const ann = await signIn(here, "ann");
    for (const [method, name] of [
      ["GET", "keys"],
      ["POST", "keys"],
      ["POST", "revoke-key"],
    ] as const)
      expect((await call(here, ann, method, name, method === "POST" ? {} : undefined)).status).toBe(404);
  });

  it("are for who is signed in, recently where that is asked for, and not while impersonating", async () => {
    const here = world({ apiKeys: { freshFor: "10m" }, impersonation: { allow: () => true } });
    const stranger = new Browser(here);
    expect((await call(here, stranger, "GET", "keys")).status).toBe(401);
    expect((await call(here, stranger, "POST", "keys", { name: "a" })).status).toBe(401);
    const ann = await signIn(here, "ann");
    here.runtime.advance("10m");
    expect((await call(here, ann, "POST", "keys", { name: "a" })).status).toBe(401);
    expect((await call(here, ann, "GET", "keys")).status).toBe(200);
    await ann.visit((session) => session.impersonate("bob", { reason: "Ticket 1" }));
    expect((await call(here, ann, "POST", "keys", { name: "a" })).status).toBe(403);
  });

  it("G13 answer what does not fit with 400, and quote nothing of it", async () => {
    const here = world({ apiKeys: { scopes: ["read"] } });
    const ann = await signIn(here, "ann");
    const bodies = [
      {},
      null,
      [],
      "text",
      7,
      { name: 1 },
      { name: "a", scopes: ["<script>"] },
      { name: "a", scopes: null },
    ];
    for (const body of [...bodies, { name: "a", expiresIn: "1000d" }, { name: "a", expiresIn: {} }]) {
      const { status, value } = await call(here, ann, "POST", "keys", body);
      expect([status, value]).toEqual([400, { error: "invalid_input" }]);
    }
    expect(here.store.counts.create).toBe(1);
  });

  it("X1 refuse another site", async () => {
    const here = world({ apiKeys: {} });
    const ann = await signIn(here, "ann");
    const request = new Request("https://shop.example/api/session/keys", {
      method: "POST",
      headers: { cookie: `__Host-session=${ann.token}`, "sec-fetch-site": "cross-site" },
    });
    expect((await here.sessions.handler(request)).status).toBe(403);
  });
});
