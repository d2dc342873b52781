import type { Problem } from "../problems.ts";
import { type Algorithm, algorithmOf, type PublicKey } from "./algorithms.ts";
import type { KeySource } from "./key-set.ts";
import type { KeysOption, VerifierOptions } from "./options.ts";
import { isKeysAddress, remoteKeys } from "./remote-keys.ts";
import { givenKeys, sharedKeys } from "./shared-keys.ts";

/** Where the keys of an issuer are found, from options without a problem. */
export function keysOf({ keys, issuer, runtime }: VerifierOptions, algorithms: readonly Algorithm[]): KeySource {
  const from = keys ?? ownAddress(issuer);
  if (typeof from !== "string") return isSource(from) ? from : givenKeys(from.keys, algorithms);
  return runtime ? remoteKeys(from, { algorithms, runtime }) : sharedKeys(from, algorithms);
}

/** What is wrong with the option. */
export function keysProblems(
  keys: KeysOption | undefined,
  issuer: unknown,
  algorithms: readonly Algorithm[],
): Problem[] {
  const invalid = (message: string, hint: string): Problem[] => [{ code: "CONFIG_INVALID", message, hint }];
  const from = keys ?? ownAddress(issuer);
  if (typeof from === "string") {
    if (isKeysAddress(from)) return [];
    return invalid("keys is not an https address.", "Plain http is for localhost only; or give the keys themselves.");
  }
  if (isSource(from)) return [];
  const isUsable = (key: PublicKey | null) =>
    typeof key === "object" && key !== null && algorithmOf(key, algorithms) !== null;
  if (Array.isArray(from.keys) && from.keys.length > 0 && from.keys.every(isUsable)) return [];
  return invalid(
    "keys is not a set of public keys of the accepted algorithms.",
    "Write { keys: [jwk] } with public JWKs for signatures, RSA of at least 2,048 bits, and never a private one.",
  );
}

/** Where an issuer that is Coatcheck publishes its keys; empty for one that is no address. */
function ownAddress(issuer: unknown): string {
  if (typeof issuer !== "string" || !URL.canParse(issuer)) return "";
  const path = new URL(issuer).pathname.replace(/\/$/, "");
  const address = new URL(issuer);
  address.pathname = `${path || "/api/session"}/jwks.json`;
  return address.href;
}

function isSource(keys: unknown): keys is KeySource {
  return typeof (keys as KeySource | null)?.find === "function";
}
