import type { Duration } from "../duration.ts";
import type { KeepRule } from "./keep.ts";

/** What may be asked of an authentication. */
export interface AuthenticationRequirement {
  /** How recent it must be, such as `"10m"` (default: any). */
  readonly freshFor?: Duration;
  /** Methods that must all have been used. */
  readonly amr?: readonly string[];
  /** The level that must have been reached. */
  readonly acr?: string;
}

/** What sign-in may be told. */
export interface SignInOptions {
  /** Whether the cookie outlives the browser (default `true`). */
  readonly persistent?: boolean;
  /** Which anonymous data survives; takes the place of the configured rule. */
  readonly keep?: KeepRule;
  /** What to remember of the device: a JSON value, shown in the list of sessions. */
  readonly device?: unknown;
  /** How the user was authenticated, such as `["pwd"]` (RFC 8176; default: not said). */
  readonly amr?: readonly string[];
  /** The level of authentication that this reaches, in the application's words (default: none). */
  readonly acr?: string;
  /** Public ids of the user's sessions to end first, where `limit` is reached and set to `"ask"`. */
  readonly end?: readonly string[];
}

/** What completing a sign-in may be told. `amr` is added to the methods that the first half was proven by. */
export type CompleteSignInOptions = SignInOptions;

/** What the first half of a sign-in may be told. */
export interface StartSignInOptions {
  /** How the first factor was proven, such as `["pwd"]`. */
  readonly amr?: readonly string[];
  /** How long the second half may take (default `"10m"`). */
  readonly expiresIn?: Duration;
}

/** What re-authentication may be told. */
export interface ReauthenticateOptions {
  /** The methods that were used now. They are added to the ones before. */
  readonly amr?: readonly string[];
  /** The level that was reached now (default: as before). */
  readonly acr?: string;
  /** For how long `amr` and `acr` count; then what was proven before holds again (default: as long as the session). */
  readonly expiresIn?: Duration;
}

/** What an impersonation is told. */
export interface ImpersonateOptions {
  /** Why, in up to 500 characters. Part of the session and of the event. */
  readonly reason: string;
  /** How long, at most `impersonation.longest` of the configuration (default: as long as that). */
  readonly ttl?: Duration;
}

/** What rotation may be told. */
export interface RotateOptions {
  /** How long the previous token stays valid (default `"10s"`). */
  readonly grace?: Duration;
}
