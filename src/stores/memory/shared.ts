import type { SessionStore } from "../../store/port.ts";

// Next.js bundles a package once for each layer (server components, route handlers, proxy), and in development evaluates
// an application's modules anew at each change. `memoryStore()` at the top of such a module then makes several stores in
// one process, and a visitor who has signed in by a route handler would be unknown to the page. So whoever knows which
// stores are meant to be one says so: the first store of a key keeps its own sessions, and the later ones pass every call
// on to it. The copies share no classes and no module state, only two registered symbols: `instanceof` would tell them
// apart, the symbols do not.

/** Where a memory store keeps the function that makes it pass its calls on. */
const adoptHook = Symbol.for("coatcheck.shared-store");

const registrySymbol = Symbol.for("coatcheck.memory");

/** A store that can be told to pass every later call on to another one. */
type Adopt = (first: SessionStore) => void;

interface Registry {
  readonly stores: Map<string, SessionStore>;
  readonly settled: WeakSet<SessionStore>;
}

/**
 * Makes all memory stores that are shared under one key, by whichever copy of this package, one store: the first one. Its
 * limits are the ones that hold, until the process ends.
 *
 * Other stores are left alone, and so is a wrapper such as `{ ...memoryStore(), find }`: the hook is not enumerable, since
 * a wrapper that was passed over would lose what it adds. (Share the store before wrapping it.) A store that is in use
 * under one key already stays what it is under another.
 */
export function shareMemoryStore(store: SessionStore, key: string): void {
  const adopt = hookOf(store);
  if (!adopt) return;
  const { stores, settled } = registry();
  const first = stores.get(key);
  if (first === store) return;
  if (!first) stores.set(key, store);
  else if (!settled.has(store)) adopt(first);
  settled.add(store);
}

/** Gives a store its hook. */
export function makeSharable<S extends SessionStore>(store: S, adopt: Adopt): S {
  return Object.defineProperty(store, adoptHook, { value: adopt, enumerable: false });
}

function hookOf(store: SessionStore): Adopt | undefined {
  const hook = (store as { readonly [adoptHook]?: unknown })[adoptHook];
  return typeof hook === "function" ? (hook as Adopt) : undefined;
}

function registry(): Registry {
  const anchor = globalThis as { [registrySymbol]?: Registry };
  anchor[registrySymbol] ??= { stores: new Map(), settled: new WeakSet() };
  return anchor[registrySymbol];
}
