"use client";

export { type ClientErrorName, SessionClientError } from "../client/client-error.ts";
export type { Device } from "../client/session-client.ts";
export { type SessionHooks, sessionHooks } from "./session-hooks.ts";
export { SessionProvider, type SessionProviderProps } from "./session-provider.ts";
export type { SessionState } from "./session-state.ts";
export { type UseDevices, useDevices } from "./use-devices.ts";
export { type UseExpiry, useExpiry } from "./use-expiry.ts";
export { type UseSession, useSession, useUser } from "./use-session.ts";
export { useSessionAction } from "./use-session-action.ts";
