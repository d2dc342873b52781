import { describe, expect, it } from "vitest";
import { withSession } from "../../src/adapters/web.ts";
import { memoryStore, type SessionRecord } from "../../src/index.ts";
import { keyDigestOf } from "../../src/token/digest.ts";
import { tokens } from "../../src/tokens/index.ts";
import { verifyAccessToken } from "../../src/verify/index.ts";
import { everyText, recording } from "../support/recording-store.ts";
import { type World, world } from "../support/world.ts";
import { api, issuer, refresh, usual } from "../tokens/scene.ts";

const machineSecret = "a secret of at least thirty-two bytes";
const sweepSecret = "the sweeper's own thirty-two bytes and more";

const options = {
  apiKeys: {},
  secrets: ["0123456789abcdef0123456789abcdef"],
  sweepSecret,
  tokens: tokens(usual),
  actions: {
    machine: { auth: { secret: machineSecret }, handler: () => ({ in: true }) },
    script: { auth: { apiKey: true }, handler: () => ({ in: true }) },
    visitor: { auth: "user", handler: () => ({ in: true }) },
  },
} as const;

interface Credentials {
  readonly session: string;
  readonly key: string;
  readonly csrf: string;
  readonly sessionId: string;
  readonly keyId: string;
  readonly machine: string;
  readonly sweep: string;
  readonly keyAsSession: string;
  readonly sessionAsKey: string;
  readonly ticket: string;
  readonly ticketAsSession: string;
  readonly sessionAsTicket: string;
  readonly refresh: string;
  readonly access: string;
  readonly refreshAsSession: string;
  readonly sessionAsRefresh: string;
}

const respelled = (token: string, prefix: string) => prefix + token.slice(4);

async function issued({ sessions }: World): Promise<Credentials> {
  const { token, session } = await sessions.create({ userId: "ann" });
  const { key, id: keyId } = await sessions.apiKeys.issue("ann", { name: "script" });
  const csrf = await session.csrfToken();
  const { refreshToken, accessToken } = await session.issueTokens({ client: "mobile", audience: [api] });
  if (!refreshToken) expect.fail("no refresh token");
  const ticket = await sessions.issueTicket("enter", { userId: "ann" }, "15m");
  return {
    ...{ session: token, key, csrf, sessionId: session.id ?? "", keyId, machine: machineSecret, sweep: sweepSecret },
    ...{ keyAsSession: respelled(key, "ccs_"), sessionAsKey: respelled(token, "cck_") },
    ...{ ticket, ticketAsSession: respelled(ticket, "ccs_"), sessionAsTicket: respelled(token, "cct_") },
    ...{ refresh: refreshToken, refreshAsSession: respelled(refreshToken, "ccs_").slice(0, token.length) },
    ...{ access: accessToken, sessionAsRefresh: respelled(token, "ccr_") },
  };
}

async function call({ sessions }: World, name: string, headers: Record<string, string>, query = ""): Promise<boolean> {
  const url = `https://shop.example/api/session/${name}${query}`;
  const request = new Request(url, { method: "POST", headers: { "sec-fetch-site": "same-origin", ...headers } });
  return (await sessions.handler(request)).status === 200;
}

