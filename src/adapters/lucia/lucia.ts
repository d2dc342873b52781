import type { SessionStore } from "../../store/port.ts";
import { listedData } from "./listed-data.ts";
import { invalid, type LuciaOptions, type LuciaShapes, managerOf } from "./options.ts";
import { type LuciaSession, type LuciaUser, makeSession, type SessionFacts } from "./session.ts";
import { isToken, type LuciaCookie, luciaCookie, tokenInAuthorization, tokenInCookies } from "./session-cookie.ts";
import { type AnySessions, visitWith } from "./token-visit.ts";
import { validateToken } from "./validation.ts";

/** What `validateSession` answers: both, or neither. */
export type Validated<Session, User> =
  | { readonly session: Session; readonly user: User }
  | { readonly session: null; readonly user: null };

/** The type of the sessions of a facade: `type Session = SessionOf<typeof lucia>`. */
export type SessionOf<Facade> =
  Facade extends Lucia<infer _Row, infer Attributes, infer _UserRow, infer _User, infer UserId>
    ? LuciaSession<Attributes, UserId>
    : never;

/** The type of the users of a facade: `type User = UserOf<typeof lucia>`. */
export type UserOf<Facade> =
  Facade extends Lucia<infer _Row, infer _Session, infer _UserRow, infer Attributes, infer UserId>
    ? LuciaUser<Attributes, UserId>
    : never;

/**
 * The ten methods of Lucia 3, over any store of this package: an application written for Lucia changes its import and what it
 * passes first.
 *
 * **The id.** Lucia's session id is the credential, and is what its table holds. Here a session has a secret token, of which
 * the store keeps a digest, and a public id. `session.id` of a session that was created or validated is the token, so that
 * `createSessionCookie(session.id)` goes on to work; it is not enumerable. Lists hold public ids.
 *
 * **Missing, expired, revoked**: `validateSession` answers two `null`s, whatever the reason, and never a session whose end
 * had been acknowledged before the call began. **Concurrent** validations past half of a session's life make one write.
 * Attributes are kept as session data: JSON values, and their names are never part of a statement.
 *
 * Every method that asks the store may throw a {@link SessionStoreError} `STORE_UNAVAILABLE`: nobody is signed out by that.
 *
 * @example
 * export const lucia = new Lucia(sqliteStore("sessions.db"), {
 *   user: (userId) => findUser(userId),
 *   getUserAttributes: ({ name }) => ({ name }),
 * })
 */
export class Lucia<
  SessionRow extends object = Record<string, unknown>,
  SessionAttributes extends object = object,
  UserRow = unknown,
  UserAttributes extends object = object,
  UserId = string,
