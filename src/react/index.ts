"use client";

export { type ClientErrorName, SessionClientError } from "../client/client-error.ts";
export type { Device } from "../client/session-client.ts";
export type { UseDevices } from "./device-store.ts";
export type { UseExpiry } from "./expiry-watch.ts";
export { type SessionHooks, sessionHooks } from "./session-hooks.ts";
export { SessionProvider, type SessionProviderProps } from "./session-provider.ts";
export type { SessionState } from "./session-state.ts";
export { useDevices } from "./use-devices.ts";
export { useExpiry, type WarnBefore } from "./use-expiry.ts";
export { useSession, useUser } from "./use-session.ts";
export { useSessionAction } from "./use-session-action.ts";
