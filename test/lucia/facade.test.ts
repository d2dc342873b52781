import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { Lucia, TimeSpan } from "../../src/adapters/lucia/index.ts";
import { createSessions, memoryStore, type SessionStore } from "../../src/index.ts";
import { countingStore, failingStore, fakeRuntime, pausingStore } from "../../src/testing/index.ts";
import { settled } from "./visitors.ts";

const origins = ["https://shop.example"];
const day = 86_400_000;

interface UserRow {
  readonly name: string;
  readonly id?: string;
}

const users: Readonly<Record<string, UserRow>> = { ada: { name: "Ada" }, eve: { name: "Eve", id: "someone else" } };

function facade(store: SessionStore = memoryStore()) {
  const runtime = fakeRuntime();
  const counted = countingStore(store);
  const lucia = new Lucia(counted, {
    origins,
    runtime,
    user: (userId) => users[userId] ?? null,
    getUserAttributes: ({ name, ...rest }) => ({ name, ...rest }),
    getSessionAttributes: (attributes: { country?: string }) => attributes,
  });
  return { lucia, runtime, store: counted };
}

describe("createSession and validateSession", () => {
  it("answer a session of the user with the attributes, for thirty days", async () => {
    const { lucia, runtime } = facade();
    const created = await lucia.createSession("ada", { country: "uk" });
    expect(created).toMatchObject({ userId: "ada", country: "uk", fresh: true });
    expect(created.expiresAt).toEqual(new Date(runtime.now() + 30 * day));
    const { session, user } = await lucia.validateSession(created.id);
    expect(user).toEqual({ id: "ada", name: "Ada" });
    expect(session).toMatchObject({ id: created.id, userId: "ada", country: "uk", fresh: false });
    expect(session?.expiresAt).toEqual(created.expiresAt);
  });

  it("take the id of a session for a secret: it is not printed, spread or serialised", async () => {
    const { lucia } = facade();
    const created = await lucia.createSession("ada", {});
    const { session } = await lucia.validateSession(created.id);
    for (const each of [created, session]) {
      expect(each?.id).toMatch(/^ccs_/);
      for (const text of [JSON.stringify(each), inspect(each, { depth: 9 }), JSON.stringify({ ...each })]) {
        expect(text).not.toContain("ccs_");
        expect(text).toContain(each?.publicId);
      }
    }
  });

  it("let no attribute overwrite a fact of the session or the user", async () => {
    const { lucia } = facade();
    const hostile = { id: "x", publicId: "x", userId: "x", expiresAt: "x", fresh: "x", country: "uk" };
    const created = await lucia.createSession("eve", hostile);
    const { session, user } = await lucia.validateSession(created.id);
    expect(session).toMatchObject({ id: created.id, publicId: created.publicId, userId: "eve", fresh: false });
    expect(session?.expiresAt).toBeInstanceOf(Date);
    expect(user).toEqual({ id: "eve", name: "Eve" });
    expect(Object.keys(session ?? {})).not.toContain("id");
  });

  it.each([
    ["an empty text", ""],
    ["an old id of Lucia", "a".repeat(40)],
    ["the public id", (publicId: string) => publicId],
    ["the public id with a made-up secret", (publicId: string) => `ccs_${publicId}.${"A".repeat(43)}`],
  ])("%s opens nothing", async (_what, given) => {
    const { lucia } = facade();
    const { publicId } = await lucia.createSession("ada", {});
    const id = typeof given === "string" ? given : given(publicId);
    expect(await lucia.validateSession(id)).toEqual({ session: null, user: null });
  });

  it("refuse a session id that the caller has chosen", async () => {
    const { lucia } = facade();
    await expect(lucia.createSession("ada", {}, { sessionId: "chosen" as never })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
  });

  it("answer two nulls for a user who is gone, and write nothing", async () => {
    const { lucia, store } = facade();
    const created = await lucia.createSession("nobody", {});
    expect(await lucia.validateSession(created.id)).toEqual({ session: null, user: null });
    expect(store.counts.destroy).toBe(0);
  });

  it("answer two nulls for the session of an anonymous visitor", async () => {
    const { lucia } = facade();
    const { token } = await lucia.sessions.create({ data: { country: "uk" } });
    expect(await lucia.validateSession(token)).toEqual({ session: null, user: null });
  });

  it("carry user ids that are no texts", async () => {
    const numbered = new Lucia(memoryStore(), { origins, readUserId: BigInt });
    const created = await numbered.createSession(9_007_199_254_740_993n, {});
    const { session, user } = await numbered.validateSession(created.id);
    expect([created.userId, session?.userId, user?.id]).toEqual(Array(3).fill(9_007_199_254_740_993n));
    const [listed] = await numbered.getUserSessions(9_007_199_254_740_993n);
    expect(listed?.userId).toBe(9_007_199_254_740_993n);
  });

  it("tell an outage from a sign-out", async () => {
    const failing = failingStore(memoryStore());
    const { lucia, runtime } = facade(failing);
    const { id } = await lucia.createSession("ada", {});
    failing.fail("find", "refuse");
    const answer = await settled(runtime, lucia.validateSession(id));
    expect(answer).toMatchObject({ status: "rejected", reason: { code: "STORE_UNAVAILABLE" } });
  });
});

describe("the life of a session", () => {
  it("slides past its half: the renewed session is fresh, and lasts its whole life again", async () => {
    const { lucia, runtime } = facade();
    const { id } = await lucia.createSession("ada", {});
    runtime.advance("14d");
    expect((await lucia.validateSession(id)).session?.fresh).toBe(false);
    runtime.advance(day + 14 * day); // the touch of the first half has moved the end by 14 days
    const { session } = await lucia.validateSession(id);
    expect(session?.fresh).toBe(true);
    expect(session?.expiresAt).toEqual(new Date(runtime.now() + 30 * day));
    expect((await lucia.validateSession(id)).session?.fresh).toBe(false);
  });

  it("is renewed by one write, however many validations are due at once", async () => {
    const { lucia, runtime, store } = facade();
    const { id } = await lucia.createSession("ada", {});
    runtime.advance("16d");
    const answers = await Promise.all(Array.from({ length: 50 }, () => lucia.validateSession(id)));
    expect(answers.every(({ session }) => session !== null)).toBe(true);
    expect(answers.some(({ session }) => session?.fresh)).toBe(true);
    expect(store.counts.update).toBe(1);
  });

  it("ends at equality, without anything being swept", async () => {
    const { lucia, runtime } = facade();
    const { id } = await lucia.createSession("ada", {});
    runtime.advance(30 * day);
    expect(await lucia.validateSession(id)).toEqual({ session: null, user: null });
  });

  it("has an end that use does not move: 400 days, or what was configured", async () => {
    const runtime = fakeRuntime();
    const lucia = new Lucia(memoryStore(), { origins, runtime, absoluteExpiresIn: "60d" });
    const { id } = await lucia.createSession("ada", {});
    for (let week = 0; week < 8; week++) {
      runtime.advance("7d");
      expect((await lucia.validateSession(id)).session).not.toBeNull();
    }
    runtime.advance("4d");
    expect((await lucia.validateSession(id)).session).toBeNull();
    expect(facade().lucia.sessions.policy.timeouts.fixed.persistent.absolute).toBe(400 * day);
  });

  it("takes a TimeSpan, and anything that has milliseconds", async () => {
    const runtime = fakeRuntime();
    const hour = { milliseconds: () => 3_600_000 };
    for (const sessionExpiresIn of [new TimeSpan(1, "h"), hour, "1h"] as const) {
      const lucia = new Lucia(memoryStore(), { origins, runtime, sessionExpiresIn });
      const { expiresAt } = await lucia.createSession("ada", {});
      expect(expiresAt).toEqual(new Date(runtime.now() + 3_600_000));
    }
  });

  // The answer of a renewal that a sign-out has overtaken must not be a session: the application would set its cookie again.
  it("is not handed out when it was ended while its renewal was under way", async () => {
    const pausing = pausingStore(memoryStore());
    const { lucia, runtime } = facade(pausing);
    const { id } = await lucia.createSession("ada", {});
    runtime.advance("16d");
    pausing.hold("update");
    const validating = lucia.validateSession(id);
    await pausing.untilHeld("update");
    await lucia.invalidateSession(id);
    pausing.release("update");
    expect(await validating).toEqual({ session: null, user: null });
    expect(await lucia.validateSession(id)).toEqual({ session: null, user: null });
  });
});

describe("ending sessions", () => {
  it("invalidateSession takes the token, and the public id of a list", async () => {
    const { lucia } = facade();
    const [one, other] = [await lucia.createSession("ada", {}), await lucia.createSession("ada", {})];
    await lucia.invalidateSession(one.id);
    expect((await lucia.validateSession(one.id)).session).toBeNull();
    const [listed] = await lucia.getUserSessions("ada");
    expect(listed?.id).toBe(other.publicId);
    await lucia.invalidateSession(listed?.id ?? "");
    expect((await lucia.validateSession(other.id)).session).toBeNull();
  });

  it("invalidateSession is no error for what is unknown, malformed or has a wrong secret, and ends nothing by it", async () => {
    const { lucia } = facade();
    const { id, publicId } = await lucia.createSession("ada", {});
    for (const given of ["", "unknown", "a".repeat(40), `ccs_${publicId}.${"A".repeat(43)}`])
      await lucia.invalidateSession(given);
    expect((await lucia.validateSession(id)).session).not.toBeNull();
  });

  it("invalidateUserSessions ends all of the user's, or all but one", async () => {
    const { lucia } = facade();
    const [one, two, three] = await Promise.all(["ada", "ada", "ada"].map((user) => lucia.createSession(user, {})));
    const other = await lucia.createSession("eve", {});
    await lucia.invalidateUserSessions("ada", { except: one?.id ?? "" });
    expect((await lucia.getUserSessions("ada")).map(({ id }) => id)).toEqual([one?.publicId]);
    await lucia.invalidateUserSessions("ada");
    expect(await lucia.getUserSessions("ada")).toEqual([]);
    for (const { id } of [two, three].filter((session) => session !== undefined))
      expect((await lucia.validateSession(id)).session).toBeNull();
    expect((await lucia.validateSession(other.id)).session).not.toBeNull();
  });

  it("getUserSessions has the living sessions with their attributes, and no token", async () => {
    const { lucia, runtime } = facade();
    await lucia.createSession("ada", { country: "uk" });
    runtime.advance("20d");
    const { publicId } = await lucia.createSession("ada", { country: "fr" });
    runtime.advance("10d");
    const listed = await lucia.getUserSessions("ada");
    expect(listed).toMatchObject([{ id: publicId, publicId, userId: "ada", country: "fr", fresh: false }]);
    expect(JSON.stringify(listed)).not.toContain("ccs_");
  });

  it("deleteExpiredSessions deletes more than one sweep's worth, and nothing that lives", async () => {
    const { lucia, runtime, store } = facade();
    const ended = await Promise.all(Array.from({ length: 1_500 }, () => lucia.createSession("ada", {})));
    runtime.advance("29d");
    const living = await lucia.createSession("ada", {});
    runtime.advance("1d");
    await lucia.deleteExpiredSessions();
    const ids = [...ended.slice(0, 5), ...ended.slice(-5), living].map(({ publicId }) => publicId);
    const found = await store.find(ids, runtime.now());
    expect(found.filter((record) => record !== null)).toHaveLength(1);
  });
});

describe("cookies and headers", () => {
  const { lucia } = facade();
  const token = `ccs_${"a".repeat(21)}A.${"b".repeat(42)}A`;
  const planted = `ccs_${"c".repeat(21)}A.${"d".repeat(42)}A`;

  it.each<[what: string, header: string | null | undefined, expected: string | null]>([
    ["alone", `__Host-session=${token}`, token],
    ["without a blank after the semicolon", `a=b;__Host-session=${token};c=d`, token],
    ["beside a bad percent escape", `bad=%E0%A4%A; __Host-session=${token}`, token],
    ["beside quotes and equals signs", `q="x; y"; e=a=b==; __Host-session=${token}`, token],
    ["in a header of 8 KB", `${"x=y; ".repeat(1_600)}__Host-session=${token}`, token],
    ["twice, the same", `__Host-session=${token}; __Host-session=${token}`, token],
    ["beside one that is no token", `__Host-session=junk; __Host-session=${token}`, token],
    ["twice, two of them", `__Host-session=${planted}; __Host-session=${token}`, null],
    ["as the public id", `__Host-session=${"a".repeat(21)}A`, null],
    ["in no header", null, null],
    ["in an empty header", "", null],
    ["under another name", `auth_session=${token}`, null],
  ])("readSessionCookie finds a token %s", (_what, header, expected) => {
    expect(lucia.readSessionCookie(header)).toBe(expected);
  });

  it.each<[header: string | null, expected: string | null]>([
    [`Bearer ${token}`, token],
    [`bearer ${token}`, token],
    [`BEARER  ${token}`, token],
    ["Bearer junk", null],
    [`Basic ${token}`, null],
    [token, null],
    [null, null],
  ])("readBearerToken reads %j", (header, expected) => {
    expect(lucia.readBearerToken(header)).toBe(expected);
  });

  it("createSessionCookie gives a cookie for the longest that the session can last, in whole seconds", () => {
    const cookie = lucia.createSessionCookie(token);
    expect(cookie).toMatchObject({ name: "__Host-session", value: token });
    expect(cookie.attributes).toEqual({ httpOnly: true, secure: true, sameSite: "lax", path: "/", maxAge: 34_560_000 });
    expect(cookie.serialize()).toBe(
      `__Host-session=${token}; Path=/; Max-Age=34560000; HttpOnly; Secure; SameSite=Lax`,
    );
    const odd = new Lucia(memoryStore(), { origins, sessionExpiresIn: 1_500, absoluteExpiresIn: 2_500 });
    expect(odd.createSessionCookie(token).attributes.maxAge).toBe(2);
  });

  it("createBlankSessionCookie takes it away", () => {
    expect(lucia.createBlankSessionCookie().serialize()).toBe(
      "__Host-session=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax",
    );
  });

  it("createSessionCookie refuses a public id, which would sign nobody in", () => {
    expect(() => lucia.createSessionCookie("a".repeat(22))).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  });

  it("the options of Lucia's cookie are taken", () => {
    const sessionCookie = {
      name: "auth_session",
      expires: false,
      attributes: { sameSite: "strict", path: "/app", domain: "shop.example", secure: true },
    } as const;
    const own = new Lucia(memoryStore(), { origins, sessionCookie });
    expect(own.sessionCookieName).toBe("auth_session");
    expect(own.createSessionCookie(token).serialize()).toBe(
      `auth_session=${token}; Path=/app; Domain=shop.example; Max-Age=34560000; HttpOnly; Secure; SameSite=Strict`,
    );
  });

  it("secure: true is kept where http is expected, and secure: false is refused where https is", () => {
    const local = ["http://localhost:3000"];
    const kept = new Lucia(memoryStore(), { origins: local, sessionCookie: { attributes: { secure: true } } });
    expect(kept.createSessionCookie(token).attributes.secure).toBe(true);
    expect(kept.createBlankSessionCookie().attributes.secure).toBe(true);
    const plain = new Lucia(memoryStore(), { origins: local, sessionCookie: { attributes: { secure: false } } });
    expect(plain.createSessionCookie(token).attributes.secure).toBe(false);
    expect(() => new Lucia(memoryStore(), { origins, sessionCookie: { attributes: { secure: false } } })).toThrow(
      expect.objectContaining({ code: "CONFIG_COOKIE_INSECURE" }),
    );
  });
});

describe("over sessions that are there already", () => {
  it("the facade and the manager see the same sessions", async () => {
    const sessions = createSessions({ store: memoryStore(), origins, user: (userId) => users[userId] ?? null });
    const lucia = new Lucia(sessions, { getUserAttributes: ({ name }: UserRow) => ({ name }) });
    const { token } = await sessions.create({ userId: "ada" });
    expect((await lucia.validateSession(token)).user).toEqual({ id: "ada", name: "Ada" });
    const created = await lucia.createSession("ada", {});
    expect((await sessions.validate(created.id))?.userId).toBe("ada");
  });

  it("options that belong to the manager are refused, and so is getUserAttributes without a user function", () => {
    const sessions = createSessions({ store: memoryStore(), origins });
    for (const options of [
      { sessionExpiresIn: "1h" },
      { user: () => null },
      { getUserAttributes: () => ({}) },
    ] as const)
      expect(() => new Lucia(sessions, options)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});
