/**
 * Derives the key that one purpose signs with: HKDF over a secret of the application, with a label of its own, so that what
 * is signed for one purpose is worth nothing for another.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc5869 RFC 5869: HKDF}
 */
export function signingKey(secret: string, label: string): Promise<CryptoKey> {
  return derive(secret, label, { name: "HMAC", hash: "SHA-256", length: 256 }, ["sign", "verify"]);
}

/** Derives the key that one purpose encrypts with, in the same way: 256 bits for AES-GCM. */
export function sealingKey(secret: string, label: string): Promise<CryptoKey> {
  return derive(secret, label, { name: "AES-GCM", length: 256 }, ["encrypt", "decrypt"]);
}

async function derive(
  secret: string,
  label: string,
  shape: HmacKeyGenParams | AesKeyGenParams,
  uses: KeyUsage[],
): Promise<CryptoKey> {
  const { subtle } = crypto;
  const material = await subtle.importKey("raw", new TextEncoder().encode(secret), "HKDF", false, ["deriveKey"]);
  const derivation = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: new TextEncoder().encode(label) };
  return subtle.deriveKey(derivation, material, shape, false, uses);
}
