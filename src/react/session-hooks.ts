import type { ReactElement } from "react";
import type { ViewOf } from "../client/inferred.ts";
import { SessionProvider, type SessionProviderProps } from "./session-provider.ts";
import type { SessionState } from "./session-state.ts";
import { type UserOf, useSession, useUser } from "./use-session.ts";

/** The provider and the hooks that show the session, with the types of one configuration. */
export interface SessionHooks<View> {
  readonly SessionProvider: (props: SessionProviderProps<View>) => ReactElement;
  readonly useSession: () => SessionState<View>;
  readonly useUser: () => UserOf<View> | null | undefined;
}

/**
 * Gives the provider and the hooks with the types of your configuration, so that no component writes them again. The type alone
 * is taken from there: no server code comes along. `useDevices`, `useExpiry` and `useSessionAction` depend on no configuration:
 * import them as they are.
 *
 * @example
 * // session-hooks.ts
 * "use client"
 * import { sessionHooks } from "coatcheck/react"
 * import type { sessions } from "./session"
 *
 * export const { SessionProvider, useSession, useUser } = sessionHooks<typeof sessions>()
 */
export function sessionHooks<Sessions = unknown>(): SessionHooks<ViewOf<Sessions>> {
  return { SessionProvider, useSession, useUser } as SessionHooks<ViewOf<Sessions>>;
}
