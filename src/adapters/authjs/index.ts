/** Auth.js 5 and NextAuth 4: their sessions in our stores. */
export { type AuthjsAdapterOptions, authjsAdapter } from "./adapter.ts";
export { type AuthjsConfig, authjsConfig } from "./config.ts";
export type {
  AuthjsAdapter,
  AuthjsSession,
  AuthjsSessionChange,
  AuthjsSessionMethods,
  NewAuthjsSession,
  UserOf,
  UsersAdapter,
} from "./port.ts";
