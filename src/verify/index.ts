/** Verifying access tokens and DPoP proofs, in any service and on the edge: no database, no Node.js. */
export {
  type AccessTokenAnswer,
  type AccessTokenVerifier,
  accessTokenVerifier,
  verifyAccessToken,
} from "./access-token.ts";
export type { Algorithm, PublicKey } from "./algorithms.ts";
export type { AccessTokenClaims, ForeignClaims } from "./claims.ts";
export { type DpopAnswer, verifyDpopProof } from "./dpop.ts";
export type { DpopNonces, DpopOptions, DpopReplays, DpopRules } from "./dpop-options.ts";
export type { DpopExpectation, DpopProof } from "./dpop-proof.ts";
export type { KeySource } from "./key-set.ts";
export type { ForeignTokens, ForeignVerifierOptions, KeysOption, VerifierOptions } from "./options.ts";
export type { Presented, RequestLike } from "./presented.ts";
export type { Refusal, RefusalReason } from "./refusal.ts";
export { type RemoteKeysOptions, remoteKeys } from "./remote-keys.ts";
export type { Revocation } from "./revocation.ts";
export { requireScope, scopesOf } from "./scope.ts";
