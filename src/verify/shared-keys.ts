import type { Algorithm, PublicKey } from "./algorithms.ts";
import { type KeySource, keySet } from "./key-set.ts";
import { remoteKeys } from "./remote-keys.ts";

// On globalThis, so that verifiers made anew for each request, and several copies of this package in one process, fetch once.
const place = Symbol.for("coatcheck.verify.keys");

/** How many addresses are remembered. Addresses come from configurations, so more than a few is a mistake. */
const mostAddresses = 100;

/** The keys at an address, shared by all verifiers of the process that accept the same algorithms. */
export function sharedKeys(url: string, algorithms: readonly Algorithm[]): KeySource {
  const known = sources();
  const name = [url, ...algorithms].join(" ");
  const source = known.get(name) ?? remoteKeys(url, { algorithms });
  known.set(name, source);
  if (known.size > mostAddresses) known.delete(known.keys().next().value as string);
  return source;
}

function sources(): Map<string, KeySource> {
  const shared = globalThis as { [place]?: Map<string, KeySource> };
  shared[place] ??= new Map();
  return shared[place];
}

const given = new WeakMap<readonly PublicKey[], Map<string, KeySource>>();

/** The keys of a list. Made ready once for each list and what is accepted, whoever asks. */
export function givenKeys(keys: readonly PublicKey[], algorithms: readonly Algorithm[]): KeySource {
  const known = given.get(keys) ?? new Map<string, KeySource>();
  given.set(keys, known);
  const name = algorithms.join(" ");
  const source = known.get(name) ?? keySet(keys, algorithms);
  known.set(name, source);
  return source;
}
