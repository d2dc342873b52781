import { toBase64url } from "../bytes.ts";
import type { Maybe } from "../maybe.ts";
import { findNodeCrypto, type NodeCrypto } from "./node-crypto.ts";
import { signingKey } from "./subkey.ts";

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
    return async (text) =>
      toBase64url(new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text))));
  };
}

/** More secrets than these at once nobody has. */
const mostSecrets = 32;

/** The HMACs of one purpose: the key that follows from a secret is derived once. */
export function macsOf(label: string): (secret: string) => Maybe<Mac> {
  const macs = new Map<string, Maybe<Mac>>();
  return (secret) => {
    const known = macs.get(secret);
    if (known) return known;
    if (macs.size >= mostSecrets) macs.clear();
    const mac = macOf(secret, label);
    macs.set(secret, mac);
    return mac;
  };
}
