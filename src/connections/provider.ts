import type { AuthorizationServer } from "oauth4webapi";
import type { Maybe } from "../maybe.ts";

/** A client secret: a text, or a function that makes one of the present instant, as Apple asks for. `undefined`: a public client. */
export type ClientSecret = string | ((now: number) => Maybe<string>);

/** How the application says who it is at the token endpoint. */
export type ClientAuthentication = "basic" | "post" | "none";

/** Who an account belongs to, and what the provider tells of them. */
export interface Account {
  /** The provider's own id of the account. It never changes, whatever the address or the name. */
  readonly subject: string;
  /** What the provider said: the claims of the ID token, with those of the user-info endpoint where it is asked. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Where a provider that speaks OAuth 2.0 without OpenID tells whose access token it is. */
export interface Profile {
  readonly url: string;
  /** Finds the id in what the address answers; `undefined` where there is none. */
  subject(profile: Readonly<Record<string, unknown>>): string | undefined;
}

/** A provider of accounts and tokens, as the presets make it. */
export interface Provider {
  /** The identifier of the authorization server (RFC 8414): what `iss` has to say. */
  readonly issuer: string;
  /** Its metadata, where it is not to be discovered. */
  readonly metadata?: Omit<AuthorizationServer, "issuer">;
  readonly clientId: string;
  readonly clientSecret: ClientSecret | undefined;
  /** How the client authenticates (default: basic where the provider lets it, otherwise in the body). */
  readonly clientAuth?: ClientAuthentication | undefined;
  /** What is asked for. With `openid` the account is known by its ID token. */
  readonly scope: readonly string[];
  /** More parameters of the authorization request. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** How the answer comes back (default `"query"`). */
  readonly responseMode?: "query" | "form_post";
  /** Asked whose token it is, where there is no ID token. */
  readonly profile?: Profile;
  /** Whether the user-info endpoint is asked for more claims at sign-in and linking (default: no). */
  readonly userInfo?: boolean;
  /** The issuer that an ID token must name, where it differs for each tenant. `null`: such a token is refused. */
  issuerOf?(claims: Readonly<Record<string, unknown>>): string | null;
  /**
   * Takes back a grant in the provider's own way, where it has no revocation endpoint (RFC 7009). It rejects where the grant may live
   * on; that is the event `revocation-failed`.
   */
  revoke?(request: RevocationRequest): Promise<void>;
}

/** What a provider's own way to revoke works with. */
export interface RevocationRequest {
  readonly clientId: string;
  readonly clientSecret: string;
  /** The refresh token of the grant, `null` where there is none. */
  readonly refreshToken: string | null;
  /**
   * Gives an access token of the grant that has not expired. Where the kept one has, it is refreshed first, by which a provider that
   * replaces refresh tokens ends `refreshToken`. It rejects where there is none to be had.
   */
  accessToken(): Promise<string>;
  /** Asks, within the time limit. An answer of any status resolves: what it means is for `revoke` to say. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}

/** The providers of an application, by the names that it gives them. */
export type Providers = Readonly<Record<string, Provider>>;

/** What every preset takes. */
export interface ProviderOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** What is asked for, in place of the preset's. Sign-in by OpenID Connect needs `openid`. */
  readonly scope?: readonly string[];
  /** More parameters of the authorization request, such as `{ prompt: "select_account" }`. */
  readonly parameters?: Readonly<Record<string, string>>;
}
