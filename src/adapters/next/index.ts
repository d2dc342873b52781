/** Sessions for Next.js 14, 15 and 16: App Router, Server Actions, route handlers, the proxy, and the Pages Router. */
export { type NextSessionsOptions, nextSessions } from "./next-sessions.ts";
export type {
  ContextWithSession,
  DestroySessionOptions,
  FromRequest,
  NextSessions,
  OpenSession,
  PageRedirect,
  ReadSession,
  RequestWithSession,
  RequireUserOptions,
  UserSession,
  WithSession,
} from "./signatures.ts";
