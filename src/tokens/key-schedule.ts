import type { StoredKeysPolicy } from "./stored-keys-options.ts";

/** A key of a schedule: since when it signs. */
export interface ScheduledKey {
  readonly kid: string;
  readonly activeAt: number;
}

/** How long a key is published after it has signed its last token, beyond that token's life: clocks differ. */
const spare = 300_000;

/** The keys that may sign at an instant: those whose time has come, the one that should first. */
export function activeKeys<Key extends ScheduledKey>(keys: readonly Key[], now: number): Key[] {
  const come = keys.filter(({ activeAt }) => activeAt <= now);
  return come.reverse().sort((one, other) => other.activeAt - one.activeAt);
}

/** The keys that somebody may need still: those to come, the active one, and the others while anything that they signed lives. */
export function neededKeys<Key extends ScheduledKey>(keys: readonly Key[], now: number, longest: number): Key[] {
  const sorted = [...keys].sort((one, other) => one.activeAt - other.activeAt);
  return sorted.filter((_, at) => {
    const next = sorted[at + 1];
    return !next || now < next.activeAt + longest + spare;
  });
}

/** When the next key has to sign, where it is time to publish one; `null` where it is not. */
export function nextActivation(
  keys: readonly ScheduledKey[],
  { every, ahead }: StoredKeysPolicy,
  now: number,
): number | null {
  const newest = keys.reduce((latest, { activeAt }) => Math.max(latest, activeAt), Number.NEGATIVE_INFINITY);
  if (keys.length === 0) return now; // nobody knows any: none is forgotten by a verifier
  return now < newest + every - ahead ? null : now + ahead;
}
