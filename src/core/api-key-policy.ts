import type { Duration } from "../duration.ts";
import type { SessionStore } from "../store/port.ts";
import { durationOf } from "./timeouts.ts";

/** Which keys users may make for their scripts. */
export interface ApiKeyOptions {
  /** The scopes that there are (default: keys may name any). A key has those that it was made with, and no others. */
  readonly scopes?: readonly string[];
  /**
   * How old the authentication of a user may be who makes a key, such as `"10m"` (default: of any age). A key outlives the session
   * that made it, so ask for a recent one.
   */
  readonly freshFor?: Duration;
  /** The longest that a key lasts (default, and at most, `"366d"`). */
  readonly longest?: Duration;
}

/** The resolved options. Times are milliseconds. */
export interface ApiKeyPolicy {
  /** `null`: any. */
  readonly scopes: readonly string[] | null;
  readonly freshFor: number | undefined;
  readonly longest: number;
}

/** The longest that any key lasts, in milliseconds. */
const longestOfAll = 366 * 86_400_000;

type Report = (message: string, hint: string) => void;

/** Resolves the `apiKeys` option, and reports what is wrong with it. */
export function resolveApiKeys(
  option: ApiKeyOptions | undefined,
  store: SessionStore | undefined,
  invalid: Report,
): ApiKeyPolicy | null {
  if (option === undefined) return null;
  const isObject = typeof option === "object" && option !== null;
  if (!isObject) invalid("apiKeys is no object.", 'Write apiKeys: { scopes: ["read"], freshFor: "10m" }.');
  const { scopes, freshFor, longest = longestOfAll, ...others } = isObject ? option : {};
  for (const key of Object.keys(others))
    invalid(`apiKeys has no option "${key}".`, "Its options are scopes, freshFor and longest.");
  if (scopes !== undefined && !isScopes(scopes))
    invalid("apiKeys.scopes is not a list of at most 64 scopes.", 'Write names without spaces, such as ["read"].');
  if (store && !store.byUser)
    invalid(`apiKeys needs a store with byUser, and the ${store.name} store has none.`, "Implement byUser.");
  const lasts = durationOf("apiKeys.longest", longest, invalid);
  if (lasts > longestOfAll) invalid("apiKeys.longest is longer than 366 days.", "Let keys be made anew every year.");
  return {
    scopes: scopes ?? null,
    freshFor: freshFor === undefined ? undefined : durationOf("apiKeys.freshFor", freshFor, invalid),
    longest: lasts,
  };
}

/** Tells whether a value is a list of at most 64 scopes, as RFC 6749 section 3.3 spells them, each of at most 64 characters. */
export function isScopes(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= 64 && value.every(isScope);
}

function isScope(value: unknown): boolean {
  return typeof value === "string" && /^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/.test(value);
}
