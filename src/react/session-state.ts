import type { SessionClientError } from "../client/client-error.ts";

interface Known {
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

/** Puts a state together from what is known: `undefined` is nothing so far, `null` is nobody. */
export function stateOf<View>(
  data: View | null | undefined,
  error: SessionClientError | null = null,
  isExpired = false,
): SessionState<View> {
  const status = data === undefined ? (error ? "failed" : "loading") : data === null ? "anonymous" : "authenticated";
  return { status, data, error, isExpired, isStale: error !== null && data !== undefined } as SessionState<View>;
}

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

/** A number where the view shows one; something that compares with nothing where it does not. */
export function numberOf(value: unknown): number {
  return typeof value === "number" ? value : Number.NaN;
}

/** When the session ends unless something happens, or `null` where the view does not say. */
export function deadlineOf(view: Fields | null | undefined): number | null {
  const deadlines = [view?.idleExpiresAt, view?.expiresAt].filter((instant) => typeof instant === "number");
  return deadlines.length > 0 ? Math.min(...deadlines) : null;
}

/**
 * A short text that differs when what is known differs: what tabs tell one another instead of the session itself. FNV-1a over
 * its JSON.
 */
export function fingerprint(view: unknown): string {
  let hash = 0x811c9dc5; // nothing known so far, `undefined`, has no JSON: it differs from nobody, `null`
  for (const character of JSON.stringify(view) ?? "") hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return (hash >>> 0).toString(36);
}
