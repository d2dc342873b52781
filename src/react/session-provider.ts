import type { ReactElement, ReactNode } from "react";
import type { PublicView } from "../core/signed-in-session.ts";
import { tabOf } from "./browser-tab.ts";
import { createElement, useEffect, useLayoutEffect, useMemo, useState } from "./react.ts";
import { type Scope, ScopeContext } from "./scope.ts";
import type { Data } from "./session-state.ts";

/** What the provider is given. */
export interface SessionProviderProps<View = PublicView> {
  /**
   * The session as the server rendered it: what `await session.toClient()` gives, `null` for nobody. The hooks start with it and
   * make no request. Without it, or with `undefined`, the first hook asks the server, once for all.
   */
  readonly session?: View | null | undefined;
  /** Where the server's session actions are (default `"/api/session"`). */
  readonly basePath?: string;
  /** Whether to ask anew when somebody comes back to the tab, at most every five seconds (default `true`). */
  readonly refetchOnFocus?: boolean;
  /** Whether to ask anew when the network is back, at most every five seconds (default `true`). */
  readonly refetchOnReconnect?: boolean;
  readonly children?: ReactNode;
}

// React 18 warns about layout effects on a server, where none run anyway.
const useEffectBeforePaint = globalThis.document ? useLayoutEffect : useEffect;

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
export function SessionProvider<View = PublicView>({
  session,
  basePath = "/api/session",
  refetchOnFocus = true,
  refetchOnReconnect = true,
  children,
}: SessionProviderProps<View>): ReactElement {
  const data = session as Data;
  // Of the first session only: what hydrates late was rendered with that one, and a later one goes through the tab.
  const scope = useMemo((): Scope => {
    const tab = tabOf(basePath);
    return { tab, seed: tab.seed(data) };
  }, [basePath]);
  // What waits for the commit that comes with the render of an action, if there is one.
  const [settle, setSettle] = useState<() => void>();

  useEffectBeforePaint(() => {
    const { tab, seed, offered: before } = scope;
    scope.offered = data;
    tab.commit = (next) => setSettle(() => next);
    tab.looksAfter = (event) => (event === "online" ? refetchOnReconnect : refetchOnFocus);
    // The same object again is a render of this side. `null` has no identity: the tab finds out whether it is news.
    if (data === undefined || (data && data === before)) return;
    tab.offer(seed.data === data ? seed : tab.seed(data), before !== undefined && before !== data);
  });

  useEffect(() => settle?.(), [settle]);

  return createElement(ScopeContext.Provider, { value: scope }, children);
}
