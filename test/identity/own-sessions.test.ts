import { describe, expect, it } from "vitest";
import { memoryStore, type SessionStore } from "../../src/index.ts";
import { cached } from "../../src/stores/cached.ts";
import { failingStore } from "../../src/testing/index.ts";
import { Browser, type World, world } from "../support/world.ts";

async function signIn(here: World, userId: string): Promise<Browser> {
  const browser = new Browser(here);
  await browser.visit((session) => session.signIn(userId));
  return browser;
}

type Session = Parameters<Parameters<Browser["visit"]>[0]>[0];

const idOf = (browser: Browser) => browser.visit((session) => session.id as string);
const userOf = (browser: Browser) => browser.visit((session) => session.userId);

/** Ends a session by its id alone, whoever asks. */
function withoutOwnership(store: SessionStore): SessionStore {
  const byUser = store.byUser as NonNullable<SessionStore["byUser"]>;
  const destroyOne = (_userId: string, id: string) => store.destroy(id) as "destroyed" | "missing";
  return { ...store, byUser: { ...byUser, destroyOne } };
}

describe("L19 a user's own sessions", () => {
  it("are listed with public ids, instants and the current flag, the one seen last first; no token is among them", async () => {
    const here = world();
    const [phone, laptop] = [await signIn(here, "ann"), await signIn(here, "ann")];
    await signIn(here, "bob");
    here.runtime.advance("2h");
    await phone.visit((session) => session.touch());
    const list = await laptop.visit((session) => session.list());
    expect(list.map(({ id, isCurrent }) => [id, isCurrent])).toEqual([
      [await idOf(phone), false],
      [await idOf(laptop), true],
    ]);
    expect(Object.keys(list[0] ?? {}).sort()).toEqual(
      ["id", "userId", "device", "createdAt", "authenticatedAt", "lastSeenAt"]
        .concat("idleExpiresAt", "expiresAt", "persistent", "isCurrent")
        .sort(),
    );
    const text = JSON.stringify(list);
    for (const browser of [phone, laptop]) expect(text).not.toContain(browser.token.split(".")[1]);
    for (const { id } of list) expect(await here.sessions.validate(id)).toBeNull();
  });

  it("an anonymous visitor has none, and ends none", async () => {
    const here = world();
    const ann = await signIn(here, "ann");
    const visitor = new Browser(here);
    await visitor.visit((session) => session.set({ cart: [1] }));
    expect(await visitor.visit((session) => session.list())).toEqual([]);
    const id = await idOf(ann);
    expect(await visitor.visit((session) => session.revoke(id))).toBe(false);
    expect(await visitor.visit((session) => session.revokeOthers())).toBe(0);
    expect(await userOf(ann)).toBe("ann");
  });

  it("L20 one of them is ended by its id; another user's, an anonymous one's or a made-up id changes nothing", async () => {
    const here = world();
    const [ann, other, bob] = [await signIn(here, "ann"), await signIn(here, "ann"), await signIn(here, "bob")];
    const visitor = new Browser(here);
    await visitor.visit((session) => session.set({ cart: [1] }));
    const ids = [await idOf(bob), await idOf(visitor), "A".repeat(22), "", "' OR 1=1", "__proto__", ann.token];
    for (const id of ids) expect(await ann.visit((session) => session.revoke(id)), id).toBe(false);
    expect([await userOf(bob), await userOf(other)]).toEqual(["bob", "ann"]);
    expect(await visitor.visit((session) => session.data)).toEqual({ cart: [1] });

    const otherId = await idOf(other);
    expect(await ann.visit((session) => session.revoke(otherId))).toBe(true);
    expect(await ann.visit((session) => session.revoke(otherId))).toBe(false);
    expect([await userOf(other), await userOf(ann)]).toEqual([null, "ann"]);
    expect(here.events.filter(({ type }) => type === "destroyed")).toEqual([
      expect.objectContaining({ sessionId: otherId, userId: "ann", by: "holder" }),
    ]);
  });

  it("L20 control: a store that does not check whose a session is would end another user's", async () => {
    const here = world({ store: withoutOwnership(memoryStore()) });
    const [ann, bob] = [await signIn(here, "ann"), await signIn(here, "bob")];
    const id = await idOf(bob);
    expect(await ann.visit((session) => session.revoke(id))).toBe(true);
    expect(await userOf(bob)).toBeNull();
  });

  it("ending the current one is signing out: the cookie goes", async () => {
    const here = world();
    const ann = await signIn(here, "ann");
    const id = await idOf(ann);
    expect(await ann.visit((session) => session.revoke(id))).toBe(true);
    expect(ann.cookies.size).toBe(0);
  });

  it("all others are ended, and no one else's", async () => {
    const here = world();
    const browsers = await Promise.all(["ann", "ann", "ann", "bob"].map((userId) => signIn(here, userId)));
    expect(await browsers[0]?.visit((session) => session.revokeOthers())).toBe(2);
    expect(await Promise.all(browsers.map(userOf))).toEqual(["ann", null, null, "bob"]);
  });

  it.each([
    ["revoke", false, (session: Session, other: string) => session.revoke(other)],
    ["revokeOthers", "SESSION_DESTROYED", (session: Session) => session.revokeOthers()],
    ["touch", "SESSION_DESTROYED", (session: Session) => session.touch()],
  ] as const)("G2 %s of a session that is over rests on the store, and on no copy", async (_, answer, ask) => {
    const store = memoryStore();
    const there = world({ store });
    const here = world({ store: cached(store, { ttl: "30s" }), runtime: there.runtime });
    const [stolen, other] = [
      await there.sessions.create({ userId: "ann" }),
      await there.sessions.create({ userId: "ann" }),
    ];
    await here.sessions.validate(stolen.token); // a copy from now on
    await there.sessions.revoke(stolen.session.id as string);
    const late = (await here.sessions.validate(stolen.token)) as unknown as Session;
    expect(late.userId).toBe("ann");
    const asked = Promise.resolve(ask(late, other.session.id as string));
    expect(await asked.catch((error) => error.code)).toBe(answer);
    expect((await there.sessions.validate(other.token))?.userId).toBe("ann");
  });

  it("L12 credentials changed: the others are over, this one has a new token, and its old one is dead at once", async () => {
    const here = world();
    const [ann, other] = [await signIn(here, "ann"), await signIn(here, "ann")];
    const before = ann.token;
    const slow = await here.sessions.validate(before);
    expect(await ann.visit((session) => session.credentialsChanged())).toBe(1);
    expect(ann.token).not.toBe(before);
    expect(await here.sessions.validate(before)).toBeNull();
    expect([await userOf(ann), await userOf(other)]).toEqual(["ann", null]);
    await expect(slow?.set({ late: true })).rejects.toMatchObject({ code: "SESSION_REPLACED" });
  });

  it.each([
    ["byUser.destroy", (session: Session) => session.revokeOthers()],
    ["byUser.destroyOne", (session: Session) => session.revoke("A".repeat(22))],
    ["byUser.list", (session: Session) => session.list()],
  ] as const)("G8 while %s fails nobody is signed out, and the answer says so", async (call, ask) => {
    const store = failingStore(memoryStore());
    const here = world({ store });
    const [ann, other] = [await signIn(here, "ann"), await signIn(here, "ann")];
    store.fail(call, "refuse");
    const asking = ann.visit((session): Promise<unknown> => ask(session));
    await here.runtime.settle();
    here.runtime.advance("1s"); // the second try
    await asking;
    expect(ann.lastResponse.status).toBe(503);
    expect(ann.lastResponse.headers.getSetCookie()).toEqual([]);
    store.heal();
    expect([await userOf(ann), await userOf(other)]).toEqual(["ann", "ann"]);
  });

  it("a touch moves the idle deadline at once and costs one write; the cookie is not sent again", async () => {
    const here = world({ timeouts: { idle: "30m", absolute: "45m" } });
    const ann = await signIn(here, "ann");
    here.runtime.advance("1m");
    await ann.visit((session) => session.touch());
    expect(ann.lastResponse.headers.getSetCookie()).toEqual([]);
    expect(await ann.visit((session) => session.idleExpiresAt)).toBe(here.runtime.now() + 30 * 60_000);
    here.runtime.advance("20m");
    const { expiresAt, idleExpiresAt } = await ann.visit(async (session) => {
      await session.touch();
      return { expiresAt: session.expiresAt, idleExpiresAt: session.idleExpiresAt };
    });
    expect(idleExpiresAt).toBe(expiresAt); // never past the absolute one
    const nobody = new Browser(here);
    await nobody.visit((session) => session.touch());
    expect(nobody.cookies.size).toBe(0);
  });
});
