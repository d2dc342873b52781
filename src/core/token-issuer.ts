import type { Problem } from "../cookie/rules.ts";
import { SessionConfigError } from "../errors.ts";
import type { Maybe } from "../maybe.ts";
import type { SessionRecord } from "../store/record.ts";
import type { Emit } from "./events.ts";
import type { KeptRecordsContext } from "./kept-records.ts";

/** What tokens are to be issued. */
export interface IssueTokensOptions {
  /** The client that they are for: a name of `clients` of the configuration. */
  readonly client: string;
  /** The services that the access token is for (default: the first of `audiences`). */
  readonly audience?: string | readonly string[];
  /** What it may be used for (default: nothing that asks for a scope). */
  readonly scope?: readonly string[];
  /** Whether there is a refresh token beside (default `true`). Without one nothing is stored. */
  readonly refresh?: boolean;
  /**
   * The thumbprint of a key that the client has proven (`verifyDpopProof` of `coatcheck/verify`): the tokens are bound to it, and worth
   * nothing to whoever lacks the key (default: they are bound to none).
   */
  readonly thumbprint?: string;
}

/** Tokens as they are handed out. Both are told this once. */
export interface IssuedTokens {
  /** A signed JWT (RFC 9068), for the header `Authorization: Bearer`. */
  readonly accessToken: string;
  readonly tokenType: "Bearer" | "DPoP";
  /** When the access token ends, in epoch milliseconds. */
  readonly expiresAt: number;
  /** How long it lasts from now, in seconds. */
  readonly expiresIn: number;
  readonly audience: readonly string[];
  readonly scope: readonly string[];
  /** For the token endpoint; `null` where none was asked for. */
  readonly refreshToken: string | null;
  /** When the refresh token ends unless it is used before, in epoch milliseconds. */
  readonly refreshExpiresAt: number | null;
}

/**
 * The refresh tokens that one `issueTokens` began, in a list: what may be shown to their user, and the public id to revoke them by.
 * Whatever number of exchanges there were, it is one entry.
 */
export interface TokenGrant {
  readonly id: string;
  /** The client that they were issued to. */
  readonly clientId: string;
  readonly scope: readonly string[];
  readonly audience: readonly string[];
  /** The session that they end with. */
  readonly sessionId: string;
  readonly createdAt: number;
  /** When they were last exchanged; `null` where they never were. */
  readonly lastUsedAt: number | null;
  /** When they end unless they are used before, in epoch milliseconds. */
  readonly expiresAt: number;
  /** Whether the client has to prove a key with each exchange (DPoP). */
  readonly isBound: boolean;
}

/** What the user of a session does with tokens. */
export interface TokenIssuing {
  /**
   * Issues an access token for a client, and a refresh token: for an application that is no browser, or for another service. They
   * stand for the user of this session and end with it: when it is signed out of, revoked or expires, and by
   * `credentialsChanged`. One store write; without a refresh token one store read in its place.
   *
   * @throws {@link SessionStateError} `UNAUTHENTICATED`: nobody is signed in. `IMPERSONATION_REFUSED` while impersonating.
   *   {@link SessionDataError} `DATA_INVALID`: no such client, or an audience or a scope that it may not have.
   *   {@link SessionConfigError} `CONFIG_INVALID`: the configuration has no `tokens`.
   * @example
   * const { accessToken, refreshToken } = await session.issueTokens({ client: "mobile", scope: ["orders:read"] })
   * @see {@link https://www.rfc-editor.org/rfc/rfc9068 RFC 9068: JWT access tokens}
   */
  issueTokens(options: IssueTokensOptions): Promise<IssuedTokens>;

  /**
   * What acts for the user by refresh tokens, in all of their sessions, the newest first; empty where nobody is signed in. Access tokens
   * are in no list: they are kept nowhere, and end by themselves within minutes. One store read.
   *
   * @throws {@link SessionConfigError} `CONFIG_INVALID`: the configuration has no `tokens`. {@link SessionStoreError}
   *   `STORE_UNAVAILABLE`, `STORE_CAPABILITY_MISSING`.
   */
  listTokens(): Promise<readonly TokenGrant[]>;

  /**
   * Ends the refresh tokens of one entry of {@link TokenIssuing.listTokens | listTokens}; the session with it where the client
   * `ownsSession`. Another user's are left alone, whatever the id. The access tokens that came with them work on until they expire,
   * unless the session ends too and is asked about (`checked`). One read and one write.
   *
   * @returns Whether there were any.
   * @throws {@link SessionConfigError} `CONFIG_INVALID`: the configuration has no `tokens`. {@link SessionStoreError}
   *   `STORE_UNAVAILABLE`: they may live on. Call again.
   */
  revokeTokens(id: string): Promise<boolean>;
}

/** What an access token says of whom it stands for. */
export interface TokenSubject {
  /** The user. */
  readonly sub?: unknown;
  /** Since when, in seconds: what was issued before `credentialsChanged` is worth nothing. */
  readonly iat?: unknown;
}

