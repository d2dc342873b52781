import type { ApiKeyInfo } from "./api-key-record.ts";
import type { IssueApiKeyOptions, IssuedApiKey } from "./api-key-request.ts";

/** What the user of a session does with the keys of their scripts. */
export interface ApiKeyHolder {
  /**
   * Makes a key for a script of the user. The key is told this once. It is worth something in the header `Authorization` of actions
   * that ask for one and in `sessions.authenticate(request)`, and nothing as a cookie. `credentialsChanged` and `revokeUser`
   * end it; signing out, here or everywhere, does not.
   *
   * @throws {@link SessionStateError} `UNAUTHENTICATED`: nobody is signed in, or longer ago than `apiKeys.freshFor`.
   *   `IMPERSONATION_REFUSED` while impersonating. {@link SessionDataError} `DATA_INVALID`. {@link SessionConfigError}
   *   `CONFIG_INVALID`: the configuration has no `apiKeys`.
   * @example
   * const { key, id, expiresAt } = await session.issueApiKey({ name: "backup", expiresIn: "30d", scopes: ["read"] })
   */
  issueApiKey(options: IssueApiKeyOptions): Promise<IssuedApiKey>;

  /** The living keys of the user, the newest first; empty where nobody is signed in. */
  listApiKeys(): Promise<readonly ApiKeyInfo[]>;

  /** Ends one of the user's keys by its public id; another user's is left alone. @returns Whether there was such a key. */
  revokeApiKey(id: string): Promise<boolean>;
}
