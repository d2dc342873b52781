import { describe, expect, it } from "vitest";
import { createSessions, type IssuedApiKey, memoryStore, type SessionStore } from "../../src/index.ts";
import { failingStore, pausingStore } from "../../src/testing/index.ts";
import { Browser, eventNames, type World, world } from "../support/world.ts";

const day = 86_400_000;
const apiKeys = {};

async function signIn(here: World, userId: string): Promise<Browser> {
  const browser = new Browser(here);
  await browser.visit((session) => session.signIn(userId));
  return browser;
}

/** Makes a key in a request, which answers errors: here they are thrown. */
async function issue(browser: Browser, name = "script", more: object = {}): Promise<IssuedApiKey> {
  const issuing = (session: Session) => session.issueApiKey({ name, ...more });
  const made = await browser.visit((session) =>
    issuing(session).then(
      (key) => ({ key }),
      (error: unknown) => ({ error }),
    ),
  );
  if ("error" in made) throw made.error;
  return made.key;
}

type Session = Parameters<Parameters<Browser["visit"]>[0]>[0];
const opens = async ({ sessions }: World, key: string) => (await sessions.apiKeys.validate(key))?.userId ?? null;
const code = (expected: string) => expect.objectContaining({ code: expected });

describe("R-A19 a key of a user's script", () => {
  it("is told once, opens the user's account read-only, and is listed without anything of its secret", async () => {
    const here = world({ apiKeys: { scopes: ["read"] }, user: (userId) => ({ name: userId.toUpperCase() }) });
    const ann = await signIn(here, "ann");
    const { key, id, expiresAt } = await issue(ann, "backup", { scopes: ["read", "read"] });
    const now = here.runtime.now();
    expect(key).toMatch(/^cck_[\w-]{22}\.[\w-]{43}$/);
    expect(expiresAt).toBe(now + 90 * day);
    const session = await here.sessions.apiKeys.validate(key);
    expect(session).toMatchObject({ id, userId: "ann", user: { name: "ANN" }, kind: "device", scopes: ["read"] });
    expect(session).toMatchObject({ isAnonymous: false, authenticatedAt: 0, amr: [], acr: null, actor: null });
    expect(session?.satisfies({})).toBe(true);
    expect(session?.satisfies({ freshFor: "366d" })).toBe(false);
    expect(session && "set" in session).toBe(false);
    const list = await ann.visit((own) => own.listApiKeys());
    expect(list).toEqual([
      { id, userId: "ann", name: "backup", scopes: ["read"], createdAt: now, lastUsedAt: null, expiresAt },
    ]);
    expect(JSON.stringify([list, session, here.events])).not.toContain(key.split(".")[1]);
    expect(await here.sessions.apiKeys.list("ann")).toEqual(list);
  });

  it("is no session: lists, counts and limits of sessions do not have it", async () => {
    const here = world({ apiKeys, limit: { sessions: 1, reached: "refuse" } });
    const ann = await signIn(here, "ann");
    for (const name of ["a", "b", "c"]) await issue(ann, name);
    expect(await here.sessions.list("ann")).toHaveLength(1);
    expect(await ann.visit((session) => session.list())).toHaveLength(1);
    await ann.visit((session) => session.signOut());
    await ann.visit((session) => session.signIn("ann")); // the keys take no place
    expect((await here.sessions.apiKeys.list("ann")).map(({ name }) => name).sort()).toEqual(["a", "b", "c"]);
  });

  it("outlives a sign-out, here and on every other device", async () => {
    const here = world({ apiKeys });
    const [ann, other] = [await signIn(here, "ann"), await signIn(here, "ann")];
    const { key } = await issue(other);
    expect(await ann.visit((session) => session.revokeOthers())).toBe(1);
    await ann.visit((session) => session.signOut());
    expect(await opens(here, key)).toBe("ann");
  });

  it("G11 is worth nothing once it has been revoked, by its user or by the application; another user's is left alone", async () => {
    const here = world({ apiKeys });
    const [ann, bob] = [await signIn(here, "ann"), await signIn(here, "bob")];
    const [one, other] = [await issue(ann), await issue(ann)];
    expect(await bob.visit((session) => session.revokeApiKey(one.id))).toBe(false);
    expect(await opens(here, one.key)).toBe("ann");
    expect(await ann.visit((session) => session.revokeApiKey(one.id))).toBe(true);
    expect(await ann.visit((session) => session.revokeApiKey(one.id))).toBe(false);
    expect(await opens(here, one.key)).toBeNull();
    expect(await here.sessions.apiKeys.revoke(other.id)).toBe(true);
    expect(await here.sessions.apiKeys.revoke(other.id)).toBe(false);
    expect(await opens(here, other.key)).toBeNull();
    expect(
      here.events.filter(({ type }) => type === "api-key-revoked").map((event) => "by" in event && event.by),
    ).toEqual(["holder", "manager"]);
  });

  it("ends with a change of credentials, and when the application ends all of the user", async () => {
    const here = world({ apiKeys });
    const [ann, bob] = [await signIn(here, "ann"), await signIn(here, "bob")];
    const [first, bobs] = [await issue(ann), await issue(bob)];
    await ann.visit((session) => session.credentialsChanged());
    expect(await opens(here, first.key)).toBeNull();
    const second = await issue(ann);
    const except = await ann.visit((session) => session.id as string);
    expect(await here.sessions.revokeUser("ann", { except })).toBe(0);
    expect(await opens(here, second.key)).toBeNull();
    expect(await opens(here, bobs.key)).toBe("bob");
  });

  it("ends so where the configuration that ends it has no keys", async () => {
    const store = memoryStore();
    const [here, without] = [world({ store, apiKeys }), world({ store })];
    const { key } = await here.sessions.apiKeys.issue("ann", { name: "script" });
    await without.sessions.revokeUser("ann");
    expect(await opens(here, key)).toBeNull();
  });

  it("G9 ends at its end, to the millisecond, swept or not; use does not prolong it", async () => {
    const here = world({ apiKeys });
    const { key, expiresAt } = await here.sessions.apiKeys.issue("ann", { name: "script", expiresIn: "2h" });
    here.runtime.advance("1h");
    expect(await opens(here, key)).toBe("ann");
    await here.runtime.settle();
    here.runtime.advance(expiresAt - here.runtime.now() - 1);
    expect(await opens(here, key)).toBe("ann");
    await here.runtime.settle();
    here.runtime.advance(1);
    expect(await opens(here, key)).toBeNull();
    expect(await here.sessions.apiKeys.list("ann")).toEqual([]);
    expect(eventNames(here).at(-1)).toBe("api-key-rejected:expired");
    expect(await here.sessions.sweep()).toBe(1);
    expect(await opens(here, key)).toBeNull();
  });

  it("idles as long as it likes", async () => {
    const here = world({ apiKeys, timeouts: { idle: "5m", absolute: "1h" } });
    const { key } = await here.sessions.apiKeys.issue("ann", { name: "script", expiresIn: "366d" });
    here.runtime.advance(366 * day - 1);
    expect(await opens(here, key)).toBe("ann");
  });

  it("L22 notes its first use at once, and later ones once an hour, whatever comes together", async () => {
    const here = world({ apiKeys });
    const { key } = await here.sessions.apiKeys.issue("ann", { name: "script" });
    const lastUsed = async () => (await here.sessions.apiKeys.list("ann"))[0]?.lastUsedAt;
    const use = async () => {
      await Promise.all(Array.from({ length: 20 }, () => opens(here, key)));
      here.runtime.advance(0);
      await here.runtime.settle();
      return here.store.counts.update;
    };
    here.runtime.advance("5m");
    expect([await use(), await lastUsed()]).toEqual([1, here.runtime.now()]);
    const first = here.runtime.now();
    here.runtime.advance("59m");
    expect([await use(), await lastUsed()]).toEqual([1, first]);
    here.runtime.advance("1m");
    expect([await use(), await lastUsed()]).toEqual([2, here.runtime.now()]);
  });

  it("opens nothing for a user who is gone, and is an error while the look-up fails", async () => {
    let answer: () => object | null = () => ({});
    const here = world({ apiKeys, user: () => answer() });
    const { key } = await here.sessions.apiKeys.issue("ann", { name: "script" });
    expect(await opens(here, key)).toBe("ann");
    answer = () => null;
    expect(await opens(here, key)).toBeNull();
    answer = () => {
      throw new Error("down");
    };
    await expect(opens(here, key)).rejects.toThrow(code("USER_UNAVAILABLE"));
  });

  it("opens nothing where the configuration has no apiKeys, and none is made there; no store call", async () => {
    const store = memoryStore();
    const [here, without] = [world({ store, apiKeys }), world({ store })];
    const { key } = await here.sessions.apiKeys.issue("ann", { name: "script" });
    expect(await opens(without, key)).toBeNull();
    await expect(without.sessions.apiKeys.issue("ann", { name: "a" })).rejects.toThrow(code("CONFIG_INVALID"));
    expect(without.store.total()).toBe(0);
    const ann = await signIn(without, "ann");
    await expect(issue(ann)).rejects.toThrow(code("CONFIG_INVALID"));
  });

  it("is made for somebody who is signed in, themselves, and recently enough", async () => {
    const allow = () => true;
    const here = world({ apiKeys: { freshFor: "10m" }, impersonation: { allow } });
    await expect(issue(new Browser(here))).rejects.toThrow(code("UNAUTHENTICATED"));
    const ann = await signIn(here, "ann");
    await ann.visit((session) => session.impersonate("bob", { reason: "Ticket 1" }));
    await expect(issue(ann)).rejects.toThrow(code("IMPERSONATION_REFUSED"));
    await ann.visit((session) => session.stopImpersonating());
    here.runtime.advance("10m");
    await expect(issue(ann)).rejects.toThrow(code("UNAUTHENTICATED"));
    expect(here.store.counts.create).toBe(1);
    await ann.visit((session) => session.reauthenticate());
    expect((await issue(ann)).key).toMatch(/^cck_/);
  });

  it("An anonymous visitor has no keys, and ends none", async () => {
    const here = world({ apiKeys });
    const { id } = await here.sessions.apiKeys.issue("ann", { name: "script" });
    const visitor = new Browser(here);
    expect(await visitor.visit((session) => session.listApiKeys())).toEqual([]);
    expect(await visitor.visit((session) => session.revokeApiKey(id))).toBe(false);
  });

  const wrong: Record<string, unknown> = {
    "no name": {},
    "an empty name": { name: " " },
    "a name with a line break": { name: "a\nb" },
    "a name of 101 characters": { name: "x".repeat(101) },
    "scopes as a text": { name: "a", scopes: "read" },
    "a scope that there is not": { name: "a", scopes: ["write"] },
    "a scope with a space": { name: "a", scopes: ["read all"] },
    "65 scopes": { name: "a", scopes: Array.from({ length: 65 }, () => "read") },
    "no duration": { name: "a", expiresIn: "soon" },
    "no time at all": { name: "a", expiresIn: 0 },
    "longer than it may be": { name: "a", expiresIn: "31d" },
    "nothing at all": undefined,
  };
  for (const [what, options] of Object.entries(wrong)) {
    it(`is not made from ${what}`, async () => {
      const here = world({ apiKeys: { scopes: ["read"], longest: "30d" } });
      await expect(here.sessions.apiKeys.issue("ann", options as never)).rejects.toThrow(code("DATA_INVALID"));
      expect(here.store.total()).toBe(0);
    });
  }

  it("lasts no longer than the configuration says, if nothing is said", async () => {
    const here = world({ apiKeys: { longest: "30d" } });
    const { expiresAt } = await here.sessions.apiKeys.issue("ann", { name: "a" });
    expect(expiresAt).toBe(here.runtime.now() + 30 * day);
  });

  it("F13 options that cannot be are refused at start-up", () => {
    const { byUser, ...withoutByUser } = memoryStore();
    const cases: object[] = [
      { apiKeys: { longest: "367d" } },
      { apiKeys: { longest: "soon" } },
      { apiKeys: { freshFor: "soon" } },
      { apiKeys: { scopes: ["a b"] } },
      { apiKeys: { scope: ["a"] } },
      { apiKeys: true },
      { apiKeys: null },
      { apiKeys: {}, store: withoutByUser },
    ];
    for (const options of cases) {
      const make = () => createSessions({ store: memoryStore(), ...options } as never);
      expect(make).toThrow(code("CONFIG_INVALID"));
    }
    expect(byUser).toBeDefined();
  });

  it("changes nothing: whatever writes through it is refused", async () => {
    const here = world({
      apiKeys,
      extend: { writer: (session) => session },
    });
    const { key } = await here.sessions.apiKeys.issue("ann", { name: "script" });
    const before = here.store.counts.update;
    const session = (await here.sessions.apiKeys.validate(key)) as unknown as Record<string, unknown>;
    for (const name of ["set", "update", "replace", "pluck", "signIn", "rotate", "destroy", "issueApiKey"])
      expect(session[name]).toBeUndefined();
    expect(here.store.counts.update).toBe(before);
  });
});

