import { type Duration, parseDuration } from "../duration.ts";
import { SessionConfigError, SessionDataError } from "../errors.ts";
import { type ApiKeyPolicy, isScopes } from "./api-key-policy.ts";

/** What a new key is to be. */
export interface IssueApiKeyOptions {
  /** What its user will know it by, such as `"backup script"`: 1 to 100 characters. */
  readonly name: string;
  /** How long it lasts (default `"90d"`, or `longest` of the configuration where that is less). */
  readonly expiresIn?: Duration;
  /** What it may be used for (default: nothing that asks for a scope). */
  readonly scopes?: readonly string[];
}

/** A key as it is handed out. It is told this once, and nobody can read it again. */
export interface IssuedApiKey {
  readonly key: string;
  /** The public id, to list and revoke it by. */
  readonly id: string;
  readonly expiresAt: number;
}

/** The checked request, with its time in milliseconds. */
export interface KeyRequest {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly lasts: number;
}

const usualLife = 90 * 86_400_000;

/** Checks what is asked for. It may come from a form, so nothing of it is taken for granted. */
export function checkKeyRequest(policy: ApiKeyPolicy, options: IssueApiKeyOptions): KeyRequest {
  const { name, scopes = [], expiresIn } = (options ?? {}) as { readonly [Key in keyof IssueApiKeyOptions]?: unknown };
  if (typeof name !== "string" || !/^[^\p{Cc}\p{Cs}]{1,100}$/u.test(name) || name.trim() === "")
    throw unfit("name", "Pass a text of 1 to 100 characters without control characters.");
  if (!isScopes(scopes)) throw unfit("scopes", 'Pass a list of names without spaces, such as ["read"].');
  const { longest, scopes: known } = policy;
  if (known && !scopes.every((scope) => known.includes(scope)))
    throw unfit("scopes", "Pass only scopes that apiKeys.scopes of the configuration has.");
  const lasts = expiresIn === undefined ? Math.min(usualLife, longest) : parseDuration(expiresIn);
  if (lasts === null || lasts === 0 || lasts > longest)
    throw unfit("expiresIn", 'Pass a duration such as "90d", no longer than apiKeys.longest of the configuration.');
  return { name, scopes: [...new Set(scopes)], lasts };
}

/** The policy of keys, where the configuration has one. */
export function keyPolicyOf({ apiKeys }: { readonly apiKeys: ApiKeyPolicy | null }): ApiKeyPolicy {
  if (apiKeys) return apiKeys;
  throw new SessionConfigError("CONFIG_INVALID", "A key was to be made, and the configuration has no apiKeys.", {
    hint: 'Say apiKeys: { freshFor: "10m" } to let users make them.',
  });
}

function unfit(what: string, hint: string): SessionDataError {
  return new SessionDataError("DATA_INVALID", `The ${what} of a new key is not what it may be.`, { hint });
}
