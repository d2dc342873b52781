import { decodeJson } from "../core/json.ts";
import type { Kept } from "../core/kept-records.ts";
import type { ScheduledKey } from "./key-schedule.ts";
import type { KeySeal } from "./sealed-keys.ts";
import { newPrivateKey, type PublicKey, publicPart } from "./signing-key.ts";
import type { StoredKeysPolicy } from "./stored-keys-options.ts";

/** A key as the store keeps it. */
export interface StoredKey extends ScheduledKey {
  readonly public: PublicKey;
  /** The private part, encrypted. */
  readonly sealed: string;
}

/** Makes a key that signs from an instant on. */
export async function newKey(seal: KeySeal, { algorithm }: StoredKeysPolicy, activeAt: number): Promise<StoredKey> {
  const jwk = await newPrivateKey(algorithm);
  return { kid: jwk.kid, activeAt, public: await publicPart(jwk), sealed: await seal.seal(jwk) };
}

/** The keys that are kept. What is damaged counts as absent. */
export function keysIn(kept: Kept | null): StoredKey[] {
  const keys = kept ? decodeJson(kept.text) : null;
  return Array.isArray(keys) ? keys.filter(isStoredKey) : [];
}

function isStoredKey(key: Partial<StoredKey> | null): key is StoredKey {
  return (
    typeof key?.kid === "string" &&
    Number.isSafeInteger(key.activeAt) &&
    typeof key.sealed === "string" &&
    key.public?.kid === key.kid
  );
}