/** Reads what was there before a user's sessions ended: the check that a new key depends on sees nothing. */
function blind(store: SessionStore): SessionStore {
  const seen = new Map<string, Awaited<ReturnType<SessionStore["find"]>>[number]>();
  return {
    ...store,
    async find(ids, now) {
      const found = await store.find(ids, now);
      return found.map((record, at) => {
        const id = ids[at] ?? "";
        if (!seen.has(id)) seen.set(id, record);
        return seen.get(id) ?? null;
      });
    },
  };
}

/** Makes a key while all of its user is being ended: what is in flight comes last. */
async function overtaken(wrap: (store: SessionStore) => SessionStore, end: (here: World, ann: Browser) => unknown) {
  const whole = memoryStore();
  const store = pausingStore(wrap(whole));
  const here = world({ store, apiKeys });
  const other = world({ store: whole, apiKeys }); // another instance
  const ann = await signIn(here, "ann");
  store.hold("create");
  const issuing = issue(ann).then(
    ({ key }) => ({ key, code: "" }),
    (error) => ({ key: "", code: String(error.code) }),
  );
  await store.untilHeld("create");
  await end(other, ann);
  store.release();
  const { key, code: refused } = await issuing;
  return {
    refused,
    alive: key !== "" && (await opens(other, key)) === "ann",
    left: await other.sessions.apiKeys.list("ann"),
  };
}

