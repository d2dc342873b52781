import { describe, expect, it } from "vitest";
import { memoryStore, type Party } from "../../src/index.ts";
import { cached } from "../../src/stores/cached.ts";
import { Browser, type World, world } from "../support/world.ts";

interface User {
  readonly id: string;
  readonly role: "support" | "customer" | "owner";
}

const users: Readonly<Record<string, User>> = {
  sue: { id: "sue", role: "support" },
  cat: { id: "cat", role: "customer" },
  oli: { id: "oli", role: "owner" },
};

function here(options = {}): World {
  return world({
    user: (userId) => users[userId],
    impersonation: {
      allow: (actor: Party, target: Party) => actor.user.role === "support" && target.user.role === "customer",
    },
    ...options,
  });
}

async function support(at: World): Promise<Browser> {
  const browser = new Browser(at);
  await browser.visit((session) => session.signIn("sue", { amr: ["pwd"], acr: "aal2" }));
  return browser;
}

const reason = "Ticket 4711";

async function view(browser: Browser) {
  return browser.visit(async (session) => ({
    userId: session.userId,
    user: ((await session.loadUser()) as User | null)?.id,
    actor: session.actor?.userId ?? null,
  }));
}

const asCat = { userId: "cat", user: "cat", actor: "sue" };
const asSue = { userId: "sue", user: "sue", actor: null };

