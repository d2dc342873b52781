import type { ReadonlySession, SessionTypes } from "./session.ts";

/** What is known of a session that has a record. */
export interface Recorded {
  readonly id: string;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly idleExpiresAt: number;
  readonly expiresAt: number;
  readonly version: number;
}

/**
 * A session that somebody is signed in to. Where another application signs users in (`identity`), there may be no record before
 * the first write: `id`, `version` and the instants but `authenticatedAt` may be `null` then, and their types say so.
 */
export type SignedInSession<Types extends SessionTypes> = ReadonlySession<Types> & {
  readonly userId: string;
  readonly user: Types["user"];
  readonly authenticatedAt: number;
  readonly isAnonymous: false;
} & (object extends Types["identity"] ? Recorded : unknown);

/** What `GET {basePath}` and `toClient()` show of a signed-in session, where the configuration has no `publicView`. */
export interface PublicView {
  readonly id: string;
  readonly userId: string;
  readonly authenticatedAt: number;
  readonly idleExpiresAt: number;
  readonly expiresAt: number;
  /** Raised by every change of data, identity or token. */
  readonly version: number;
}

/**
 * The same where another application signs users in (`identity`): until the first write a session has no record, and all but
 * its user is `null`.
 */
export type PublicViewOf<Identity> = object extends Identity
  ? PublicView
  : Pick<PublicView, "userId" | "authenticatedAt"> & {
      readonly [Key in Exclude<keyof PublicView, "userId" | "authenticatedAt">]: PublicView[Key] | null;
    };
