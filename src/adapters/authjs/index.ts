/** Auth.js 5 and NextAuth 4: their sessions in our stores, or their users in our sessions; and the same for Course Builder. */
export { type AuthjsAdapterOptions, authjsAdapter } from "./adapter.ts";
export { type AuthjsConfig, authjsConfig } from "./config.ts";
export { authjsEvents, type EndSession } from "./events.ts";
export {
  authFacade,
  type CourseBuilderAuthFacade,
  type CourseBuilderUser,
  type CourseBuilderViewer,
  type FacadeSession,
  type FacadeSessions,
} from "./facade.ts";
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
export { type AuthStoragePort, authStorage } from "./storage.ts";
