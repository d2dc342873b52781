import type { ReactElement } from "react";
import type { ViewOf } from "../client/inferred.ts";
import { SessionProvider, type SessionProviderProps } from "./session-provider.ts";
import { type UseDevices, useDevices } from "./use-devices.ts";
import { useExpiry } from "./use-expiry.ts";
import { type UserOf, type UseSession, useSession, useUser } from "./use-session.ts";
import { useSessionAction } from "./use-session-action.ts";

/** The provider and the hooks, with the types of one configuration. */
export interface SessionHooks<View> {
  readonly SessionProvider: (props: SessionProviderProps<View>) => ReactElement;
  readonly useSession: () => UseSession<View>;
  readonly useUser: () => UserOf<View> | null | undefined;
  readonly useDevices: () => UseDevices;
  readonly useExpiry: typeof useExpiry;
  readonly useSessionAction: typeof useSessionAction;
}

const hooks = { SessionProvider, useSession, useUser, useDevices, useExpiry, useSessionAction };

/**
 * Gives the provider and the hooks with the types of your configuration, so that no component writes them again. The type alone
 * is taken from there: no server code comes along.
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
  return hooks as SessionHooks<ViewOf<Sessions>>;
}