> {
  /** The manager underneath: everything that the facade leaves out. */
  readonly sessions: AnySessions;
  /** The name of the session cookie. */
  readonly sessionCookieName: string;
  readonly #shapes: LuciaShapes<SessionRow, SessionAttributes, UserRow, UserAttributes, UserId>;
  readonly #secure: boolean;

  /**
   * @param storeOrSessions A store, or the sessions that `createSessions` or `nextSessions` has made; those say themselves
   *   how long they last, what their cookie is and who finds users.
   * @throws {@link SessionConfigError} `CONFIG_INVALID`, `CONFIG_COOKIE_INSECURE`: an option is wrong, or misplaced.
   */
  constructor(
    storeOrSessions: SessionStore | AnySessions,
    options: LuciaOptions<SessionRow, SessionAttributes, UserRow, UserAttributes, UserId> = {},
  ) {
    this.sessions = managerOf(storeOrSessions, options);
    this.sessionCookieName = this.sessions.policy.cookie.name;
    this.#shapes = options;
    this.#secure = options.sessionCookie?.attributes?.secure === true;
  }

  /**
   * Signs a user in: makes a session with its attributes, and its token.
   *
   * @throws {@link SessionDataError} `DATA_INVALID`, `DATA_TOO_LARGE`: the user id or an attribute cannot be kept.
   * @throws {@link SessionConfigError} `CONFIG_INVALID`: a session id was passed. Whoever may choose one could sign in others.
   */
  async createSession(
    userId: UserId,
    attributes: SessionRow,
    options?: { readonly sessionId?: never },
  ): Promise<LuciaSession<SessionAttributes, UserId>> {
    if (options?.sessionId !== undefined)
      throw invalid("createSession was given a session id.", "Leave it out: the token is made here, at random.");
    const { token, session } = await this.sessions.create({ userId: String(userId), data: attributes });
    const { id: publicId, idleExpiresAt } = session as { id: string; idleExpiresAt: number };
    const facts = { publicId, userId: this.#readUserId(String(userId)), endsAt: idleExpiresAt, fresh: true, token };
    return this.#session(facts, session.data);
  }

  /**
   * Finds the session that a token opens, and its user.
   *
   * Past half of its life the session is renewed before the answer, and read back: `fresh` says that its end was moved. The
   * cookie need not be set again, for it lasts as long as the session can at all.
   */
  async validateSession(
    sessionId: string,
  ): Promise<Validated<LuciaSession<SessionAttributes, UserId>, LuciaUser<UserAttributes, UserId>>> {
    const found = await validateToken(this.sessions, sessionId);
    if (found === null) return { session: null, user: null };
    const { record, data, row, fresh } = found;
    const userId = this.#readUserId(record.userId as string);
    const facts = { publicId: record.id, userId, endsAt: record.idleExpiresAt, fresh, token: sessionId };
    const user = { ...(row === null ? {} : this.#shapes.getUserAttributes?.(row as UserRow)), id: userId };
    return {
      session: this.#session(facts, data),
      user: user as unknown as LuciaUser<UserAttributes, UserId>,
    };
  }

  /** Every living session of a user, the one seen last first. Their `id` is the public one: no list holds a token. */
  async getUserSessions(userId: UserId): Promise<LuciaSession<SessionAttributes, UserId>[]> {
    const living = await this.sessions.list(String(userId));
    const data = this.#shapes.getSessionAttributes ? await listedData(this.sessions, living) : null;
    return living.map(({ id, idleExpiresAt }) => {
      const facts = { publicId: id, userId: this.#readUserId(String(userId)), endsAt: idleExpiresAt, fresh: false };
      return this.#session(facts, data?.get(id) ?? {});
    });
  }

  /**
   * Ends a session, by its token or by its public id. An unknown one is no error. Never pass a cookie's value unread:
   * `readSessionCookie` gives tokens only, and a public id need not be secret.
   */
  async invalidateSession(sessionId: string): Promise<void> {
    if (!isToken(sessionId)) await this.sessions.revoke(sessionId);
    else await this.#end(sessionId);
  }

  /** Ends every session of a user but the one given as `except`, a token or a public id. */
  async invalidateUserSessions(userId: UserId, options: { readonly except?: string } = {}): Promise<void> {
    const except = options.except === undefined ? undefined : await this.#publicIdOf(options.except);
    await this.sessions.revokeUser(String(userId), except === undefined ? {} : { except });
  }

  /** Deletes the records of expired sessions, a thousand at a time, until there are none. */
  async deleteExpiredSessions(): Promise<void> {
    const limit = 1_000;
    while ((await this.sessions.sweep({ limit })) >= limit);
  }

  /** The token in a `Cookie` header, or `null`. Never throws, whatever other cookies hold. */
  readSessionCookie(header: string | null | undefined): string | null {
    return tokenInCookies(header, this.sessionCookieName);
  }

  /** The token in an `Authorization: Bearer` header, or `null`. Never throws. */
  readBearerToken(header: string | null | undefined): string | null {
    return tokenInAuthorization(header);
  }

  /**
   * The cookie for `session.id`. Its Max-Age is the absolute limit in whole seconds: the server alone enforces the other end.
   *
   * @throws {@link SessionConfigError} `CONFIG_INVALID`: it is no token. A public id signs nobody in.
   */
  createSessionCookie(sessionId: string): LuciaCookie {
    if (!isToken(sessionId))
      throw invalid("createSessionCookie was given no token.", "Pass the id of a session just created or validated.");
    return luciaCookie(this.sessions.createSessionCookie(sessionId), this.#secure);
  }

  /** The cookie that takes the session cookie away. */
  createBlankSessionCookie(): LuciaCookie {
    return luciaCookie(this.sessions.createBlankSessionCookie(), this.#secure);
  }

  async #end(token: string): Promise<void> {
    const { visit } = visitWith(this.sessions, token);
    await visit.load();
    if (visit.record !== null) await visit.end();
  }

  async #publicIdOf(sessionId: string): Promise<string | undefined> {
    if (!isToken(sessionId)) return sessionId;
    const { visit } = visitWith(this.sessions, sessionId);
    await visit.load();
    return visit.record?.id;
  }

  #session(facts: SessionFacts<UserId>, data: object): LuciaSession<SessionAttributes, UserId> {
    return makeSession(facts, this.#shapes.getSessionAttributes?.({ ...data } as SessionRow) ?? {});
  }

  #readUserId(text: string): UserId {
    return this.#shapes.readUserId ? this.#shapes.readUserId(text) : (text as UserId);
  }
}
