import {
  CompactSign,
  calculateJwkThumbprint,
  compactVerify,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from "jose";
import { SessionConfigError } from "../errors.ts";

/** The algorithms that access tokens are signed with: Ed25519, or ECDSA over P-256 where another library knows no other. */
export type TokenAlgorithm = "EdDSA" | "ES256";

/** A key to sign with. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: TokenAlgorithm;
  readonly key: CryptoKey;
}

/** A public key as it is published (RFC 7517). */
export type PublicKey = JWK & { readonly kid: string; readonly alg: TokenAlgorithm; readonly use: "sig" };

/**
 * Makes a private key to sign access tokens with, as one line of JSON (a JWK, RFC 7517) for the environment or a secret store. Its id is
 * its thumbprint (RFC 7638).
 *
 * @param options.algorithm `"EdDSA"` (default), or `"ES256"`.
 * @example
 * // on the command line: npx coatcheck token-key
 * const text = await generateTokenKey()
 */
export async function generateTokenKey(options: { readonly algorithm?: TokenAlgorithm } = {}): Promise<string> {
  const { algorithm = "EdDSA" } = options;
  if (algorithm !== "EdDSA" && algorithm !== "ES256")
    throw new SessionConfigError("CONFIG_INVALID", "The algorithm of a new key is neither EdDSA nor ES256.", {
      hint: "Leave it out: EdDSA is right for most applications.",
    });
  return JSON.stringify(await newPrivateKey(algorithm));
}

/** Makes a private key with its id. */
export async function newPrivateKey(algorithm: TokenAlgorithm): Promise<JWK & { readonly kid: string }> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = named(await exportJWK(privateKey), algorithm);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk) };
}

/** What of a key may be published: nothing that it signs with. */
export async function publicPart(jwk: JWK): Promise<PublicKey> {
  const { kty, crv, x, y, kid } = jwk;
  const shown = named({ kty, crv, x, ...(y !== undefined && { y }) } as JWK, algorithmOf(jwk) as TokenAlgorithm);
  return { ...shown, kid: kid ?? (await calculateJwkThumbprint(shown)) } as PublicKey;
}

/** Makes a key ready to sign, once something that it has signed was verified. Rejects where its parts do not fit each other. */
export async function signingKeyOf(jwk: JWK): Promise<SigningKey> {
  const alg = algorithmOf(jwk) as TokenAlgorithm;
  const shown = await publicPart(jwk);
  const key = (await importJWK({ ...jwk, alg }, alg, { extractable: false })) as CryptoKey;
  const signed = await new CompactSign(new Uint8Array(1)).setProtectedHeader({ alg }).sign(key);
  await compactVerify(signed, await importJWK(shown, alg));
  return { kid: shown.kid, alg, key };
}

/** The algorithm that a key is made for; `null` where it is none of ours. The key decides it, and no header of a token does. */
export function algorithmOf({ kty, crv, alg }: JWK): TokenAlgorithm | null {
  if (kty === "OKP" && crv === "Ed25519" && (alg === undefined || alg === "EdDSA" || alg === "Ed25519")) return "EdDSA";
  return kty === "EC" && crv === "P-256" && (alg === undefined || alg === "ES256") ? "ES256" : null;
}

function named(jwk: JWK, alg: TokenAlgorithm): JWK {
  return { ...jwk, alg, use: "sig" };
}
