/** Auth.js 5 and NextAuth 4: their sessions in our stores, or their users in our sessions. */
export { type AuthjsAdapterOptions, authjsAdapter } from "./adapter.ts";
export { type AuthjsConfig, authjsConfig } from "./config.ts";
export { authjsEvents, type EndSession } from "./events.ts";
export { type AuthjsOptions, type AuthjsSignOut, authjs, type ReadAuthjsSession } from "./identity.ts";
export type {
  AuthjsAdapter,
  AuthjsSession,
  AuthjsSessionChange,
  AuthjsSessionMethods,
  NewAuthjsSession,
  UserOf,
  UsersAdapter,
} from "./port.ts";