describe("R-A12 impersonation", () => {
  it("is honoured by every call, names the actor, and has a token of its own", async () => {
    const at = here();
    const browser = await support(at);
    const before = browser.token;
    await browser.visit((session) => session.impersonate("cat", { reason, ttl: "15m" }));
    expect(browser.token).not.toBe(before);
    expect(await at.sessions.validate(before)).toBeNull();
    expect(await view(browser)).toEqual(asCat);
    const { actor, client } = await browser.visit(async (session) => ({
      actor: session.actor,
      client: await session.toClient(),
    }));
    const startedAt = at.runtime.now();
    expect(actor).toEqual({ userId: "sue", reason, startedAt, expiresAt: startedAt + 15 * 60_000 });
    expect(client).toMatchObject({ userId: "cat" });
  });

  it.each([
    [-1, asCat],
    [0, asSue],
    [1, asSue],
  ])("%i ms from its end the session is %j", async (offset, expected) => {
    const at = here();
    const browser = await support(at);
    await browser.visit((session) => session.impersonate("cat", { reason, ttl: "15m" }));
    at.runtime.advance(15 * 60_000 + offset);
    expect(await view(browser)).toEqual(expected);
  });

  it("lasts an hour at most by default, and never beyond the session", async () => {
    const at = here({ timeouts: { idle: "30m", absolute: "40m" } });
    const browser = await support(at);
    await browser.visit((session) => session.impersonate("cat", { reason }));
    const { actor, expiresAt } = await browser.visit(({ actor, expiresAt }) => ({ actor, expiresAt }));
    expect(actor?.expiresAt).toBe(expiresAt);
    const other = here();
    const long = await support(other);
    await long.visit((session) => session.impersonate("cat", { reason }));
    expect(await long.visit((session) => session.actor?.expiresAt)).toBe(other.runtime.now() + 3_600_000);
    await expectRefused(await support(here()), (session) => session.impersonate("cat", { reason, ttl: "61m" }));
  });

  it("the two see nothing of each other's session data, whichever way it ends", async () => {
    for (const end of ["stop", "time"] as const) {
      const at = here();
      const browser = await support(at);
      await browser.visit((session) => session.set({ cart: ["sue's"] }));
      await browser.visit((session) => session.impersonate("cat", { reason, ttl: "15m" }));
      expect(await browser.visit((session) => ({ ...session.data }))).toEqual({});
      await browser.visit((session) => session.set({ cart: ["cat's"] }));
      if (end === "stop") await browser.visit((session) => session.stopImpersonating());
      else at.runtime.advance("15m");
      expect(await browser.visit((session) => ({ ...session.data }))).toEqual({});
      await browser.visit((session) => session.set({ theme: "dark" }));
      expect(await browser.visit((session) => ({ ...session.data })), end).toEqual({ theme: "dark" });
      expect(await view(browser)).toEqual(asSue);
    }
  });

  it("G1 concurrent writes after its end are all kept, and one end is noted", async () => {
    const at = here();
    const browser = await support(at);
    await browser.visit((session) => session.impersonate("cat", { reason, ttl: "15m" }));
    await browser.visit((session) => session.set({ old: true }));
    at.runtime.advance("15m");
    await Promise.all(
      Array.from({ length: 16 }, (_, key) => browser.visit((session) => session.set({ [`key${key}`]: key }))),
    );
    expect(Object.keys(await browser.visit((session) => ({ ...session.data })))).toHaveLength(16);
    expect(at.events.filter(({ type }) => type === "impersonation-ended")).toEqual([
      expect.objectContaining({ userId: "cat", actorId: "sue", by: "time" }),
    ]);
  });

  it("a request that began while it lasted writes nothing after its end", async () => {
    const at = here();
    const browser = await support(at);
    await browser.visit((session) => session.impersonate("cat", { reason, ttl: "15m" }));
    const slow = await at.sessions.validate(browser.token);
    await browser.visit((session) => session.stopImpersonating());
    await expect(slow?.set({ late: true })).rejects.toMatchObject({ code: "SESSION_REPLACED" });
    expect(await browser.visit((session) => ({ ...session.data }))).toEqual({});
  });

  it("a request that began while it lasted writes nothing after its end by time, and reads nobody from then on", async () => {
    const at = here();
    const browser = await support(at);
    await browser.visit((session) => session.impersonate("cat", { reason, ttl: "15m" }));
    for (const change of [
      (session: Slow) => session.set({ late: "cat's" }),
      (session: Slow) => session.reauthenticate({ acr: "aal3" }),
    ]) {
      at.runtime.advance(15 * 60_000 - 1);
      const slow = (await at.sessions.validate(browser.token)) as Slow;
      expect(slow.userId).toBe("cat");
      at.runtime.advance(1);
      await expect(change(slow)).rejects.toMatchObject({ code: "SESSION_REPLACED" });
      await expect(change(slow)).rejects.toMatchObject({ code: "SESSION_REPLACED" });
      expect(slow.userId).toBeNull();
      expect(await browser.visit((session) => ({ ...session.data, acr: session.acr }))).toEqual({ acr: "aal2" });
      await browser.visit((session) => session.impersonate("cat", { reason, ttl: "15m" }));
    }
  });

  it("L14 nor does one that saw it by a copy, when another instance has cleared it away", async () => {
    const inner = memoryStore();
    const there = here({ store: inner });
    const at = here({ store: cached(inner, { ttl: "30s" }), runtime: there.runtime });
    const browser = await support(there);
    await browser.visit((session) => session.impersonate("cat", { reason, ttl: "10s" }));
    await at.sessions.validate(browser.token); // a copy from now on
    there.runtime.advance(9_999);
    const slow = (await at.sessions.validate(browser.token)) as Slow;
    expect(slow.userId).toBe("cat");
    there.runtime.advance(1);
    await browser.visit((session) => session.set({ theme: "dark" })); // as sue, and elsewhere
    await expect(slow.set({ late: "cat's" })).rejects.toMatchObject({ code: "SESSION_REPLACED" });
    expect(slow.userId).toBeNull();
    expect(await browser.visit((session) => ({ ...session.data }))).toEqual({ theme: "dark" });
  });

  it.each([
    ["revoke", (session: Slow, other: string) => session.revoke(other)],
    ["revokeOthers", (session: Slow) => session.revokeOthers()],
    ["touch", (session: Slow) => session.touch()],
  ] as const)("L14 nor does %s of one that saw it by a copy reach the sessions of whoever acted", async (_, ask) => {
    const inner = memoryStore();
    const there = here({ store: inner });
    const at = here({ store: cached(inner, { ttl: "30s" }), runtime: there.runtime });
    const [browser, other] = [await support(there), await support(there)];
    await browser.visit((session) => session.impersonate("cat", { reason, ttl: "10s" }));
    await at.sessions.validate(browser.token); // a copy from now on
    there.runtime.advance(9_999);
    const slow = (await at.sessions.validate(browser.token)) as Slow;
    there.runtime.advance(1);
    await browser.visit((session) => session.set({ theme: "dark" })); // as sue, and elsewhere
    const id = await other.visit((session) => session.id as string);
    const asked = Promise.resolve(ask(slow, id));
    expect([false, "SESSION_REPLACED"]).toContain(await asked.catch((error) => error.code));
    expect(await view(other)).toEqual(asSue);
  });

  it.each([
    ["revoke", false, (session: Slow, other: string) => session.revoke(other)],
    ["revokeOthers", "SESSION_REPLACED", (session: Slow) => session.revokeOthers()],
  ] as const)(
    "L14 %s of a request that began while it lasted ends none of the actor's own after its end",
    async (_, answer, ask) => {
      const at = here();
      const [browser, other] = [await support(at), await support(at)];
      const id = await other.visit((session) => session.id as string);
      await browser.visit((session) => session.impersonate("cat", { reason, ttl: "10s" }));
      const slow = (await at.sessions.validate(browser.token)) as Slow;
      at.runtime.advance("10s");
      expect(await Promise.resolve(ask(slow, id)).catch((error) => error.code)).toBe(answer);
      expect(await view(other)).toEqual(asSue);
      expect(await browser.visit((session) => session.revoke(id))).toBe(true); // as sue
    },
  );

  it("one request that begins it writes nothing either once it has ended by time", async () => {
    const at = here();
    const browser = await support(at);
    await browser.visit(async (session) => {
      await session.impersonate("cat", { reason, ttl: "10s" });
      at.runtime.advance("10s");
      await expect(session.set({ late: "cat's" })).rejects.toMatchObject({ code: "SESSION_REPLACED" });
    });
    expect(await browser.visit((session) => ({ ...session.data }))).toEqual({});
    expect(await view(browser)).toEqual(asSue);
  });

  it("ends for this request where whoever acts is gone, and nobody who is gone begins one", async () => {
    const staff = new Map(Object.entries(users));
    const allow = () => true; // looks at nothing of the users themselves
    const at = here({ user: (userId: string) => staff.get(userId), impersonation: { allow } });
    const [acting, idle] = [await support(at), await support(at)];
    await acting.visit((session) => session.impersonate("cat", { reason }));
    staff.delete("sue");
    const seen = await acting.visit(async (session) => [await session.loadUser(), session.userId, session.actor]);
    expect(seen).toEqual([null, null, null]);
    expect(at.events.at(-1)).toMatchObject({ type: "user-missing", userId: "sue" });
    await expectRefused(idle, (session) => session.impersonate("cat", { reason }));
  });

  it("what is ended of the user's sessions meanwhile names the one who acts in its events", async () => {
    const at = here();
    const browser = await support(at);
    const own = [new Browser(at), new Browser(at)];
    for (const one of own) await one.visit((session) => session.signIn("cat"));
    await browser.visit((session) => session.impersonate("cat", { reason }));
    const [first] = await browser.visit((session) => session.list());
    await browser.visit((session) => session.revoke(first?.id as string));
    await browser.visit((session) => session.revokeOthers());
    expect(at.events.filter(({ type }) => type === "destroyed")).toEqual([
      expect.objectContaining({ userId: "cat", by: "holder", actorId: "sue" }),
      expect.objectContaining({ userId: "cat", by: "holder", actorId: "sue" }),
    ]);
  });

  it("L4 stopping issues a new token, gives back what was proven before, and is audited", async () => {
    const at = here();
    const browser = await support(at);
    await browser.visit((session) => session.impersonate("cat", { reason }));
    const during = browser.token;
    await browser.visit((session) => session.stopImpersonating());
    expect(await at.sessions.validate(during)).toBeNull();
    expect(await browser.visit(({ amr, acr }) => ({ amr, acr }))).toEqual({ amr: ["pwd"], acr: "aal2" });
    const audit = at.events.filter(({ type }) => type.startsWith("impersonation"));
    expect(audit).toEqual([
      expect.objectContaining({ type: "impersonation-started", userId: "cat", actorId: "sue", reason }),
      expect.objectContaining({ type: "impersonation-ended", userId: "cat", actorId: "sue", by: "holder" }),
    ]);
  });

  it("raises nobody's rights: no freshness, no methods, no level, and nothing that is the user's own to do", async () => {
    const at = here();
    const browser = await support(at);
    await browser.visit((session) => session.impersonate("cat", { reason }));
    const proof = await browser.visit((session) => ({
      signedIn: session.satisfies({}),
      fresh: session.satisfies({ freshFor: "7d" }),
      level: session.satisfies({ acr: "aal2" }),
      amr: session.amr,
    }));
    expect(proof).toEqual({ signedIn: true, fresh: false, level: false, amr: [] });
    await expectRefused(browser, (session) => session.reauthenticate());
    await expectRefused(browser, (session) => session.credentialsChanged());
    await expectRefused(browser, (session) => session.startSignIn("cat"));
    await expectRefused(browser, (session) => session.impersonate("cat", { reason })); // no nesting
    expect(await view(browser)).toEqual(asCat);
  });

  it.each([
    ["oneself", "sue", { reason }],
    ["somebody who may do more", "oli", { reason }],
    ["somebody who does not exist", "nemo", { reason }],
    ["without a reason", "cat", { reason: " " }],
    ["with too long a reason", "cat", { reason: "x".repeat(501) }],
  ])("refuses %s, and nothing changes", async (_what, userId, options) => {
    const browser = await support(here());
    const before = browser.token;
    await expectRefused(browser, (session) => session.impersonate(userId, options));
    expect(browser.token).toBe(before);
    expect(await view(browser)).toEqual(asSue);
  });

  it("refuses everybody without a configuration, customers with one, and strangers always", async () => {
    const none = new Browser(world());
    await none.visit((session) => session.signIn("sue"));
    await expectRefused(none, (session) => session.impersonate("cat", { reason }));
    const customer = new Browser(here());
    await customer.visit((session) => session.signIn("cat"));
    await expectRefused(customer, (session) => session.impersonate("sue", { reason }));
    const stranger = new Browser(here());
    await stranger.visit((session) => session.impersonate("cat", { reason }));
    expect(stranger.lastResponse.status).toBe(401);
  });

  it("is allowed by nothing but true: a truthy answer, such as the rights of a user, is none", async () => {
    const browser = await support(here({ impersonation: { allow: () => ["support"] as never } }));
    await expectRefused(browser, (session) => session.impersonate("cat", { reason }));
  });

  it("leaves neither a step-up nor a half-done sign-in behind to come back to", async () => {
    const at = here();
    const browser = await support(at);
    await browser.visit((session) => session.reauthenticate({ amr: ["otp"], acr: "aal3", expiresIn: "1h" }));
    await browser.visit((session) => session.startSignIn("cat", { expiresIn: "1h" }));
    await browser.visit((session) => session.impersonate("cat", { reason }));
    await browser.visit((session) => session.stopImpersonating());
    const after = await browser.visit(({ acr, amr, pendingSignIn }) => ({ acr, amr, pendingSignIn }));
    expect(after).toEqual({ acr: "aal2", amr: ["pwd"], pendingSignIn: null });
  });

  it("L10 ending the sessions of the one who acts ends it; the user's device list is theirs alone", async () => {
    const at = here();
    const browser = await support(at);
    const own = new Browser(at);
    await own.visit((session) => session.signIn("cat"));
    await browser.visit((session) => session.impersonate("cat", { reason }));
    expect(await browser.visit((session) => session.list())).toHaveLength(1);
    expect(await at.sessions.list("cat")).toHaveLength(1);
    await at.sessions.revokeUser("sue");
    expect(await view(browser)).toEqual({ userId: null, user: undefined, actor: null });
    expect(await own.visit((session) => session.userId)).toBe("cat");
  });

  it("signing in as somebody while impersonating ends it, and is audited", async () => {
    const at = here();
    const browser = await support(at);
    await browser.visit((session) => session.impersonate("cat", { reason }));
    await browser.visit((session) => session.set({ cart: ["cat's"] }));
    await browser.visit((session) => session.signIn("sue"));
    expect(await view(browser)).toEqual(asSue);
    expect(await browser.visit((session) => ({ ...session.data }))).toEqual({});
    const [, end] = at.events.filter(({ type }) => type.startsWith("impersonation"));
    expect(end).toMatchObject({ type: "impersonation-ended", userId: "cat", actorId: "sue", by: "holder" });
  });

  it("ending the user's sessions while impersonating says who really did it", async () => {
    const at = here();
    const [browser, one, other] = [await support(at), new Browser(at), new Browser(at)];
    for (const own of [one, other]) await own.visit((session) => session.signIn("cat"));
    await browser.visit((session) => session.impersonate("cat", { reason }));
    const id = (await one.visit((session) => session.id)) as string;
    await browser.visit((session) => session.revoke(id));
    await browser.visit((session) => session.revokeOthers());
    const ended = at.events.filter(({ type }) => type === "destroyed");
    expect(ended).toHaveLength(2);
    for (const event of ended) expect(event).toMatchObject({ userId: "cat", actorId: "sue", by: "holder" });
    expect(await view(browser)).toEqual(asCat);
  });

  it("signing out while impersonating keeps nothing of what was seen, and says who did it", async () => {
    const at = here();
    const browser = await support(at);
    await browser.visit((session) => session.impersonate("cat", { reason }));
    await browser.visit((session) => session.set({ cart: ["cat's"] }));
    await browser.visit((session) => session.signOut({ keep: ["cart"] }));
    expect(await browser.visit((session) => ({ ...session.data, userId: session.userId }))).toEqual({ userId: null });
    expect(at.events.at(-1)).toMatchObject({ type: "destroyed", userId: "cat", actorId: "sue" });
  });

  it("G13 a damaged text in the store is no impersonation and no sign-in", async () => {
    for (const text of [
      "{",
      "[]",
      '{"impersonation":{"userId":7}}',
      '{"pending":{"userId":"cat"}}',
      '{"raised":1,"amr":{}}',
    ]) {
      const at = here();
      const browser = await support(at);
      const id = (await browser.visit((session) => session.id)) as string;
      await at.store.update(id, { fields: { actor: text } }, at.runtime.now());
      expect(await view(browser), text).toEqual(asSue);
      expect(await browser.visit((session) => session.pendingSignIn)).toBeNull();
    }
  });
});

type Slow = NonNullable<Awaited<ReturnType<World["sessions"]["validate"]>>>;
type Visit = Parameters<Browser["visit"]>[0];

async function expectRefused(browser: Browser, task: Visit): Promise<void> {
  await browser.visit(task);
  expect(browser.lastResponse.status).toBe(403);
}
