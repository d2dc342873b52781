import { useMemo } from "react";
import type { ViewOf } from "../client/inferred.ts";
import { useScope, useSessionState } from "./scope.ts";
import type { Fields, SessionState } from "./session-state.ts";

/** What a component can do with the session. */
export interface SessionCalls {
  /**
   * Asks the server now, for instance after a request of your own that changed the session. Never rejects: a failure is in
   * `error`, and what was known stays.
   */
  refresh(): Promise<void>;
  /**
   * Ends this session; with `everywhere`, every session of the user. All tabs show it at once.
   *
   * @throws {@link SessionClientError} The server did not confirm it: the visitor is still signed in, and shown so.
   */
  signOut(options?: { readonly everywhere?: boolean }): Promise<void>;
  /** Goes back from the impersonated user to the one who acts. */
  stopImpersonating(): Promise<void>;
}

/** The session as a component sees it. Ask `status`, or `data`: `undefined` is unknown, `null` is nobody. */
export type UseSession<View> = SessionState<View> & SessionCalls;

/**
 * The session: what the server shows of it, on the server, in the first render and from then on, in step with the other tabs.
 *
 * It makes no request where the provider was given the session. Where not, all components together make one. It asks again
 * when somebody comes back to the tab, when the network is back, and when another tab tells of a change. Asking is no
 * activity: it does not move the idle deadline.
 *
 * @typeParam Sessions The manager, `useSession<typeof sessions>()`; or take the hook from `sessionHooks`.
 * @example
 * const { status, data, signOut } = useSession<typeof sessions>()
 * if (status === "loading" || status === "failed") return null
 * if (status === "anonymous") return <a href="/sign-in">Sign in</a>
 * return <button onClick={() => signOut()}>Sign out {data.userId}</button>
 */
export function useSession<Sessions = unknown>(): UseSession<ViewOf<Sessions>> {
  const scope = useScope();
  const state = useSessionState(scope) as SessionState<ViewOf<Sessions>>;
  return useMemo(
    () => ({
      ...state,
      refresh: () => scope.tab().session.refresh(),
      signOut: (options) => scope.tab().signOut(options),
      stopImpersonating: () => scope.tab().stopImpersonating(),
    }),
    [scope, state],
  );
}

/** The user that a view shows: its `user`, or else `{ id }` from its `userId`. */
export type UserOf<View> = View extends { readonly user: infer User }
  ? User
  : View extends { readonly userId: infer Id }
    ? { readonly id: Id }
    : never;

/**
 * The signed-in user: what `publicView` of the configuration shows as `user`, or `{ id }` where it shows none. `null` when
 * nobody is signed in, `undefined` as long as that is not known.
 *
 * @example
 * const user = useUser<typeof sessions>()
 * return user ? <p>Good evening, {user.name}.</p> : <a href="/sign-in">Sign in</a>
 */
export function useUser<Sessions = unknown>(): UserOf<ViewOf<Sessions>> | null | undefined {
  const { data } = useSessionState(useScope());
  return useMemo(() => {
    const view = data as Fields | null | undefined;
    return (view && ("user" in view ? view.user : { id: view.userId })) as never;
  }, [data]);
}
