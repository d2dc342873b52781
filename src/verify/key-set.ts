import { type Algorithm, algorithmOf, importPublicKey, type PublicKey } from "./algorithms.ts";

/** What a token's header says of the key that it was signed with. Neither is trusted: both only look a key up. */
export interface KeyName {
  readonly kid: string | undefined;
  readonly alg: string;
}

/** Where a verifier finds the keys of its issuer. */
export interface KeySource {
  /**
   * The key of that name whose own algorithm is the one named, or `null` where there is none.
   *
   * @throws Where the keys are out of reach, so that nobody can say.
   */
  find(name: KeyName): Promise<CryptoKey | null>;
}

interface Entry {
  readonly key: PublicKey;
  readonly algorithm: Algorithm;
  imported?: Promise<CryptoKey | null>;
}

/** Of a set with more keys than this the first ones are used. */
const mostKeys = 100;

/**
 * Makes the usable keys of a set findable. A key is made ready once, when it is first asked for. Keys of other algorithms, for
 * encryption, too short or not even public are as though they were not there.
 */
export function keySet(keys: readonly unknown[], allowed: readonly Algorithm[]): KeySource {
  const entries = keys.slice(0, mostKeys).flatMap((key) => entryOf(key, allowed));
  return {
    async find({ kid, alg }) {
      const [entry, another] = entries.filter(
        ({ key, algorithm }) => algorithm === alg && (kid === undefined || key.kid === kid),
      );
      // Without a name there must be no choice.
      if (!entry || (kid === undefined && another)) return null;
      entry.imported ??= importPublicKey(entry.key, entry.algorithm).catch(() => null);
      return entry.imported;
    },
  };
}

function entryOf(key: unknown, allowed: readonly Algorithm[]): Entry[] {
  if (typeof key !== "object" || key === null) return [];
  const algorithm = algorithmOf(key as PublicKey, allowed);
  return algorithm ? [{ key: key as PublicKey, algorithm }] : [];
}
