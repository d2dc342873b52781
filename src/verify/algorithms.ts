import { importJWK } from "jose/key/import";

/**
 * The signature algorithms that there are. `Ed25519` is the name that RFC 9864 gives to what everybody calls `EdDSA`: a key says
 * which of the two its tokens bear.
 */
export type Algorithm = "EdDSA" | "Ed25519" | "ES256" | "RS256" | "PS256";

/** A public key as RFC 7517 writes it. */
export interface PublicKey {
  readonly kty?: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  readonly n?: string;
  readonly e?: string;
  readonly kid?: string;
  readonly alg?: string;
  readonly use?: string;
  readonly key_ops?: readonly string[];
  readonly [member: string]: unknown;
}

/** Every algorithm, the usual first. */
export const everyAlgorithm: readonly Algorithm[] = ["EdDSA", "Ed25519", "ES256", "RS256", "PS256"];

/** What is accepted where nothing is said. RSA is for issuers that cannot do better. */
export const usualAlgorithms: readonly Algorithm[] = ["EdDSA", "Ed25519", "ES256"];

/** For each algorithm the only kind of key that it is used with, and the members that make the key. */
const kinds: Record<Algorithm, { readonly kty: string; readonly crv?: string; readonly members: readonly string[] }> = {
  EdDSA: { kty: "OKP", crv: "Ed25519", members: ["x"] },
  Ed25519: { kty: "OKP", crv: "Ed25519", members: ["x"] },
  ES256: { kty: "EC", crv: "P-256", members: ["x", "y"] },
  RS256: { kty: "RSA", members: ["n", "e"] },
  PS256: { kty: "RSA", members: ["n", "e"] },
};

/** Members that only a private or a symmetric key has. */
const secretMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

/** The fewest bits of an RSA modulus. */
const shortestModulus = 2_048;

/** Tells whether a key holds what its owner alone may know. */
export function isPrivateKey(key: PublicKey): boolean {
  return secretMembers.some((member) => Object.hasOwn(key, member));
}

/**
 * The one algorithm of a key, among those that are allowed; `null` where it has none and is not to be used. It is fixed by the key
 * and by the configuration: what a token's header says is compared with it and chooses nothing.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8725#section-3.1 RFC 8725: perform algorithm verification}
 */
export function algorithmOf(key: PublicKey, allowed: readonly Algorithm[]): Algorithm | null {
  if (isPrivateKey(key) || !isForSignatures(key)) return null;
  const [algorithm] = allowed.filter((name) => suits(key, name) && (key.alg ?? usualNameOf(name)) === name);
  return algorithm ?? null;
}

/**
 * Makes the key usable, of its public members alone: no certificate, address or other member has a say.
 *
 * @throws Where the members make no key, or one that is too short.
 */
export async function importPublicKey(key: PublicKey, algorithm: Algorithm): Promise<CryptoKey> {
  const { kty, crv, members } = kinds[algorithm];
  const bare = { kty, ...(crv && { crv }), ...Object.fromEntries(members.map((member) => [member, key[member]])) };
  const made = (await importJWK(bare, algorithm)) as CryptoKey;
  const { modulusLength = shortestModulus } = made.algorithm as RsaHashedKeyAlgorithm;
  if (modulusLength < shortestModulus) throw new Error(`The modulus has ${modulusLength} bits.`);
  return made;
}

function isForSignatures({ use, key_ops: operations }: PublicKey): boolean {
  if (use !== undefined && use !== "sig") return false;
  return operations === undefined || (Array.isArray(operations) && operations.includes("verify"));
}

function suits(key: PublicKey, algorithm: Algorithm): boolean {
  const { kty, crv, members } = kinds[algorithm];
  if (key.kty !== kty || (crv !== undefined && key.crv !== crv)) return false;
  if (!members.every((member) => typeof key[member] === "string")) return false;
  return kty !== "RSA" || (key.n as string).replace(/^A+/, "").length * 6 >= shortestModulus;
}

/** What a key of that kind is for where it says nothing itself: the elder name, and of RSA's two what was allowed. */
function usualNameOf(algorithm: Algorithm): Algorithm {
  return algorithm === "Ed25519" ? "EdDSA" : algorithm;
}
