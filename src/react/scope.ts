import type { Tab } from "./browser-tab.ts";
import { createContext, useContext } from "./react.ts";
import type { Data, Fields, SessionState } from "./session-state.ts";

/** What a provider gives the hooks below it. */
export interface Scope {
  readonly tab: Tab;
  /** The state that the server rendered with; the first render in the browser is the same. */
  readonly seed: SessionState<Fields>;
  /** What the provider was given last. */
  offered?: Data;
}

export const ScopeContext = createContext<Scope | null>(null);

export function useScope(): Scope {
  const scope = useContext(ScopeContext);
  if (scope) return scope;
  throw new Error("No <SessionProvider>");
}
