import { dateOf } from "../../runtime.ts";

/** What every session of the facade has, whatever the application's attributes. */
export interface LuciaSessionCore<UserId> {
  /**
   * What `validateSession`, `invalidateSession` and `createSessionCookie` take. On a session that was just created or
   * validated it is the token, a secret: it is not enumerable there, so that printing, spreading or serialising the session
   * leaves it out. On one of a list it is the public id.
   */
  readonly id: string;
  /** The public id: for lists and logs, and for `invalidateSession`. It signs nobody in. */
  readonly publicId: string;
  readonly userId: UserId;
  /** When the session ends unless it is used. */
  readonly expiresAt: Date;
  /** Whether the session was just created, or its end was just moved by this call. */
  readonly fresh: boolean;
}

/** A session of the facade. The core fields are never overwritten by attributes. */
export type LuciaSession<Attributes, UserId> = Omit<Attributes, keyof LuciaSessionCore<UserId>> &
  LuciaSessionCore<UserId>;

/** A user of the facade. The id is never overwritten by attributes. */
export type LuciaUser<Attributes, UserId> = Omit<Attributes, "id"> & { readonly id: UserId };

/** What a session of the facade is made from. */
export interface SessionFacts<UserId> {
  readonly publicId: string;
  readonly userId: UserId;
  /** The instant of the end, in epoch milliseconds. */
  readonly endsAt: number;
  readonly fresh: boolean;
  /** The secret, where the session may be handed to its holder. */
  readonly token?: string;
}

/** Makes a session out of its facts and the application's attributes, in this order: a fact is a fact. */
export function makeSession<Attributes, UserId>(
  { publicId, userId, endsAt, fresh, token }: SessionFacts<UserId>,
  attributes: object,
): LuciaSession<Attributes, UserId> {
  const session = { ...attributes, publicId, userId, expiresAt: dateOf(endsAt), fresh };
  const id = { value: token ?? publicId, enumerable: token === undefined };
  return Object.defineProperty(session, "id", id) as LuciaSession<Attributes, UserId>;
}