const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` });
const cookie = (credential: string) => ({ cookie: `__Host-session=${encodeURIComponent(credential)}` });

/** Every place where a credential is presented, and the one kind that opens it. */
const entries: Record<
  string,
  { readonly opens: keyof Credentials; enter(here: World, text: string): Promise<boolean> }
> = {
  "the session cookie": { opens: "session", enter: (here, text) => call(here, "visitor", cookie(text)) },
  "sessions.validate": {
    opens: "session",
    enter: async ({ sessions }, text) => (await sessions.validate(text)) !== null,
  },
  "an action of scripts": { opens: "key", enter: (here, text) => call(here, "script", bearer(text)) },
  "sessions.apiKeys.validate": {
    opens: "key",
    enter: async ({ sessions }, text) => (await sessions.apiKeys.validate(text)) !== null,
  },
  "sessions.authenticate of a Request": {
    opens: "key",
    enter: async ({ sessions }, text) =>
      (await sessions.authenticate(new Request("https://shop.example/", { headers: bearer(text) }))) !== null,
  },
  "sessions.authenticate of Node's headers": {
    opens: "key",
    enter: async ({ sessions }, text) => (await sessions.authenticate({ headers: bearer(text) })) !== null,
  },
  "sessions.redeemTicket": {
    opens: "ticket",
    enter: async ({ sessions }, text) => (await sessions.redeemTicket("enter", text)) !== null,
  },
  "the token endpoint": { opens: "refresh", enter: async (here, text) => (await refresh(here, text)).status === 200 },
  "the verifier of a service": {
    opens: "access",
    enter: async ({ sessions, runtime }, text) => {
      const options = { issuer, audience: api, keys: await sessions.tokens.jwks(), runtime };
      return (await verifyAccessToken(new Request(api, { headers: bearer(text) }), options)).claims !== null;
    },
  },
  "an action of machines": { opens: "machine", enter: (here, text) => call(here, "machine", bearer(text)) },
  "the sweep action": { opens: "sweep", enter: (here, text) => call(here, "sweep", bearer(text)) },
  "sessions.apiKeys.revoke": {
    opens: "keyId",
    enter: ({ sessions }, text) => sessions.apiKeys.revoke(text),
  },
};

/** Places where nothing opens anything. */
const nowhere: Record<string, (here: World, text: string) => Promise<boolean>> = {
  "an action of visitors, by the header": (here, text) => call(here, "visitor", bearer(text)),
  "the devices, by the header": async ({ sessions }, text) =>
    (await sessions.handler(new Request("https://shop.example/api/session/devices", { headers: bearer(text) })))
      .status !== 401,
  "an action of scripts, by the cookie": (here, text) => call(here, "script", cookie(text)),
  "an action of machines, by the cookie": (here, text) => call(here, "machine", cookie(text)),
  "the query": (here, text) => call(here, "script", {}, `?access_token=${encodeURIComponent(text)}&key=${text}`),
  "another scheme": (here, text) => call(here, "script", { authorization: `Basic ${text}` }),
  "a synchronizer token of a form": async ({ sessions }, text) =>
    (await (await sessions.create()).session.verifyCsrfToken(text)) === true,
};

/** The same places where the configuration takes session tokens in the header: these are opened by them, and by nothing else. */
const withBearer: typeof nowhere = {
  "an action of visitors, by the header": nowhere["an action of visitors, by the header"] as never,
  "the devices, by the header": nowhere["the devices, by the header"] as never,
  "a handler of the application, by the header": async ({ sessions }, text) => {
    const handler = withSession(sessions, (_, session) => Response.json(session.userId));
    const response = await handler(new Request("https://shop.example/", { headers: bearer(text) }));
    return response.status === 200 && (await response.json()) !== null;
  },
};

describe("T8 T9 only its own kind opens an entry", () => {
  for (const [what, enter] of Object.entries(withBearer)) {
    it(`with bearer, ${what}: the session alone`, async () => {
      const here = world({ ...options, bearer: true } as never);
      const passed: string[] = [];
      for (const [kind, text] of Object.entries(await issued(here))) if (await enter(here, text)) passed.push(kind);
      expect(passed).toEqual(["session"]);
    });
  }

  for (const [what, { opens, enter }] of Object.entries(entries)) {
    it(`with bearer, ${what}: the ${opens} alone`, async () => {
      const here = world({ ...options, bearer: true } as never);
      const passed: string[] = [];
      for (const [kind, text] of Object.entries(await issued(here))) if (await enter(here, text)) passed.push(kind);
      expect(passed).toEqual([opens]);
    });
  }

  for (const [what, { opens, enter }] of Object.entries(entries)) {
    it(`${what}: the ${opens} alone`, async () => {
      const here = world(options as never);
      const credentials = await issued(here);
      const passed: string[] = [];
      for (const [kind, text] of Object.entries(credentials)) if (await enter(here, text)) passed.push(kind);
      expect(passed).toEqual([opens]);
    });
  }

  for (const [what, enter] of Object.entries(nowhere)) {
    it(`${what}: nothing`, async () => {
      const here = world(options as never);
      const credentials = await issued(here);
      for (const text of Object.values(credentials)) expect(await enter(here, text)).toBe(false);
    });
  }

  it("T7 a wrong kind or shape makes no store call", async () => {
    const here = world(options as never);
    const { session, key, csrf } = await issued(here);
    const before = here.store.total();
    for (const text of [session, csrf, "", key.slice(1), `${key}x`, key.toUpperCase(), ` ${key}`, "cck_", "\u0000"])
      expect(await here.sessions.apiKeys.validate(text)).toBeNull();
    expect(await here.sessions.validate(key)).toBeNull();
    expect(await here.sessions.authenticate({ headers: {} })).toBeNull();
    expect(await here.sessions.authenticate({ headers: { authorization: ["Bearer a", "Bearer b"] } })).toBeNull();
    expect(here.store.total()).toBe(before);
  });

  it("a secret with its last spare bits set, or any bit changed, is another key", async () => {
    const here = world(options as never);
    const { key } = await issued(here);
    for (let at = 0; at < key.length; at++) {
      const changed = key.slice(0, at) + (key[at] === "A" ? "B" : "A") + key.slice(at + 1);
      expect(await here.sessions.apiKeys.validate(changed)).toBeNull();
    }
    expect(await here.sessions.apiKeys.validate(key)).not.toBeNull();
  });
});

describe("G4 T2 T5 a dump of the keys opens nothing", () => {
  it("no stored text, alone or put together as either kind", async () => {
    const { store, written } = recording(memoryStore());
    const here = world({ store, apiKeys: {} });
    const made = await Promise.all(
      Array.from({ length: 50 }, (_, index) => here.sessions.apiKeys.issue(`u${index}`, { name: "script" })),
    );
    const secrets = made.flatMap(({ key }) => [key, key.split(".")[1] ?? ""]);
    const candidates = everyText(written).concat(
      written.flatMap(({ id, digest }) => [`cck_${id}.${digest}`, `ccs_${id}.${digest}`]),
    );
    for (const text of candidates) {
      for (const secret of secrets) expect(text).not.toContain(secret);
      expect(await here.sessions.validate(text)).toBeNull();
      expect(await here.sessions.apiKeys.validate(text)).toBeNull();
    }
  });

  it("is of another digest than a session's, so that the record of a key is no session for its own secret", async () => {
    const { store, written } = recording(memoryStore());
    const here = world({ store, apiKeys: {} });
    const { key } = await here.sessions.apiKeys.issue("ann", { name: "script" });
    const secret = key.split(".")[1] ?? "";
    const plain = Buffer.from(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret)));
    expect(written[0]?.digest).not.toBe(plain.toString("base64url"));
    expect(written[0]?.digest).toBe(await keyDigestOf(secret));
  });

  it("control: with one digest for both kinds, the key's record would be a session", async () => {
    const { store, written } = recording(memoryStore());
    const here = world({ store, apiKeys: {} });
    const { key, id } = await here.sessions.apiKeys.issue("ann", { name: "script" });
    const secret = key.split(".")[1] ?? "";
    const plain = Buffer.from(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret)));
    await store.destroy(id);
    await store.create({ ...(written[0] as SessionRecord), digest: plain.toString("base64url") });
    expect(await here.sessions.validate(respelled(key, "ccs_"))).not.toBeNull();
  });

  it("G13 a record that is no key's, or a damaged one, is refused, whatever its digest", async () => {
    const whole = memoryStore();
    const { store, written } = recording(whole);
    const here = world({ store, apiKeys: {} });
    const { key, id } = await here.sessions.apiKeys.issue("ann", { name: "script" });
    const record = written[0] as SessionRecord;
    const damaged: Partial<SessionRecord>[] = [
      { data: {} },
      { data: { apiKey: "{" } },
      { data: { apiKey: "null" } },
      { data: { apiKey: "[]" } },
      { data: { apiKey: '{"userId":7,"name":"a","scopes":[]}' } },
      { data: { apiKey: '{"userId":"ann","name":"a","scopes":"admin"}' } },
      { data: { apiKey: '{"userId":"ann","name":"a","__proto__":{"scopes":[]}}' } },
      { userId: "ann" },
      { userId: null },
    ];
    for (const damage of damaged) {
      await whole.destroy(id);
      await whole.create({ ...record, ...damage });
      expect(await here.sessions.apiKeys.validate(key)).toBeNull();
    }
    await whole.destroy(id);
    await whole.create(record);
    expect(await here.sessions.apiKeys.validate(key)).not.toBeNull();
  });
});
