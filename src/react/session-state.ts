import type { SessionClientError } from "../client/client-error.ts";

/** What a component can do with the session. */
export interface SessionCalls {
  /**
   * Asks the server now, for instance after a request of your own that changed the session. Never rejects: a failure is in
   * `error`, and what was known stays.
   */
  refresh(): Promise<void>;
  /**
   * Ends this session; with `everywhere`, every session of the user. All tabs show it at once.
   *
   * @throws {@link SessionClientError} The server did not confirm it: the visitor is still signed in, and shown so.
   */
  signOut(options?: { readonly everywhere?: boolean }): Promise<void>;
  /** Goes back from the impersonated user to the one who acts. Rejects like `signOut`. */
  stopImpersonating(): Promise<void>;
}

interface Known extends SessionCalls {
  /** Why the last request failed, or `null`. What was known before still stands. */
  readonly error: SessionClientError | null;
  /** Whether the last request failed, so that what is shown may be out of date. */
  readonly isStale: boolean;
  /** Whether the session ended by a deadline, and not by a sign-out. */
  readonly isExpired: boolean;
}

/**
 * What is known of the session. `status` tells the cases apart: `"loading"` before the first answer, `"failed"` when there was
 * none, then `"authenticated"` or `"anonymous"`. A failing request changes neither of the last two.
 */
export type SessionState<View> =
  | (Known & { readonly status: "loading"; readonly data: undefined; readonly error: null })
  | (Known & { readonly status: "failed"; readonly data: undefined; readonly error: SessionClientError })
  | (Known & { readonly status: "anonymous"; readonly data: null })
  | (Known & { readonly status: "authenticated"; readonly data: View });

/** The fields of a public view that this side can use where they are shown. A view of the application's own may have none. */
export interface Fields {
  readonly id?: unknown;
  readonly userId?: unknown;
  readonly user?: unknown;
  readonly version?: unknown;
  readonly authenticatedAt?: unknown;
  readonly idleExpiresAt?: unknown;
  readonly expiresAt?: unknown;
}

/** A public view as this side sees it: `undefined` is nothing so far, `null` is nobody. */
export type Data = Fields | null | undefined;

/** Puts a state together from what is known. */
export function stateOf(
  calls: SessionCalls,
  data?: Data,
  error: SessionClientError | null = null,
  isExpired = false,
): SessionState<Fields> {
  const status = data ? "authenticated" : data === null ? "anonymous" : error ? "failed" : "loading";
  return { ...calls, status, data, error, isExpired, isStale: !!error && data !== undefined } as SessionState<Fields>;
}

/** When the session ends unless something happens; infinitely late where the view does not say. */
export function deadlineOf(view: Data): number {
  return Math.min((view?.idleExpiresAt as number) ?? Infinity, (view?.expiresAt as number) ?? Infinity) || Infinity;
}

/**
 * A number that differs when what is known differs: what tabs tell one another instead of the session itself. A hash of its
 * JSON.
 */
export function fingerprint(data: Data): number {
  let hash = 0;
  // The products are below 2 ** 53, and exact.
  for (const character of `${JSON.stringify(data)}`) hash = (hash * 1_000_003) ^ character.charCodeAt(0);
  return hash;
}
