import { expect, it } from "vitest";
import { authjsAdapter } from "../../src/adapters/authjs/index.ts";
import { createSessions, type SessionStore } from "../../src/index.ts";
import { memoryUsers } from "./users.ts";

/** What the cases ask of an adapter. */
export type SessionCase = (adapter: CaseAdapter, user: { id: string }, clock: CaseClock) => Promise<void>;

/** The clock of the sessions. It stands still unless a case puts it forward. */
export interface CaseClock {
  now(): number;
  advance(ms: number): void;
}

/** The methods that the cases call. */
export type CaseAdapter = ReturnType<typeof adapterOver>["adapter"];

const week = 7 * 86_400_000;
const inWholeSeconds = (instant: number) => new Date(Math.floor(instant / 1_000) * 1_000);

/**
 * What Auth.js and its own suite of adapters ask of the session methods, in our words, and that everything else goes on to the
 * adapter beneath; each throws where it does not hold.
 */
export const cases: Readonly<Record<string, SessionCase>> = {
  async "makes a session that can be read back as it was made"(adapter, user) {
    const session = made(user);
    const created = await adapter.createSession(session);
    expect(created).toMatchObject(session);
    const found = await adapter.getSessionAndUser(session.sessionToken);
    expect(found?.session).toEqual({ ...session, id: created.id });
    expect(found?.user).toEqual(user);
  },
  async "answers null for a token that nobody was given"(adapter, user) {
    await adapter.createSession(made(user));
    expect(await adapter.getSessionAndUser("invalid-token")).toBeNull();
    expect(await adapter.getSessionAndUser(crypto.randomUUID())).toBeNull();
  },
  async "moves the end of a session to the very instant"(adapter, user) {
    const session = made(user);
    await adapter.createSession(session);
    const expires = inWholeSeconds(Date.now() + 4 * week);
    await adapter.updateSession({ sessionToken: session.sessionToken, expires });
    expect((await adapter.getSessionAndUser(session.sessionToken))?.session.expires).toEqual(expires);
  },
  async "forgets a session that is deleted, and tells which it was"(adapter, user) {
    const session = made(user);
    await adapter.createSession(session);
    expect(await adapter.deleteSession(session.sessionToken)).toMatchObject(session);
    expect(await adapter.getSessionAndUser(session.sessionToken)).toBeNull();
    expect(await adapter.deleteSession(session.sessionToken)).toBeNull();
  },
  async "ends a session at the very instant that it was given"(adapter, user, clock) {
    const { sessionToken } = made(user);
    const expires = new Date(clock.now() + 3_600_000);
    await adapter.createSession({ sessionToken, userId: user.id, expires });
    clock.advance(3_600_000 - 1);
    expect(await adapter.getSessionAndUser(sessionToken)).not.toBeNull();
    clock.advance(1);
    expect(await adapter.getSessionAndUser(sessionToken)).toBeNull();
    expect(await adapter.deleteSession(sessionToken)).toBeNull();
  },
  async "brings no session back that has ended"(adapter, user) {
    const session = made(user);
    await adapter.createSession(session);
    await adapter.deleteSession(session.sessionToken);
    expect(await adapter.updateSession(session)).toBeNull();
    expect(await adapter.getSessionAndUser(session.sessionToken)).toBeNull();
  },
  async "makes none by a renewal of what was never made"(adapter, user) {
    const session = made(user);
    expect(await adapter.updateSession(session)).toBeNull();
    expect(await adapter.getSessionAndUser(session.sessionToken)).toBeNull();
  },
  async "keeps the sessions of one user apart"(adapter, user) {
    const [one, other] = [made(user), made(user)];
    await Promise.all([adapter.createSession(one), adapter.createSession(other)]);
    await adapter.deleteSession(one.sessionToken);
    expect(await adapter.getSessionAndUser(one.sessionToken)).toBeNull();
    expect((await adapter.getSessionAndUser(other.sessionToken))?.session).toMatchObject(other);
  },
  async "gives a token to one session only"(adapter, user) {
    const session = made(user);
    await adapter.createSession(session);
    await expect(adapter.createSession(session)).rejects.toMatchObject({ code: "STORE_CONFLICT" });
    expect((await adapter.getSessionAndUser(session.sessionToken))?.session).toMatchObject(session);
  },
  async "shows the user as they are now"(adapter, user) {
    const session = made(user);
    await adapter.createSession(session);
    await adapter.updateUser({ id: user.id, name: "Ada Lovelace" });
    expect((await adapter.getSessionAndUser(session.sessionToken))?.user).toEqual({ ...user, name: "Ada Lovelace" });
  },
  async "passes accounts and invitations on to the adapter beneath"(adapter, user) {
    const account = { provider: "github", providerAccountId: crypto.randomUUID(), userId: user.id };
    await adapter.linkAccount(account);
    expect(await adapter.getUserByAccount(account)).toEqual(user);
    await adapter.unlinkAccount(account);
    expect(await adapter.getUserByAccount(account)).toBeNull();
    const invitation = { identifier: "ada@shop.example", token: "once", expires: inWholeSeconds(Date.now() + week) };
    await adapter.createVerificationToken(invitation);
    const { useVerificationToken: take } = adapter;
    expect(await take(invitation)).toEqual(invitation);
    expect(await take(invitation)).toBeNull();
  },
  async "signs in a user who was just made"(adapter) {
    const user = await adapter.createUser({
      id: crypto.randomUUID(),
      email: "grace@shop.example",
      emailVerified: null,
    });
    const session = made(user);
    await adapter.createSession(session);
    expect((await adapter.getSessionAndUser(session.sessionToken))?.user).toEqual(user);
    expect(await adapter.getUser(user.id)).toEqual(user);
    expect(await adapter.getUserByEmail(user.email)).toEqual(user);
  },
  async "ends the sessions of a user who is deleted"(adapter, user) {
    const session = made(user);
    await adapter.createSession(session);
    await adapter.deleteUser(user.id);
    expect(await adapter.getSessionAndUser(session.sessionToken)).toBeNull();
  },
};

function made(user: { id: string }) {
  return { sessionToken: crypto.randomUUID() as string, userId: user.id, expires: inWholeSeconds(Date.now() + week) };
}

/** An adapter over a store, with a user. */
export function adapterOver(store: SessionStore) {
  let now = Date.now();
  const sessions = createSessions({
    store,
    origins: ["https://shop.example"],
    timeouts: { idle: "30d", absolute: "30d" },
    runtime: { now: () => now },
  });
  const { users, adapter } = memoryUsers();
  const user = { id: `ada-${crypto.randomUUID()}`, email: "ada@shop.example", emailVerified: null };
  users.set(user.id, user);
  const clock: CaseClock = {
    now: () => now,
    advance(ms) {
      now += ms;
    },
  };
  return { sessions, user, clock, adapter: authjsAdapter(sessions, adapter) };
}

/** Runs the cases over a store. */
export function sessionCases(store: () => SessionStore): void {
  for (const [name, run] of Object.entries(cases)) {
    it(name, async () => {
      const { adapter, user, clock } = adapterOver(store());
      await run(adapter, user, clock);
    });
  }
}