describe("G2 no key is made behind the back of what ends a user's sessions", () => {
  const whole = (store: SessionStore) => store;

  it("a key that is stored when everything of the user has ended is told nobody, and gone", async () => {
    const revoked = await overtaken(whole, ({ sessions }) => sessions.revokeUser("ann"));
    expect(revoked).toEqual({ refused: "SESSION_DESTROYED", alive: false, left: [] });
  });

  it("so it is after a sign-out, and after a change of credentials of the very session", async () => {
    const signedOut = await overtaken(whole, async ({ sessions }, ann) =>
      (await sessions.validate(ann.token))?.destroy(),
    );
    expect(signedOut).toEqual({ refused: "SESSION_DESTROYED", alive: false, left: [] });
    const changed = await overtaken(whole, async ({ sessions }, ann) =>
      (await sessions.validate(ann.token))?.credentialsChanged(),
    );
    expect(changed).toEqual({ refused: "SESSION_REPLACED", alive: false, left: [] });
  });

  it("control: without the look at the session afterwards the key would live on", async () => {
    const { alive } = await overtaken(blind, ({ sessions }) => sessions.revokeUser("ann"));
    expect(alive).toBe(true);
  });

  it("G8 a key whose session cannot be looked at is told nobody", async () => {
    const store = failingStore(memoryStore());
    const sessions = createSessions({ store, apiKeys }); // with the clock of the machine: a read is tried again
    const { session } = await sessions.create({ userId: "ann" });
    store.fail("find", "refuse");
    await expect(session.issueApiKey({ name: "script" })).rejects.toThrow(code("STORE_UNAVAILABLE"));
    store.heal();
    expect(await sessions.apiKeys.list("ann")).toEqual([]);
  });

  it("G8 a creation whose answer is lost is made once, and its key is told", async () => {
    const store = failingStore(memoryStore());
    const sessions = createSessions({ store, apiKeys });
    store.fail("create", "lose", { times: 1 });
    const { key, id } = await sessions.apiKeys.issue("ann", { name: "script" });
    expect((await sessions.apiKeys.list("ann")).map((each) => each.id)).toEqual([id]);
    expect((await sessions.apiKeys.validate(key))?.userId).toBe("ann");
  });
});
