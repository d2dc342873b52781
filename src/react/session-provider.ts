import { createElement, type ReactElement, type ReactNode, useEffect, useLayoutEffect, useMemo, useRef } from "react";
import type { DefaultView } from "../client/inferred.ts";
import { tabOf } from "./browser-tab.ts";
import { type Scope, ScopeContext } from "./scope.ts";
import { stateOf } from "./session-state.ts";

/** What the provider is given. */
export interface SessionProviderProps<View = DefaultView> {
  /**
   * The session as the server rendered it: what `await session.toClient()` gives, `null` for nobody. The hooks start with it and
   * make no request. Without it, or with `undefined`, the first hook asks the server, once for all.
   */
  readonly session?: View | null | undefined;
  /** Where the server's session actions are (default `"/api/session"`). */
  readonly basePath?: string;
  /** Whether to ask anew when somebody comes back to the tab, at most every five seconds (default `true`). */
  readonly refetchOnFocus?: boolean;
  /** Whether to ask anew when the network is back (default `true`). */
  readonly refetchOnReconnect?: boolean;
  readonly children?: ReactNode;
}

// React 18 warns about layout effects on a server, where none run anyway.
const useEffectBeforePaint = typeof document === "undefined" ? useEffect : useLayoutEffect;

/**
 * Gives the session to the hooks below. Put it into the layout, around everything that uses them.
 *
 * What is known is kept for each `basePath` and not for each provider: a provider that comes and goes costs no request. A render
 * that brings a newer session is shown at once, also one that a Server Action caused; an older one, from the router's cache,
 * is not.
 *
 * @example
 * // app/layout.tsx
 * const session = await getSession()
 * return <SessionProvider session={await session.toClient()}>{children}</SessionProvider>
 */
export function SessionProvider<View = DefaultView>({
  session,
  basePath = "/api/session",
  refetchOnFocus = true,
  refetchOnReconnect = true,
  children,
}: SessionProviderProps<View>): ReactElement {
  // Of the first session only: what hydrates late was rendered with that one, and a later one goes through the tab.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const scope = useMemo(() => scopeOf(basePath, session), [basePath]);
  const offered = useRef<unknown>(undefined);

  useEffectBeforePaint(() => {
    const before = offered.current;
    offered.current = session;
    // The same object again is a render of this side. `null` has no identity: the tab finds out whether it is news.
    if (session === undefined || (session === before && session !== null)) return;
    const seed = scope.seed.data === session ? scope.seed : stateOf<unknown>(session);
    scope.tab().session.offer(seed, before !== undefined && before !== session);
  });

  useEffect(() => {
    const { lookAgain } = scope.tab().session;
    const comeBack = () => document.visibilityState !== "hidden" && lookAgain();
    const stops = [
      ...(refetchOnFocus ? [listen(window, "focus", comeBack), listen(document, "visibilitychange", comeBack)] : []),
      ...(refetchOnReconnect ? [listen(window, "online", lookAgain)] : []),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [scope, refetchOnFocus, refetchOnReconnect]);

  return createElement(ScopeContext.Provider, { value: scope }, children);
}

function scopeOf(basePath: string, session: unknown): Scope {
  const seed = stateOf<unknown>(session);
  const tab = () => tabOf(basePath);
  return {
    seed,
    tab,
    subscribe: (listener) => tab().session.subscribe(listener),
    // Until the provider's effect has run the tab may know nothing: the seed is what it is about to know.
    snapshot: () => {
      const state = tab().session.get();
      return state.data === undefined && seed.data !== undefined ? seed : state;
    },
  };
}

function listen(target: EventTarget, type: string, listener: () => void): () => void {
  target.addEventListener(type, listener);
  return () => target.removeEventListener(type, listener);
}
