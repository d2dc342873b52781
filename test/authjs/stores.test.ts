import { beforeAll, describe, expect, it } from "vitest";
import { authjsAdapter } from "../../src/adapters/authjs/index.ts";
import { createSessions, memoryStore, type SessionStore } from "../../src/index.ts";
import { countingStore } from "../../src/testing/index.ts";
import { describeWith } from "../require-services.ts";
import { places } from "../support/places.ts";
import { publicSuite } from "./public-suite.ts";
import { adapterOver, type CaseAdapter, cases, sessionCases } from "./session-cases.ts";
import { memoryUsers } from "./users.ts";

const suite = await publicSuite();

/** A store that is opened when it is first asked: the suites want their adapter while tests are collected. */
function later(open: () => SessionStore): SessionStore {
  const store = () => open();
  return {
    name: "later",
    find: (...args) => store().find(...args),
    create: (...args) => store().create(...args),
    update: (...args) => store().update(...args),
    destroy: (...args) => store().destroy(...args),
    byUser: {
      list: (...args) => store().byUser!.list(...args),
      destroy: (...args) => store().byUser!.destroy(...args),
      destroyOne: (...args) => store().byUser!.destroyOne(...args),
    },
  };
}

for (const { name, isAvailable, prepare } of places) {
  await describeWith(name, isAvailable, () => {
    const open = prepare();
    let store!: SessionStore;
    beforeAll(async () => {
      store = await open();
    });
    // Auth.js keeps a session for a month by default; the suite asks for that.
    const sessions = createSessions({
      store: later(() => store),
      origins: ["https://shop.example"],
      timeouts: { idle: "30d", absolute: "30d" },
    });
    const kept = memoryUsers();
    const adapter = authjsAdapter(sessions, kept.adapter);
    const db = {
      session: async (token: string) => (await adapter.getSessionAndUser(token))?.session ?? null,
      user: kept.adapter.getUser,
      account: (asked: Parameters<typeof kept.isAccount>[0]) => kept.accounts.find(kept.isAccount(asked)) ?? null,
      verificationToken: (asked: Parameters<typeof kept.isInvitation>[0]) =>
        kept.invitations.find(kept.isInvitation(asked)) ?? null,
    };

    describe("the session cases of Auth.js's suite", () => sessionCases(() => store));
    // One of its tests makes a session anew under a token that it has deleted. Redis remembers for a while what has ended, and
    // refuses that; nobody but this test asks for it.
    const skipTests = name === "Redis" ? ["deleteUser"] : [];
    if (suite) describe("Auth.js's own suite", () => void suite.runBasicTests({ adapter, db, skipTests }));

    it("makes one write of 50 concurrent renewals, and one of 50 that find the session gone none", async () => {
      const counted = countingStore(store);
      let now = Date.now();
      const counting = createSessions({
        store: counted,
        origins: ["https://shop.example"],
        runtime: { now: () => now },
      });
      const { users, adapter: usersAdapter } = memoryUsers();
      const ada = { id: `ada-${crypto.randomUUID()}`, email: "ada@shop.example", emailVerified: null };
      users.set(ada.id, ada);
      const counting50 = authjsAdapter(counting, usersAdapter);
      const sessionToken = crypto.randomUUID();
      await counting50.createSession({ sessionToken, userId: ada.id, expires: new Date(now + 7 * 86_400_000) });
      now += 2 * 86_400_000;
      counted.reset();
      const expires = new Date(now + 7 * 86_400_000);
      await Promise.all(Array.from({ length: 50 }, () => counting50.updateSession({ sessionToken, expires })));
      expect(counted.counts.update).toBe(1);
      expect((await counting50.getSessionAndUser(sessionToken))?.session.expires).toEqual(expires);
      await counting50.deleteSession(sessionToken);
      await Promise.all(Array.from({ length: 50 }, () => counting50.updateSession({ sessionToken, expires })));
      expect(await counting50.getSessionAndUser(sessionToken)).toBeNull();
    });
  });
}

describe("the session cases", () => {
  const broken: Record<string, (adapter: CaseAdapter) => Partial<CaseAdapter>> = {
    "makes a session that can be read back as it was made": (adapter) => ({
      createSession: (session) => adapter.createSession({ ...session, expires: new Date(+session.expires - 1) }),
    }),
    "answers null for a token that nobody was given": (adapter) => {
      let known = "";
      return {
        createSession: (session) => {
          known = session.sessionToken;
          return adapter.createSession(session);
        },
        getSessionAndUser: () => adapter.getSessionAndUser(known),
      };
    },
    "moves the end of a session to the very instant": () => ({ updateSession: async () => null }),
    "forgets a session that is deleted, and tells which it was": () => ({ deleteSession: async () => null }),
    "ends a session at the very instant that it was given": (adapter) => ({
      createSession: (session) => adapter.createSession({ ...session, expires: new Date(+session.expires + 1) }),
    }),
    "brings no session back that has ended": (adapter) => ({ updateSession: createAnew(adapter) }),
    "makes none by a renewal of what was never made": (adapter) => ({ updateSession: createAnew(adapter) }),
    "keeps the sessions of one user apart": (adapter) => ({
      async deleteSession() {
        for (const token of tokens) await adapter.deleteSession(token);
        return null;
      },
    }),
    "gives a token to one session only": (adapter) => ({
      createSession: (session) => adapter.createSession(session).catch(() => session as never),
    }),
    "shows the user as they are now": (adapter) => {
      let first: unknown;
      return {
        async updateUser(change) {
          first = await adapter.getSessionAndUser([...tokens][0] as string);
          return adapter.updateUser(change);
        },
        getSessionAndUser: async (token) => (first ?? (await adapter.getSessionAndUser(token))) as never,
      };
    },
    "passes accounts and invitations on to the adapter beneath": () => ({ unlinkAccount: async () => undefined }),
    "signs in a user who was just made": () => ({ getUserByEmail: async () => null }),
    "ends the sessions of a user who is deleted": (adapter) => {
      const users = new Map<string, unknown>();
      return {
        getSessionAndUser: async (token) => (users.get(token) ?? (await adapter.getSessionAndUser(token))) as never,
        deleteUser: async () => void users.set([...tokens][0] as string, { session: {}, user: {} }),
      };
    },
  };
  const tokens = new Set<string>();
  /** What an upsert does: a renewal makes the session that it does not find. */
  const createAnew =
    (adapter: CaseAdapter): CaseAdapter["updateSession"] =>
    async (change) =>
      (await adapter.updateSession(change)) ?? adapter.createSession(change as never).catch(() => change as never);

  it.each(Object.keys(cases))("fail an adapter that is broken: %s", async (name) => {
    const { adapter, user, clock } = adapterOver(memoryStore());
    tokens.clear();
    const watched: CaseAdapter = {
      ...adapter,
      createSession: (session) => {
        tokens.add(session.sessionToken);
        return adapter.createSession(session);
      },
    };
    await expect(cases[name]?.({ ...watched, ...broken[name]?.(watched) }, user, clock)).rejects.toThrow();
  });
});
