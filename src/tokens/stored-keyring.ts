import { createKeptRecords, type Kept } from "../core/kept-records.ts";
import type { TokenContext } from "../core/token-issuer.ts";
import { SessionStoreError } from "../errors.ts";
import { activeKeys, neededKeys, nextActivation } from "./key-schedule.ts";
import type { Keyring } from "./keyring.ts";
import { createKeySeal, type KeySeal } from "./sealed-keys.ts";
import { type SigningKey, signingKeyOf } from "./signing-key.ts";
import { keysIn, newKey, type StoredKey } from "./stored-key.ts";
import type { StoredKeysPolicy } from "./stored-keys-options.ts";

interface Loaded {
  readonly kept: Kept | null;
  readonly keys: readonly StoredKey[];
  readonly at: number;
}

/** How old what a process knows of the keys may be, in milliseconds: another instance may have rotated them. */
const reloadAfter = 60_000;

/** For how long what a process knows counts while the store does not answer, in milliseconds: a key may have been revoked since. */
const trustedFor = 900_000;

/** How much longer the keys are kept than they sign, so that nothing is lost while an application rests. */
const keptFor = 366 * 86_400_000;

const mostAttempts = 20;

/** What a keyring in the store is made from. */
export interface StoredKeyringOptions {
  readonly issuer: string;
  readonly policy: StoredKeysPolicy;
  /** How long an access token lives at most, in milliseconds. */
  readonly longest: number;
}

/** Opens the keys that are kept in the session store under the issuer's name. */
export function storedKeyring(context: TokenContext, { issuer, policy, longest }: StoredKeyringOptions): Keyring {
  const { runtime, emit } = context;
  const records = createKeptRecords(context, "token keys");
  const seal = createKeySeal(context.secrets);
  const ready = new Map<string, Promise<SigningKey | null>>();
  let loaded: Loaded | null = null;
  let loading: Promise<Loaded> | null = null;
  let turn = 0; // raised by what changes the keys here: what was read before it is not kept

  async function read(): Promise<Loaded> {
    const at = runtime.now();
    const kept = await records.find(issuer);
    return { kept, keys: keysIn(kept), at };
  }

  /** Writes the next keys in the place of those that were read; of two instances at once one does, and the other reads them. */
  async function write({ kept }: Loaded, keys: readonly StoredKey[]): Promise<boolean> {
    const until = runtime.now() + policy.every + keptFor;
    const text = JSON.stringify(keys);
    const stored = kept ? await records.change(kept, text, until) : await records.create(issuer, text, until);
    return stored !== null;
  }

  async function load(): Promise<Loaded> {
    for (let attempt = 1; attempt <= mostAttempts; attempt++) {
      const found = await read();
      const next = await nextKeys(found, seal, { policy, longest, now: found.at });
      if (!next) return found;
      if (await write(found, next.keys)) emit({ type: "token-key-made", keyId: next.kid });
    }
    throw tooManyConflicts();
  }

  /** What is known, read anew where that was a while ago. A store that does not answer takes away only what has been known for long. */
  async function current(): Promise<Loaded> {
    const now = runtime.now();
    // A clock that was set back tells no age: they are read anew, and trusted no longer than if they had just become due.
    if (loaded && now < loaded.at) loaded = { ...loaded, at: now - reloadAfter };
    if (loaded && now - loaded.at < reloadAfter) return loaded;
    loading ??= reload(turn);
    return loading;
  }

  async function reload(begun: number): Promise<Loaded> {
    try {
      const fresh = await load();
      if (turn === begun) loaded = fresh;
      return fresh;
    } catch (error) {
      if (!loaded || runtime.now() - loaded.at >= trustedFor) throw error;
      return loaded;
    } finally {
      if (turn === begun) loading = null;
    }
  }

  /** Forgets what is known, and what is being read, since it has been changed. */
  function forget(): void {
    turn += 1;
    [loaded, loading] = [null, null];
  }

  function open({ kid, sealed }: StoredKey): Promise<SigningKey | null> {
    const opening = ready.get(kid) ?? seal.unseal(sealed, kid).then((jwk) => jwk && signingKeyOf(jwk));
    ready.set(kid, opening);
    return opening;
  }

  async function rotate(revoke: boolean): Promise<string> {
    for (let attempt = 1; attempt <= mostAttempts; attempt++) {
      const found = await read();
      const made = await newKey(seal, policy, revoke || found.keys.length === 0 ? found.at : found.at + policy.ahead);
      const keys = revoke ? [made] : [...neededKeys(found.keys, found.at, longest), made];
      if (!(await write(found, keys))) continue;
      emit({ type: "token-key-made", keyId: made.kid });
      forget();
      return made.kid;
    }
    throw tooManyConflicts();
  }

  return {
    rotate,
    async published() {
      const { keys } = await current();
      return neededKeys(keys, runtime.now(), longest).map((key) => key.public);
    },
    async signing() {
      const key = (await readable()) ?? (await replaceUnreadable());
      if (key) return key;
      throw tooManyConflicts();
    },
  };

  /** The newest key whose time has come, of those that these secrets open: while secrets change, instances have different ones. */
  async function readable(): Promise<SigningKey | null> {
    const { keys } = await current();
    const now = runtime.now();
    for (const key of activeKeys(neededKeys(keys, now, longest), now)) {
      const opened = await open(key);
      if (opened) return opened;
    }
    return null;
  }

  /** Makes a key in the place of those that no secret opens. What they have signed is known by their public parts still. */
  async function replaceUnreadable(): Promise<SigningKey | null> {
    const found = await read();
    const [unreadable] = activeKeys(found.keys, found.at);
    if (unreadable) emit({ type: "token-key-unreadable", keyId: unreadable.kid });
    const made = await newKey(seal, policy, found.at);
    const isOurs = await write(found, [...neededKeys(found.keys, found.at, longest), made]);
    if (isOurs) emit({ type: "token-key-made", keyId: made.kid });
    forget();
    return readable();
  }
}

interface Rotation {
  readonly policy: StoredKeysPolicy;
  readonly longest: number;
  readonly now: number;
}

async function nextKeys({ keys }: Loaded, seal: KeySeal, { policy, longest, now }: Rotation) {
  const activeAt = nextActivation(keys, policy, now);
  if (activeAt === null) return null;
  const made = await newKey(seal, policy, activeAt);
  return { kid: made.kid, keys: [...neededKeys(keys, now, longest), made] };
}

function tooManyConflicts(): SessionStoreError {
  return new SessionStoreError("STORE_CONFLICT", "The keys of tokens were changed by others at every attempt.", {
    hint: "Nothing was issued. Try again.",
  });
}
