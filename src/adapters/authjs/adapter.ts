import { encodeDevice } from "../../core/inputs.ts";
import { SessionConfigError } from "../../errors.ts";
import { describeDevice } from "../../http/device.ts";
import type { Maybe } from "../../maybe.ts";
import { dateOf } from "../../runtime.ts";
import type { SessionRecord } from "../../store/record.ts";
import { type AnySessions, visitWith } from "../lucia/token-visit.ts";
import type { AuthjsAdapter, AuthjsSession, AuthjsSessionMethods, UserOf, UsersAdapter } from "./port.ts";
import { checkSessionToken, ourToken, partsOf } from "./session-token.ts";

/** What {@link authjsAdapter} may be told beside. */
export interface AuthjsAdapterOptions {
  /**
   * Gives the headers of the request at hand, such as `headers` of `next/headers`: what the device list shows is read from
   * them at sign-in (default: no device is known). What it throws keeps nobody out.
   */
  readonly headers?: () => Maybe<{ get(name: string): string | null }>;
}

/**
 * Keeps the sessions of Auth.js (5, or NextAuth 4 with an adapter) in a store of ours; users, accounts and verification tokens
 * stay where `users` keeps them.
 *
 * The token is made by Auth.js and is stored nowhere: the public id and the digest are derived from it. `sessions.list`,
 * `revoke` and `revokeUser` work on these sessions as on any, and the configuration's `limit`, `devices` and both timeouts
 * hold: `expires` of Auth.js may end a session sooner, never later.
 *
 * **Missing, expired, revoked**: `getSessionAndUser`, `updateSession` and `deleteSession` answer `null`. A session that has
 * ended is never brought back by `updateSession`. **Concurrent** calls of it past `updateAge` make one write. When the store does
 * not answer, every method rejects.
 *
 * @param sessions What `createSessions` or `nextSessions` has made.
 * @param users Any adapter for Auth.js. Its session methods are never called.
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: `users` has no `getUser`.
 * @example
 * export const { handlers, auth } = NextAuth({ adapter: authjsAdapter(sessions, PrismaAdapter(prisma)), providers })
 */
export function authjsAdapter<Users extends UsersAdapter>(
  sessions: AnySessions,
  users: Users,
  options: AuthjsAdapterOptions = {},
): AuthjsAdapter<Users> {
  const getUser = userFinder<UserOf<Users>>(users);

  const methods: AuthjsSessionMethods<UserOf<Users>> = {
    async createSession({ sessionToken, userId, expires }) {
      const token = await partsOf(checkSessionToken(sessionToken));
      const device = (await deviceOf(sessions, options)) ?? null;
      const { visit } = visitWith(sessions, "");
      const idleEndsAt = endOf(expires, sessions);
      const beginning = { userId: String(userId), data: {}, persistent: true, device, token, idleEndsAt };
      return describe(await visit.beginGiven(beginning), sessionToken);
    },
    async getSessionAndUser(sessionToken) {
      const visit = await openVisit(sessions, sessionToken);
      await visit?.load();
      const userId = visit?.identity.userId ?? null;
      if (!visit?.record || userId === null) return null;
      const user = await getUser(userId);
      return user == null ? null : { session: describe(visit.record, sessionToken, userId), user };
    },
    async updateSession({ sessionToken, userId, expires }) {
      const visit = await openVisit(sessions, sessionToken);
      await visit?.load();
      if (!visit?.record || visit.identity.userId === null) return null;
      if (userId !== undefined && userId !== visit.identity.userId) throw rebound();
      const moved = expires ? await visit.moveIdleEnd(endOf(expires, sessions)) : visit.record;
      return moved && describe(moved, sessionToken);
    },
    async deleteSession(sessionToken) {
      const visit = await openVisit(sessions, sessionToken);
      await visit?.load();
      const record = visit?.record;
      if (!visit || !record) return null;
      await visit.end();
      return describe(record, sessionToken);
    },
  };
  const adapter = { ...users, ...methods };
  if (users.deleteUser) {
    // The user first: from then on nobody can sign in as them, and a session without a user is none.
    adapter.deleteUser = async (id: string) => {
      const deleted = await users.deleteUser?.(id);
      await sessions.revokeUser(id);
      return deleted;
    };
  }
  return adapter as AuthjsAdapter<Users>;
}

async function openVisit(sessions: AnySessions, sessionToken: string) {
  const token = await ourToken(sessionToken);
  return token === null ? null : visitWith(sessions, token).visit;
}

function describe(record: SessionRecord, sessionToken: string, userId = record.userId as string): AuthjsSession {
  return { sessionToken, id: record.id, userId, expires: dateOf(record.idleExpiresAt) };
}

function endOf(expires: Date, { policy }: AnySessions): number {
  const end = expires.getTime();
  if (end > policy.runtime.now()) return end;
  throw new SessionConfigError("CONFIG_INVALID", "Auth.js gave a session that has ended already.", {
    hint: "Set session.maxAge to the idle timeout in seconds, or leave it to authjsConfig.",
  });
}

async function deviceOf({ policy }: AnySessions, { headers }: AuthjsAdapterOptions): Promise<string | undefined> {
  if (!headers) return undefined;
  try {
    const given = await headers();
    return encodeDevice(await describeDevice({ header: (name) => given.get(name) }, policy.devices));
  } catch {
    return undefined; // nobody is kept out because of a name in a list
  }
}

function userFinder<User>(users: UsersAdapter): (id: string) => Maybe<User | null> {
  if (typeof users?.getUser === "function") return (id) => users.getUser?.(id);
  throw new SessionConfigError("CONFIG_INVALID", "The adapter given to authjsAdapter has no getUser.", {
    hint: "Pass the adapter that keeps your users, such as PrismaAdapter(prisma).",
  });
}

function rebound(): SessionConfigError {
  return new SessionConfigError("CONFIG_INVALID", "updateSession was asked to give a session to another user.", {
    hint: "A session gets a user together with a new token only: let Auth.js sign the user in.",
  });
}
