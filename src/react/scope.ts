import { createContext, useContext, useSyncExternalStore } from "react";
import type { Tab } from "./browser-tab.ts";
import type { Fields, SessionState } from "./session-state.ts";

/** What a provider gives the hooks below it. */
export interface Scope {
  readonly tab: Tab;
  /** The state that the server rendered with; the first render in the browser is the same. */
  readonly seed: SessionState<Fields>;
}

export const ScopeContext = createContext<Scope | null>(null);

export function useScope(): Scope {
  const scope = useContext(ScopeContext);
  if (scope) return scope;
  throw new Error("There is no <SessionProvider> above.");
}

export function useSessionState(): SessionState<Fields> {
  const { tab, seed } = useScope();
  const { get, subscribe } = tab.session;
  // Until the provider's effect has run the tab may know nothing: the seed is what it is about to know.
  return useSyncExternalStore(
    subscribe,
    () => (get().data === undefined && seed.data !== undefined ? seed : get()),
    () => seed,
  );
}
