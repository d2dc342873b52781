import { inspect } from "node:util";
import { expect, it } from "vitest";
import {
  createSessions,
  memoryStore,
  type SessionEvent,
  type SessionRecord,
  type SessionStore,
} from "../../src/index.ts";
import { fakeRuntime } from "../../src/testing/index.ts";

const origin = "https://shop.example";
const cookieName = "__Host-session";
const markedData = "4111-1111-1111-1111";

/** Notes each digest that a store is ever given. */
function noting(store: SessionStore, digests: Set<string>): SessionStore {
  return {
    ...store,
    create(record: SessionRecord) {
      digests.add(record.digest);
      return store.create(record);
    },
    update(id, change, now) {
      if (change.token) digests.add(change.token.to);
      return store.update(id, change, now);
    },
  };
}

/** A life with every feature, over HTTP, and everything that was said meanwhile except in `Set-Cookie`. */
async function everything() {
  const events: SessionEvent[] = [];
  const said: string[] = [];
  const digests = new Set<string>();
  const tokens = new Set<string>();
  const ids = new Set<string>();
  const allow = () => true;
  const sessions = createSessions({
    store: noting(memoryStore(), digests),
    runtime: fakeRuntime(),
    origins: [origin],
    secrets: ["0123456789abcdef0123456789abcdef"],
    sweepSecret: "sweep-0123456789abcdef0123456789abcdef",
    onEvent: (event) => events.push(event),
    user: (userId: string) => ({ userId }),
    devices: { address: "none" },
    limit: { sessions: 2, reached: "ask" },
    impersonation: { allow },
    apiKeys: {},
    actions: {
      script: { auth: { apiKey: true }, handler: ({ session }) => session },
      begin: { auth: "anyone", handler: ({ session }) => session.startSignIn("ann", { amr: ["pwd"] }) },
      complete: { auth: "anyone", handler: ({ session }) => session.completeSignIn({ amr: ["otp"], acr: "aal2" }) },
      raise: { handler: ({ session }) => session.reauthenticate({ acr: "aal3", expiresIn: "5m" }) },
      changed: { handler: ({ session }) => session.credentialsChanged() },
      fill: { handler: ({ session }) => session.set({ card: markedData }) },
      tooMuch: { handler: ({ session }) => session.set({ card: markedData.repeat(9_000) }) },
      act: { handler: ({ session }) => session.impersonate("cat", { reason: "Ticket 4711" }) },
      fresh: { auth: { freshFor: "1m" }, handler: ({ session }) => session },
      rotate: { handler: ({ session }) => session.rotate() },
    },
  });

  class Visitor {
    token = "";
    async call(method: string, path: string, body?: unknown, more: Record<string, string> = {}) {
      const headers = { "user-agent": "curl/8", "sec-fetch-site": "same-origin", ...more };
      const cookie = this.token && { cookie: `${cookieName}=${this.token}` };
      const json = method === "POST" && { "content-type": "application/json" };
      const request = new Request(`${origin}/api/session${path}`, {
        method,
        headers: { ...headers, ...cookie, ...json },
        ...(method === "POST" && { body: JSON.stringify(body ?? {}) }),
      });
      const response = await sessions.handler(request);
      for (const line of response.headers.getSetCookie()) {
        this.token = /^[^=]+=([^;]*)/.exec(line)?.[1] ?? "";
        if (this.token) tokens.add(this.token);
      }
      const text = await response.text();
      const headerLines = [...response.headers].filter(([name]) => name !== "set-cookie");
      said.push(`${response.status}`, inspect(headerLines), text);
      return { status: response.status, value: text === "" ? null : JSON.parse(text) };
    }
    async signIn() {
      await this.call("POST", "/begin");
      return (await this.call("POST", "/complete")).status;
    }
  }

  const [one, two, three] = [new Visitor(), new Visitor(), new Visitor()];
  const statuses = [await one.signIn(), await two.signIn(), await three.signIn()]; // the third is over the limit
  const listed = async () => {
    const { value } = await one.call("GET", "/devices");
    for (const { id } of value?.devices ?? []) ids.add(id);
    return value?.devices as { id: string; isCurrent: boolean }[];
  };
  for (const name of ["fill", "tooMuch", "raise", "fresh", "rotate", "changed"]) await one.call("POST", `/${name}`);
  await two.call("GET", "");
  await three.call("POST", "/complete");
  await two.signIn();
  const other = (await listed()).find(({ isCurrent }) => !isCurrent);
  await one.call("POST", "/revoke", { id: other?.id });
  await two.signIn();
  await listed();
  const act = await one.call("POST", "/act");
  for (const [method, path] of [
    ["GET", ""],
    ["GET", "/devices"],
    ["POST", "/changed"],
    ["POST", "/touch"],
    ["POST", "/stop-impersonating"],
    ["GET", "/csrf?form=x"],
    ["POST", "/revoke"],
    ["GET", "/nothing"],
    ["PUT", "/revoke"],
  ] as const)
    await one.call(method, path);
  await one.call("POST", "/revoke-others", {}, { "sec-fetch-site": "cross-site", origin: "https://evil.test" });
  await one.call("POST", "/revoke-others");
  await one.call("POST", "/keys", { name: 7 });
  const { key, id: keyId } = await sessions.apiKeys.issue("ann", { name: "script" });
  tokens.add(key);
  for (const credential of [key, `${key}x`, keyId])
    await new Visitor().call("POST", "/script", {}, { authorization: `Bearer ${credential}` });
  await one.call("GET", "/keys");
  const last = one.token;
  const session = await sessions.validate(last);
  said.push(
    inspect(session, { depth: 12 }),
    JSON.stringify(session),
    inspect(await sessions.list("ann"), { depth: 12 }),
  );
  const usable = { id: session?.id as string, token: last };
  return { sessions, said, events, digests, tokens, ids, statuses, act, usable, Visitor, one };
}

