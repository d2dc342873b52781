import { createContext, useContext, useSyncExternalStore } from "react";
import type { Tab } from "./browser-tab.ts";
import type { SessionState } from "./session-state.ts";

/** What a provider gives the hooks below it. */
export interface Scope {
  /** The state that the server rendered with; the first render in the browser is the same. */
  readonly seed: SessionState<unknown>;
  /** The state of this tab. Not on a server. */
  tab(): Tab;
  readonly subscribe: (listener: () => void) => () => void;
  readonly snapshot: () => SessionState<unknown>;
}

export const ScopeContext = createContext<Scope | null>(null);

export function useScope(): Scope {
  const scope = useContext(ScopeContext);
  if (scope) return scope;
  throw new Error("There is no <SessionProvider> above this component. Put one around the application, in its layout.");
}

export function useSessionState(scope: Scope): SessionState<unknown> {
  return useSyncExternalStore(scope.subscribe, scope.snapshot, () => scope.seed);
}
