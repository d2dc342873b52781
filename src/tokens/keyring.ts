import type { JWK } from "jose";
import type { Problem } from "../cookie/rules.ts";
import { decodeJson } from "../core/json.ts";
import { SessionConfigError } from "../errors.ts";
import { algorithmOf, type PublicKey, publicPart, type SigningKey, signingKeyOf } from "./signing-key.ts";
import { isStoredKeys, type StoredKeys, storedKeysProblems } from "./stored-keys-options.ts";

/** The keys that access tokens are signed with, and known by. */
export interface Keyring {
  /** The key that signs now. */
  signing(): Promise<SigningKey>;
  /** Every key that a verifier may meet, and those that will sign soon. */
  published(): Promise<readonly PublicKey[]>;
  /** Begins to sign with a new key. */
  rotate(revoke: boolean): Promise<string>;
}

/** A key of the configuration: a JWK, or its JSON text, as the environment holds it. */
export type TokenKey = string | JWK;

/**
 * The keys of a configuration. To rotate, publish the next one first; when every verifier has fetched it, make it the active one and
 * retire the old one; when what that has signed has ended, take it away.
 */
export interface GivenKeys {
  /** The private key that signs. */
  readonly active: TokenKey | undefined;
  /** Keys that will sign next. They are published, so that verifiers know them in time. */
  readonly published?: readonly TokenKey[];
  /** Keys that have signed before: published still. The public part is enough. */
  readonly retired?: readonly TokenKey[];
}

/** Where the keys come from: one private key, several with what each is for, or the session store. */
export type TokenKeys = TokenKey | GivenKeys | StoredKeys | undefined;

/** Opens the keys of a configuration, which have been found to be right. */
export function givenKeyring(keys: TokenKey | GivenKeys): Keyring {
  const { active, others } = readKeys(keys);
  let signing: Promise<SigningKey> | null = null;
  let published: Promise<readonly PublicKey[]> | null = null;
  return {
    signing() {
      signing ??= signingKeyOf(active as JWK).catch((error) => {
        throw misfit(error);
      });
      return signing;
    },
    published() {
      published ??= Promise.all([active as JWK, ...others].map(publicPart));
      return published;
    },
    async rotate() {
      throw new SessionConfigError("CONFIG_INVALID", "The keys of tokens are in the configuration, not in the store.", {
        hint: "Change keys there, or say keys: storedKeys().",
      });
    },
  };
}

/** What is wrong with the keys of a configuration. Nothing of a key is ever quoted. */
export function keyProblems(keys: TokenKeys): Problem[] {
  if (isStoredKeys(keys)) return storedKeysProblems(keys);
  if (keys === undefined || (isGiven(keys) && keys.active === undefined))
    return [missing("tokens.keys has no key to sign with.")];
  const { named } = readKeys(keys);
  const problems = named.flatMap(({ name, jwk, signs }) => problemsOf(name, jwk, signs));
  const ids = named.flatMap(({ jwk }) => jwk?.kid ?? []);
  if (new Set(ids).size < ids.length)
    problems.push(invalid("tokens.keys has two keys of one id (kid).", "Each key has an id of its own."));
  return problems;
}

function problemsOf(name: string, jwk: JWK | null, signs: boolean): Problem[] {
  if (!jwk) return [invalid(`${name} is no JWK.`, "Pass the JSON text that generateTokenKey() gives.")];
  const alg = algorithmOf(jwk);
  if (!alg)
    return [
      invalid(`${name} is neither an Ed25519 nor a P-256 key.`, "Make one with generateTokenKey(): no other signs."),
    ];
  const length = (text: unknown) => (typeof text === "string" && /^[\w-]{43}$/.test(text) ? "fits" : "unfit");
  const isWhole = length(jwk.x) === "fits" && (alg === "EdDSA" || length(jwk.y) === "fits");
  if (!isWhole) return [invalid(`${name} lacks its public part.`, "Pass the whole JWK.")];
  if (jwk.kid !== undefined && (typeof jwk.kid !== "string" || !/^[\x21-\x7e]{1,128}$/.test(jwk.kid)))
    return [
      invalid(`${name} has an id (kid) that is no short text.`, "Leave kid out: the thumbprint takes its place."),
    ];
  if (!signs || length(jwk.d) === "fits") return [];
  return [invalid(`${name} is a public key, and is to sign.`, "Pass the private JWK.")];
}

interface NamedKey {
  readonly name: string;
  readonly jwk: JWK | null;
  readonly signs: boolean;
}

function readKeys(keys: TokenKey | GivenKeys) {
  const { active, published = [], retired = [] } = isGiven(keys) ? keys : { active: keys };
  const list = (name: string, given: readonly TokenKey[]) =>
    (Array.isArray(given) ? given : []).map((key, at) => ({ name: `${name}[${at}]`, jwk: readKey(key), signs: false }));
  const first = { name: "tokens.keys.active", jwk: readKey(active), signs: true };
  const rest: NamedKey[] = [...list("tokens.keys.published", published), ...list("tokens.keys.retired", retired)];
  return { active: first.jwk, others: rest.flatMap(({ jwk }) => jwk ?? []), named: [first, ...rest] };
}

function readKey(key: TokenKey | undefined): JWK | null {
  const jwk = typeof key === "string" ? decodeJson(key) : key;
  return typeof jwk === "object" && jwk !== null && !Array.isArray(jwk) ? (jwk as JWK) : null;
}

function isGiven(keys: unknown): keys is GivenKeys {
  return typeof keys === "object" && keys !== null && "active" in keys;
}

function misfit(cause: unknown): SessionConfigError {
  return new SessionConfigError("CONFIG_INVALID", "The parts of tokens.keys.active do not fit each other.", {
    hint: "Pass the JWK as generateTokenKey() gave it.",
    cause,
  });
}

function invalid(message: string, hint: string): Problem {
  return { code: "CONFIG_INVALID", message, hint };
}

function missing(message: string): Problem {
  return {
    code: "CONFIG_SECRET_MISSING",
    message,
    hint: "Make one with generateTokenKey(), or say keys: storedKeys().",
  };
}
