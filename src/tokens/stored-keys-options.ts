import type { Problem } from "../cookie/rules.ts";
import { durationOf } from "../core/timeouts.ts";
import type { Duration } from "../duration.ts";
import type { TokenAlgorithm } from "./signing-key.ts";

/** How the keys in the session store are kept. */
export interface StoredKeysOptions {
  /** What new keys are for (default `"EdDSA"`). */
  readonly algorithm?: TokenAlgorithm;
  /** How long a key signs (default `"30d"`). */
  readonly every?: Duration;
  /**
   * How long a key is published before it signs (default `"1h"`, at least `"10m"`): longer than any verifier remembers what it has
   * fetched.
   */
  readonly ahead?: Duration;
}

/** Keys that are made, rotated and taken away by themselves, in the session store. */
export interface StoredKeys {
  readonly stored: StoredKeysOptions;
}

/** The same, resolved. Times are milliseconds. */
export interface StoredKeysPolicy {
  readonly algorithm: TokenAlgorithm;
  readonly every: number;
  readonly ahead: number;
}

/**
 * Keeps the keys in the session store: made when the first is needed, rotated in time on every instance without a restart, published
 * before they sign and for as long as anything that they signed lives. The private parts are encrypted with a sub-key of `secrets`
 * (JWE, A256GCM), so that a copy of the store signs nothing.
 *
 * @example
 * tokens({ issuer, audiences, clients, keys: storedKeys({ every: "30d" }) })
 */
export function storedKeys(options: StoredKeysOptions = {}): StoredKeys {
  return { stored: options };
}

/** Tells keys in the store from those of a configuration. */
export function isStoredKeys(keys: unknown): keys is StoredKeys {
  return typeof keys === "object" && keys !== null && "stored" in keys;
}

const leastAhead = 600_000;

/** Resolves the options, and reports what is wrong with them. */
export function resolveStoredKeys(
  { stored }: StoredKeys,
  invalid: (message: string, hint: string) => void,
): StoredKeysPolicy {
  const { algorithm = "EdDSA", every: everyGiven = "30d", ahead: aheadGiven = "1h" } = stored ?? {};
  if (algorithm !== "EdDSA" && algorithm !== "ES256")
    invalid("storedKeys names no algorithm of ours.", 'Leave algorithm out, or write "ES256".');
  const every = durationOf("storedKeys.every", everyGiven, invalid);
  const ahead = durationOf("storedKeys.ahead", aheadGiven, invalid);
  if (ahead < leastAhead) invalid("storedKeys.ahead is shorter than ten minutes.", "Verifiers would not know the key.");
  if (every < ahead * 2) invalid("storedKeys.every is shorter than twice storedKeys.ahead.", "Rotate more rarely.");
  return { algorithm, every, ahead };
}

/** What is wrong with the options. */
export function storedKeysProblems(keys: StoredKeys): Problem[] {
  const problems: Problem[] = [];
  resolveStoredKeys(keys, (message, hint) => void problems.push({ code: "CONFIG_INVALID", message, hint }));
  return problems;
}
