/** What we use of `node:crypto`. A runtime may lack some of it. */
export interface NodeCrypto {
  hash?(algorithm: string, data: string, encoding: string): string;
  createHash(algorithm: string): { update(data: string): { digest(encoding: string): string } };
  createHmac(algorithm: string, key: Uint8Array): { update(text: string): { digest(encoding: string): string } };
  hkdfSync(digest: string, key: string, salt: string, info: string, length: number): ArrayBuffer;
}

/**
 * Node's own crypto, which answers at once where `crypto.subtle` answers with a promise; `undefined` where the runtime has none.
 * Bundlers for edge runtimes refuse an import of "node:crypto" even where it is never reached, and Next's edge sandbox throws when
 * the property is merely read.
 */
export function findNodeCrypto(): Partial<NodeCrypto> | undefined {
  try {
    return globalThis.process?.getBuiltinModule?.("node:crypto") as Partial<NodeCrypto> | undefined;
  } catch {
    return undefined;
  }
}
