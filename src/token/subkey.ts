/**
 * Derives the key that one purpose signs with: HKDF over a secret of the application, with a label of its own, so that what
 * is signed for one purpose is worth nothing for another.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc5869 RFC 5869: HKDF}
 */
export async function signingKey(secret: string, label: string): Promise<CryptoKey> {
  const { subtle } = crypto;
  const material = await subtle.importKey("raw", new TextEncoder().encode(secret), "HKDF", false, ["deriveKey"]);
  const derivation = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: new TextEncoder().encode(label) };
  const shape = { name: "HMAC", hash: "SHA-256", length: 256 };
  return subtle.deriveKey(derivation, material, shape, false, ["sign", "verify"]);
}