it("G14 T10 no body, header, event or inspection holds a token, its secret or its digest, whatever feature is used", async () => {
  const { said, events, digests, tokens, statuses, act } = await everything();
  expect([...statuses, act.status]).toEqual([200, 200, 403, 200]);
  const types = new Set(events.map(({ type }) => type));
  for (const type of ["sign-in-started", "signed-in", "reauthenticated", "rotated", "destroyed", "limit-reached"])
    expect(types, type).toContain(type);
  for (const type of ["impersonation-started", "impersonation-ended", "request-refused"])
    expect(types, type).toContain(type);
  const all = said.join("\n") + inspect(events, { depth: 12 });
  const secrets = [...tokens].flatMap((token) => [token, token.split(".")[1] as string]);
  expect(tokens.size).toBeGreaterThan(10);
  expect(digests.size).toBeGreaterThanOrEqual(tokens.size);
  for (const secret of [...secrets, ...digests, markedData]) expect(all).not.toContain(secret);
});

it("G4 every listed id, and every digest, as a cookie or a bearer token, opens nothing; control: a token does as a cookie", async () => {
  const { sessions, ids, digests, usable, tokens } = await everything();
  expect(ids.size).toBeGreaterThan(1);
  expect(ids).toContain(usable.id);
  const view = async (headers: Record<string, string>) =>
    (await sessions.handler(new Request(`${origin}/api/session`, { headers }))).json();
  const prefix = usable.token.slice(0, usable.token.indexOf(usable.id));
  const forged = [...digests].map((digest) => `${prefix}${usable.id}.${digest}`);
  for (const value of [...ids, ...[...ids].map((id) => prefix + id), ...digests, ...forged]) {
    expect(await view({ cookie: `${cookieName}=${value}` }), value).toBeNull();
    expect(await view({ authorization: `Bearer ${value}` }), value).toBeNull();
    expect(await sessions.validate(value), value).toBeNull();
  }
  for (const token of tokens) expect(await view({ authorization: `Bearer ${token}` })).toBeNull(); // cookies only
  expect(await view({ cookie: `${cookieName}=${usable.token}` })).toMatchObject({ userId: "ann" });
  const alive = [];
  for (const token of tokens) if (await view({ cookie: `${cookieName}=${token}` })) alive.push(token);
  expect(alive).toEqual([usable.token]); // each of the others has been replaced or ended
});
