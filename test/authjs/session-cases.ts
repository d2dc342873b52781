import { expect, it } from "vitest";
import { authjsAdapter } from "../../src/adapters/authjs/index.ts";
import { createSessions, type SessionStore } from "../../src/index.ts";
import { memoryUsers } from "./users.ts";

/** What the cases ask of an adapter. */
export type SessionCase = (adapter: CaseAdapter, user: { id: string }) => Promise<void>;

/** The methods that the cases call. */
export type CaseAdapter = ReturnType<typeof adapterOver>["adapter"];

const week = 7 * 86_400_000;
const inWholeSeconds = (instant: number) => new Date(Math.floor(instant / 1_000) * 1_000);

/** What Auth.js's own suite asks of the session methods, in our words; each throws where it does not hold. */
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
  const sessions = createSessions({
    store,
    origins: ["https://shop.example"],
    timeouts: { idle: "30d", absolute: "30d" },
  });
  const { users, adapter } = memoryUsers();
  const user = { id: `ada-${crypto.randomUUID()}`, email: "ada@shop.example", emailVerified: null };
  users.set(user.id, user);
  return { sessions, user, adapter: authjsAdapter(sessions, adapter) };
}

/** Runs the cases over a store. */
export function sessionCases(store: () => SessionStore): void {
  for (const [name, run] of Object.entries(cases)) {
    it(name, async () => {
      const { adapter, user } = adapterOver(store());
      await run(adapter, user);
    });
  }
}
