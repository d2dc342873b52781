import type { Maybe } from "../maybe.ts";
import { findNodeCrypto, type NodeCrypto } from "./node-crypto.ts";
import { signingKey, signText } from "./subkey.ts";

/** Makes the HMAC of a text, in base64url. */
export type Mac = (text: string) => Maybe<string>;

/**
 * HMAC-SHA-256 with the key that one purpose has of a secret: synchronous where the runtime offers it (Node, Bun: a few µs), through
 * `crypto.subtle` elsewhere. The results are the same.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc2104 RFC 2104: HMAC}
 */
export const macOf = chooseMac(findNodeCrypto());

/** Picks the faster of the two. Exported so that tests hold them against each other. */
export function chooseMac(
  node: Partial<Pick<NodeCrypto, "hkdfSync" | "createHmac">> = {},
): (secret: string, label: string) => Maybe<Mac> {
  const { hkdfSync, createHmac } = node;
  if (hkdfSync && createHmac)
    return (secret, label) => {
      const key = new Uint8Array(hkdfSync("sha256", secret, "", label, 32));
      return (text) => createHmac("sha256", key).update(text).digest("base64url");
    };
  return async (secret, label) => {
    const key = await signingKey(secret, label);
    return (text) => signText(key, text);
  };
}