/** What an application does with its tokens, beside issuing them. */
export interface TokenService {
  /**
   * Whether the session that an access token was issued from is alive and still its user's: what the mode `checked` of
   * `coatcheck/verify` asks. One store read, which concurrent calls share.
   *
   * @param sid The claim `sid` of a verified token.
   * @param claims The other claims, for `sub` and `iat`.
   * @throws {@link SessionStoreError} `STORE_UNAVAILABLE`: answer with a 503.
   */
  isLive(sid: unknown, claims: TokenSubject): Promise<boolean>;
  /**
   * Since when a user's access tokens count, in epoch milliseconds: those whose `iat` is before it are worth nothing, with it those of
   * the same second. 0 where nothing has ended them. It moves when `revokeUser`, `revokeOthers` or `credentialsChanged` has ended
   * sessions of the user, and when a refresh token of theirs was reused: what the mode `epoch` of `coatcheck/verify` asks. One
   * store read.
   *
   * @throws {@link SessionStoreError} `STORE_UNAVAILABLE`: answer with a 503.
   */
  epochOf(userId: string): Promise<number>;
  /** What acts for a user by refresh tokens, in all of their sessions, the newest first. One store read. */
  list(userId: string): Promise<readonly TokenGrant[]>;
  /**
   * Ends the refresh tokens of one entry of such a list, whoever's they are; the session with it where the client `ownsSession`.
   *
   * @returns Whether there were any.
   */
  revoke(id: string): Promise<boolean>;
  /** The public keys, as `GET {basePath}/jwks.json` answers them (RFC 7517). */
  jwks(): Promise<{ readonly keys: readonly Readonly<Record<string, unknown>>[] }>;
  /** What there is, as a client may look it up (RFC 8414), for `/.well-known/oauth-authorization-server` of the issuer. */
  metadata(): Readonly<Record<string, unknown>>;
  /**
   * Begins to sign with a new key, where the keys are kept in the store. Elsewhere the configuration says which keys there are.
   *
   * @param options.revoke The old keys are known to others: the new one signs at once, and nothing that they signed counts any
   *   more (default: the new one is published first, and the old ones stay until what they signed has ended).
   * @returns The id of the new key.
   * @throws {@link SessionConfigError} `CONFIG_INVALID`: the keys are not kept in the store.
   */
  rotateKeys(options?: { readonly revoke?: boolean }): Promise<string>;
}

/** What the issuer of tokens is given of the engine to work with. */
export interface TokenContext extends KeptRecordsContext {
  readonly emit: Emit;
  readonly secrets: readonly string[];
  readonly basePath: string;
  /** Whether a user is known still; `true` where the configuration has no `user`. */
  isKnown(userId: string): Maybe<boolean>;
}

/** On whose word tokens end, and whose they have to be. */
export interface GrantEnd {
  readonly by: "client" | "holder" | "manager";
  readonly userId?: string;
  readonly clientId?: string;
  /** Who really acts, while impersonating. */
  readonly actorId?: string;
}

/** The issuer at work. */
export interface OpenTokens extends TokenService {
  /** Ends what an id of a list names, as `revoke` does, where it is whose it has to be. */
  end(id: string, end: GrantEnd): Promise<boolean>;
  /** Issues tokens from the record of a session whose user acts for themselves; answers the record as it now is. */
  issue(
    record: SessionRecord,
    userId: string,
    options: IssueTokensOptions,
  ): Promise<{ readonly issued: IssuedTokens; readonly record: SessionRecord }>;
  /** Makes every access token of a user worth nothing that was issued until now, where somebody asks for the epoch. */
  raiseEpoch(userId: string): Promise<void>;
}

/** What the option `tokens` is: made by `tokens` of `coatcheck/tokens`. The engine knows it by this alone. */
export interface TokenIssuer {
  /** What is wrong with it in a configuration with these secrets. */
  problems(secrets: readonly string[]): readonly Problem[];
  open(context: TokenContext): OpenTokens;
}

/** Opens the issuer of a configuration, whose secrets nobody else is shown. */
export type OpenTokensFunction = (context: Omit<TokenContext, "secrets">) => OpenTokens;

/** Makes the function that opens an issuer. */
export function openTokensOf(tokens: TokenIssuer | undefined, secrets: readonly string[]): OpenTokensFunction | null {
  return tokens ? (context) => tokens.open({ ...context, secrets }) : null;
}

/** What is wrong with the option `tokens`. */
export function tokenProblems(tokens: TokenIssuer | undefined, secrets: readonly string[]): readonly Problem[] {
  if (tokens === undefined) return [];
  if (typeof tokens?.open === "function" && typeof tokens.problems === "function") return tokens.problems(secrets);
  const hint = "Pass tokens: tokens({ issuer, audiences, clients, keys }) of coatcheck/tokens.";
  return [{ code: "CONFIG_INVALID", message: "tokens is not what tokens() gives.", hint }];
}

/** The tokens of a configuration that has some. */
export function tokensOf({ tokens }: { readonly tokens: OpenTokens | null }): OpenTokens {
  if (tokens) return tokens;
  throw new SessionConfigError("CONFIG_INVALID", "Tokens were asked for, and the configuration has none.", {
    hint: "Pass tokens: tokens({ issuer, audiences, clients, keys }) of coatcheck/tokens.",
  });
}

/** What a configuration without tokens has in their place. */
export const noTokens: TokenService = {
  isLive: async () => tokensOf({ tokens: null }).isLive("", {}),
  epochOf: async () => tokensOf({ tokens: null }).epochOf(""),
  list: async () => tokensOf({ tokens: null }).list(""),
  revoke: async () => tokensOf({ tokens: null }).revoke(""),
  jwks: async () => tokensOf({ tokens: null }).jwks(),
  metadata: () => tokensOf({ tokens: null }).metadata(),
  rotateKeys: async () => tokensOf({ tokens: null }).rotateKeys(),
};
