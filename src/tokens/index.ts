/** Access tokens and refresh tokens, issued by sessions. */
export type { ConfidentialClient, PublicClient, TokenClient } from "./clients.ts";
export { type DpopReplaysOptions, dpopReplays } from "./dpop-replays.ts";
export type { GivenKeys, TokenKey, TokenKeys } from "./keyring.ts";
export { tokenResponse } from "./oauth-answers.ts";
export type { TokenDpopOptions, TokensOptions } from "./options.ts";
export { generateTokenKey, type TokenAlgorithm } from "./signing-key.ts";
export { type StoredKeys, type StoredKeysOptions, storedKeys } from "./stored-keys-options.ts";
export { tokens } from "./tokens.ts";
