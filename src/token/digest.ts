import { toBase64url } from "../bytes.ts";
import type { Maybe } from "../maybe.ts";
import { findNodeCrypto, type NodeCrypto } from "./node-crypto.ts";

type DigestFunction = (secret: string) => Maybe<string>;

/**
 * SHA-256 of a token's secret, in base64url: what stores keep in its place.
 *
 * Synchronous where the runtime offers it (Node, Bun: about 0.4 µs), through `crypto.subtle` elsewhere; the results are
 * the same. The secret has 256 random bits, so a plain hash cannot be turned back and needs neither salt nor stretching.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6234 RFC 6234: SHA-256}
 */
export const digestOf: DigestFunction = chooseDigest(findNodeCrypto());

/**
 * The digest of an API key's secret. Another function than a session's: the secret of one, spelled as the other, opens nothing
 * even where a store has given both records one id.
 */
export const keyDigestOf: DigestFunction = (secret) => digestOf(`coatcheck api key ${secret}`);

/** The digest of a ticket's secret, another function for the same reason. */
export const ticketDigestOf: DigestFunction = (secret) => digestOf(`coatcheck ticket ${secret}`);

/** Picks the fastest digest that a runtime offers. Exported so that tests hold the three against each other. */
export function chooseDigest(node: Partial<Pick<NodeCrypto, "hash" | "createHash">> = {}): DigestFunction {
  const { hash, createHash } = node;
  if (hash) return (secret) => hash("sha256", secret, "base64url");
  if (createHash) return (secret) => createHash("sha256").update(secret).digest("base64url");
  return async (secret) => {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
    return toBase64url(new Uint8Array(digest));
  };
}
