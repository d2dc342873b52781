// The entry "coatcheck/connections": sign-in with other providers, and their tokens.
export type { AccountChoice } from "./account-choice.ts";
export { type AppleOptions, apple } from "./apple.ts";
export type { Fetch } from "./bounded-fetch.ts";
export type { Connection, ConnectionInfo, UnlinkOptions } from "./connection.ts";
export { type Connections, connections } from "./connections.ts";
export type { ConnectionsOptions, Linking, SignInAs, SigningIn } from "./options.ts";
export {
  discord,
  github,
  gitlab,
  google,
  type MicrosoftOptions,
  microsoft,
  type OidcOptions,
  oidc,
} from "./presets.ts";
export type {
  Account,
  ClientAuthentication,
  ClientSecret,
  Profile,
  Provider,
  ProviderOptions,
  Providers,
  RevocationRequest,
} from "./provider.ts";
export type { Audience } from "./provider-client.ts";
export type { LeftLink, ResealOptions } from "./reseal.ts";
export type { SessionConnections } from "./session-connections.ts";
export type { ConnectionError } from "./way-back.ts";
