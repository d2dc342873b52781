import type { ViewOf } from "../client/inferred.ts";
import { useMemo, useSyncExternalStore } from "./react.ts";
import { useScope } from "./scope.ts";
import type { Fields, SessionState } from "./session-state.ts";

/**
 * The session: what the server shows of it, on the server, in the first render and from then on, in step with the other tabs.
 * Ask `status`, or `data`: `undefined` is unknown, `null` is nobody.
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
export function useSession<Sessions = unknown>(): SessionState<ViewOf<Sessions>> {
  const { tab, seed } = useScope();
  const { subscribe, get } = tab;
  // Until the provider's effect has run the tab may know nothing: the seed is what it is about to know.
  const state = useSyncExternalStore(
    subscribe,
    () => (get().status === "loading" ? seed : get()),
    () => seed,
  );
  return state as SessionState<ViewOf<Sessions>>;
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
  const { data } = useSession() as SessionState<Fields>;
  return useMemo(() => data && (data.user ?? { id: data.userId }), [data]) as never;
}
