import type { SessionStore } from "../store/port.ts";

/** How many sessions a user may have at once, and what becomes of one too many. */
export interface SessionLimit {
  /** The most sessions of one user, 1 to 500. */
  readonly sessions: number;
  /**
   * What a sign-in beyond it does (default `"end-oldest"`): `"end-oldest"` ends the session that was signed in the longest ago,
   * `"refuse"` fails with `SESSION_LIMIT`, `"ask"` fails likewise, and goes through once the visitor has chosen which sessions
   * to end: `signIn(userId, { end: [id] })`.
   */
  readonly reached?: "end-oldest" | "refuse" | "ask";
}

/** The resolved limit. */
export type SessionLimitPolicy = Required<SessionLimit>;

const most = 500;
const answers: readonly unknown[] = ["end-oldest", "refuse", "ask"];

/** Resolves the `limit` option, and reports what is wrong with it. */
export function resolveSessionLimit(
  option: SessionLimit | undefined,
  store: SessionStore | undefined,
  invalid: (message: string, hint: string) => void,
): SessionLimitPolicy | null {
  if (option === undefined) return null;
  const { sessions, reached = "end-oldest" } = option;
  if (!Number.isSafeInteger(sessions) || sessions < 1 || sessions > most)
    invalid(
      `limit.sessions is not a whole number from 1 to ${most}.`,
      "Write how many sessions a user may have at once.",
    );
  if (!answers.includes(reached))
    invalid("limit.reached is not one of its three answers.", 'Write "end-oldest", "refuse" or "ask".');
  if (store && !store.byUser)
    invalid(
      `limit needs a store that finds sessions by their user, and the ${store.name} store cannot.`,
      "Implement byUser.",
    );
  return { sessions, reached };
}
