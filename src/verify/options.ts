import type { Duration } from "../duration.ts";
import type { Clock } from "../runtime.ts";
import type { Algorithm, PublicKey } from "./algorithms.ts";
import type { OptionalClaim } from "./claims.ts";
import type { DpopOptions } from "./dpop-options.ts";
import type { KeySource } from "./key-set.ts";
import type { Revocation } from "./revocation.ts";

/** The keys of an issuer: where it publishes them, the keys themselves, or whatever finds them. */
export type KeysOption = string | { readonly keys: readonly PublicKey[] } | KeySource;

/** What a verifier is to accept. */
export interface VerifierOptions {
  /** The `iss` of the tokens, compared exactly, such as `"https://shop.example"`. */
  readonly issuer: string;
  /** Us: a token must be for one of these, compared exactly. */
  readonly audience: string | readonly string[];
  /**
   * The issuer's keys: an https address, a JWK set, or what `remoteKeys` makes (default: where Coatcheck publishes them,
   * `/api/session/jwks.json` of an issuer without a path, `jwks.json` below one that has a path).
   */
  readonly keys?: KeysOption;
  /** The algorithms of keys that are used (default `["EdDSA", "Ed25519", "ES256"]`). RSA keys need at least 2,048 bits. */
  readonly algorithms?: readonly Algorithm[];
  /** How much clocks may differ (default `"5s"`, at most `"60s"`). */
  readonly tolerance?: Duration;
  /** The longest life of a token that is accepted (default `"15m"`): for so long a stateless one outlives its session. */
  readonly longestLife?: Duration;
  /** How it is noticed that a session has ended (default `{ mode: "stateless" }`). */
  readonly revocation?: Revocation;
  /** Accepts tokens that are bound to a key, with a proof (default: such tokens are refused). */
  readonly dpop?: DpopOptions;
  /** The longest token that is looked at, in characters (default 4,096, at most 65,536). */
  readonly longest?: number;
  /** The clock, for tests. */
  readonly runtime?: Clock;
}

/** How tokens of an issuer that is not Coatcheck differ from RFC 9068. */
export interface ForeignTokens {
  /** The `typ` that they have; `null` for none. */
  readonly typ: string | null | readonly (string | null)[];
  /** Which of the claims they lack that are asked for otherwise (default: none). */
  readonly without?: readonly OptionalClaim[];
}

/** What a verifier of a foreign issuer's tokens is to accept. */
export interface ForeignVerifierOptions extends VerifierOptions {
  readonly foreign: ForeignTokens;
}
