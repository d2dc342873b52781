import { describe, expect, it } from "vitest";
import { type AuthjsAdapterOptions, authjsAdapter } from "../../src/adapters/authjs/index.ts";
import { memoryStore } from "../../src/index.ts";
import { failingStore, pausingStore } from "../../src/testing/index.ts";
import { world } from "../support/world.ts";
import { memoryUsers } from "./users.ts";

const day = 86_400_000;
const ada = { id: "ada", email: "ada@shop.example", emailVerified: null };

function scene(options: Parameters<typeof world>[0] = {}, adapterOptions: AuthjsAdapterOptions = {}) {
  const made = world(options);
  const { users, adapter: usersAdapter } = memoryUsers();
  users.set(ada.id, ada);
  const adapter = authjsAdapter(made.sessions, usersAdapter, adapterOptions);
  const signIn = async (sessionToken: string = crypto.randomUUID(), maxAge = 30 * day) => {
    const session = await adapter.createSession({
      sessionToken,
      userId: ada.id,
      expires: new Date(made.runtime.now() + maxAge),
    });
    return { sessionToken, session };
  };
  return { ...made, users, adapter, signIn };
}

describe("sessions of Auth.js in a store of ours", () => {
  it("G4: nothing stored is the token, or opens anything", async () => {
    const store = memoryStore();
    const { adapter, signIn, sessions } = scene({ store });
    const { sessionToken, session } = await signIn();
    const [record] = await store.find([session.id], 0);
    const dump = JSON.stringify(record);
    expect(dump).not.toContain(sessionToken);
    expect(dump).not.toContain(sessionToken.slice(0, 13));
    const texts = Object.values(record as object).filter((value) => typeof value === "string");
    for (const text of [...texts, `ccs_${session.id}.${(record as { digest: string }).digest}`]) {
      expect(await adapter.getSessionAndUser(text)).toBeNull();
      expect(await sessions.validate(text)).toBeNull();
    }
  });

  it("lists the sessions with their devices, and ends them by their public id, or all", async () => {
    const headers = () => new Headers({ "user-agent": "curl/8.5.0" });
    const { adapter, signIn, sessions } = scene({}, { headers });
    const { sessionToken, session } = await signIn();
    const other = await signIn();
    const listed = await sessions.list(ada.id);
    expect(listed.map(({ id, device }) => [id, device])).toContainEqual([session.id, { name: "curl", address: null }]);
    expect(listed).toHaveLength(2);
    expect(await sessions.revoke(session.id)).toBe(true);
    expect(await adapter.getSessionAndUser(sessionToken)).toBeNull();
    expect((await adapter.getSessionAndUser(other.sessionToken))?.user.id).toBe(ada.id);
    expect(await sessions.revokeUser(ada.id)).toBe(1);
    expect(await adapter.getSessionAndUser(other.sessionToken)).toBeNull();
  });

  it("signs in although the headers cannot be had", async () => {
    const { signIn, sessions } = scene({}, { headers: () => Promise.reject(new Error("no request")) });
    await signIn();
    expect(await sessions.list(ada.id)).toMatchObject([{ device: null }]);
  });

  it("G9: both timeouts of the configuration hold, whatever Auth.js says", async () => {
    const { adapter, signIn, runtime } = scene({ timeouts: { idle: "7d", absolute: "10d" } });
    const start = runtime.now();
    const { sessionToken, session } = await signIn();
    expect(session.expires).toEqual(new Date(start + 7 * day));
    runtime.advance("6d");
    await adapter.updateSession({ sessionToken, expires: new Date(runtime.now() + 30 * day) });
    expect((await adapter.getSessionAndUser(sessionToken))?.session.expires).toEqual(new Date(start + 10 * day));
    runtime.advance(4 * day - 1);
    expect(await adapter.getSessionAndUser(sessionToken)).not.toBeNull();
    runtime.advance(1);
    expect(await adapter.getSessionAndUser(sessionToken)).toBeNull();
    expect(await adapter.updateSession({ sessionToken, expires: new Date(runtime.now() + 30 * day) })).toBeNull();
  });

  it("ends a session that is not used, at the instant that Auth.js says where it is sooner", async () => {
    const { adapter, signIn, runtime } = scene();
    const { sessionToken } = await signIn(crypto.randomUUID(), day);
    runtime.advance(day - 1);
    expect(await adapter.getSessionAndUser(sessionToken)).not.toBeNull();
    runtime.advance(1);
    expect(await adapter.getSessionAndUser(sessionToken)).toBeNull();
  });

  it("G6: renewals that are not due write nothing, also where maxAge is longer than the idle timeout", async () => {
    const { adapter, signIn, runtime, store } = scene();
    const { sessionToken } = await signIn();
    store.reset();
    for (let minute = 0; minute < 59; minute++) {
      runtime.advance("1m");
      await adapter.updateSession({ sessionToken, expires: new Date(runtime.now() + 30 * day) });
    }
    expect(store.counts.update).toBe(0);
    runtime.advance("2m");
    await adapter.updateSession({ sessionToken, expires: new Date(runtime.now() + 30 * day) });
    expect(store.counts.update).toBe(1);
  });

  it("G2: a renewal that meets the end of the session does not bring it back", async () => {
    const paused = pausingStore(memoryStore());
    const { adapter, signIn, sessions, runtime } = scene({ store: paused });
    const { sessionToken, session } = await signIn();
    runtime.advance("2d");
    paused.hold("update");
    const renewal = adapter.updateSession({ sessionToken, expires: new Date(runtime.now() + 30 * day) });
    await paused.untilHeld("update");
    await sessions.revoke(session.id);
    paused.release();
    await renewal;
    expect(await adapter.getSessionAndUser(sessionToken)).toBeNull();
    expect(await sessions.list(ada.id)).toEqual([]);
  });

  it("G2: a sign-in whose answer was lost is not made a second time", async () => {
    const failing = failingStore(memoryStore());
    const { signIn, store } = scene({ store: failing });
    failing.fail("create", "lose");
    await expect(signIn()).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(store.counts.create).toBe(1);
  });

  it.each(["getSessionAndUser", "updateSession", "deleteSession", "createSession"] as const)(
    "G8: %s rejects while the store is down, and never answers null",
    async (method) => {
      const failing = failingStore(memoryStore());
      const { adapter, signIn, runtime } = scene({ store: failing });
      const { sessionToken } = await signIn();
      for (const call of ["find", "create", "update", "destroy"] as const) failing.fail(call, "refuse");
      const expires = new Date(runtime.now() + day);
      const calls = {
        getSessionAndUser: () => adapter.getSessionAndUser(sessionToken),
        updateSession: () => adapter.updateSession({ sessionToken, expires }),
        deleteSession: () => adapter.deleteSession(sessionToken),
        createSession: () => adapter.createSession({ sessionToken: crypto.randomUUID(), userId: ada.id, expires }),
      };
      const refused = expect(calls[method]()).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
      await runtime.settle();
      runtime.advance("1s"); // a call that may be repeated is, after a pause
      await refused;
    },
  );

  it("holds the limit of sessions", async () => {
    const { adapter, signIn } = scene({ limit: { sessions: 1, reached: "end-oldest" } });
    const first = await signIn();
    const second = await signIn();
    expect(await adapter.getSessionAndUser(first.sessionToken)).toBeNull();
    expect(await adapter.getSessionAndUser(second.sessionToken)).not.toBeNull();
  });

  it("is nobody's when the user is gone, and ends with the user", async () => {
    const { adapter, signIn, users, sessions } = scene();
    const { sessionToken } = await signIn();
    users.delete(ada.id);
    expect(await adapter.getSessionAndUser(sessionToken)).toBeNull();
    users.set(ada.id, ada);
    expect(await adapter.getSessionAndUser(sessionToken)).not.toBeNull();
    await adapter.deleteUser(ada.id);
    expect(await sessions.list(ada.id)).toEqual([]);
  });

  it("G3: gives a session to nobody else, and takes no token that could be guessed or is taken", async () => {
    const { adapter, signIn, sessions } = scene();
    const { sessionToken } = await signIn();
    await expect(adapter.updateSession({ sessionToken, userId: "eve" })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
    await expect(signIn("123456")).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    await expect(signIn(sessionToken)).rejects.toMatchObject({ code: "STORE_CONFLICT" });
    expect(await sessions.list(ada.id)).toHaveLength(1);
  });

  it("refuses an adapter that cannot find users", () => {
    const { sessions } = world();
    expect(() => authjsAdapter(sessions, {})).toThrow(/getUser/);
  });
});
