import { CompactEncrypt, compactDecrypt, type JWK } from "jose";
import { decodeJson } from "../core/json.ts";
import { sealingKey } from "../token/subkey.ts";

/** Encrypts private keys for the store, and reads them again. */
export interface KeySeal {
  seal(jwk: JWK & { readonly kid: string }): Promise<string>;
  /** `null` where it was sealed with another secret, for another key, or is damaged. */
  unseal(sealed: string, kid: string): Promise<JWK | null>;
}

const label = "coatcheck token keys v1";

/**
 * Makes the seal of one configuration: the first secret encrypts, all decrypt. The id of the key is part of what is authenticated, so
 * that none is taken for another.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7516 RFC 7516: JSON Web Encryption}
 */
export function createKeySeal(secrets: readonly string[]): KeySeal {
  const keys = secrets.map((secret) => {
    let key: Promise<CryptoKey> | null = null;
    return () => {
      key ??= sealingKey(secret, label);
      return key;
    };
  });
  return {
    async seal(jwk) {
      const text = new TextEncoder().encode(JSON.stringify(jwk));
      const header = { alg: "dir", enc: "A256GCM", kid: jwk.kid } as const;
      const key = keys[0] as () => Promise<CryptoKey>;
      return new CompactEncrypt(text).setProtectedHeader(header).encrypt(await key());
    },
    async unseal(sealed, kid) {
      for (const key of keys) {
        const jwk = await open(sealed, kid, await key());
        if (jwk) return jwk;
      }
      return null;
    },
  };
}

async function open(sealed: string, kid: string, key: CryptoKey): Promise<JWK | null> {
  const only = { keyManagementAlgorithms: ["dir"], contentEncryptionAlgorithms: ["A256GCM"] };
  const opened = await compactDecrypt(sealed, key, only).catch(() => null);
  if (opened?.protectedHeader.kid !== kid) return null;
  const jwk = decodeJson(new TextDecoder().decode(opened.plaintext)) as JWK | null;
  return jwk?.kid === kid ? jwk : null;
}
