import type { Maybe } from "../../maybe.ts";

/** A session as Auth.js knows it. Ours has its public id beside. */
export interface AuthjsSession {
  /** The secret that the browser's cookie holds. Nothing stores it. */
  readonly sessionToken: string;
  /** The public id, for lists and for `sessions.revoke(id)`. It signs nobody in. */
  readonly id: string;
  readonly userId: string;
  /** When the session ends unless it is used. */
  readonly expires: Date;
}

/** What Auth.js passes to make a session. */
export interface NewAuthjsSession {
  sessionToken: string;
  userId: string;
  expires: Date;
}

/** What Auth.js passes to change one. */
export interface AuthjsSessionChange {
  sessionToken: string;
  userId?: string;
  expires?: Date;
}

/** The session methods of an Auth.js adapter. */
export interface AuthjsSessionMethods<User> {
  createSession(session: NewAuthjsSession): Promise<AuthjsSession>;
  getSessionAndUser(sessionToken: string): Promise<{ session: AuthjsSession; user: User } | null>;
  updateSession(session: AuthjsSessionChange): Promise<AuthjsSession | null>;
  deleteSession(sessionToken: string): Promise<AuthjsSession | null>;
}

/** What is needed of the adapter that keeps users, by its shape: any adapter for Auth.js 5 or NextAuth 4 has it. */
export interface UsersAdapter {
  // biome-ignore lint/suspicious/noExplicitAny: an adapter's user has whatever the application gave it
  getUser?(id: string): Maybe<any>;
  deleteUser?(id: string): unknown;
}

/** The user that an adapter finds. */
export type UserOf<Users extends UsersAdapter> = NonNullable<Awaited<ReturnType<NonNullable<Users["getUser"]>>>>;

/** An adapter whose sessions are kept by us, and everything else as before. */
export type AuthjsAdapter<Users extends UsersAdapter> = Omit<Users, keyof AuthjsSessionMethods<unknown>> &
  AuthjsSessionMethods<UserOf<Users>>;
