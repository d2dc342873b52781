import { type Duration, parseDuration } from "../duration.ts";
import { configError, type Problem } from "../problems.ts";
import { type Clock, systemClock } from "../runtime.ts";
import { type Algorithm, algorithmOf, everyAlgorithm, type PublicKey, usualAlgorithms } from "./algorithms.ts";
import type { Expectation, OptionalClaim } from "./claims.ts";
import { type DpopOptions, dpopProblems } from "./dpop-options.ts";
import type { KeySource } from "./key-set.ts";
import { isKeysAddress, remoteKeys } from "./remote-keys.ts";
import { type IsRevoked, type Revocation, revocationOf, revocationProblems } from "./revocation.ts";
import { givenKeys, sharedKeys } from "./shared-keys.ts";

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

/** The resolved options. */
export interface VerifierPolicy extends Expectation {
  readonly keys: KeySource;
  readonly algorithms: readonly string[];
  readonly typs: readonly (string | null)[];
  readonly isRevoked: IsRevoked;
  readonly dpop: DpopOptions | undefined;
  readonly longest: number;
  readonly clock: Clock;
}

const known = [
  ...["issuer", "audience", "keys", "algorithms", "tolerance", "longestLife"],
  ...["revocation", "dpop", "longest", "runtime", "foreign"],
];
const optionalClaims: readonly OptionalClaim[] = ["sub", "client_id", "iat", "jti"];
const [mostTolerance, mostCharacters] = [60_000, 65_536];

/** Resolves the options of a verifier. @throws {@link SessionConfigError} `CONFIG_INVALID`, with every problem in one. */
export function resolveVerifier(options: VerifierOptions & { readonly foreign?: ForeignTokens }): VerifierPolicy {
  const { issuer, foreign, runtime: clock = systemClock, revocation = { mode: "stateless" }, dpop } = options ?? {};
  const audiences = [options?.audience].flat() as string[];
  const algorithms = options?.algorithms ?? usualAlgorithms;
  const longest = options?.longest ?? 4_096;
  const typs = foreign ? ([foreign.typ].flat() as (string | null)[]) : ["at+jwt"];
  const optional = foreign?.without ?? [];
  const problems: Problem[] = [];
  const check = (holds: boolean, message: string, hint: string) => {
    if (!holds) problems.push({ code: "CONFIG_INVALID", message, hint });
  };
  const durationOf = (name: "tolerance" | "longestLife", usual: Duration) => {
    const time = parseDuration(options?.[name] ?? usual);
    check(time !== null, `${name} is not a duration.`, 'Write it like "5s" or "15m".');
    return time ?? 0;
  };

  for (const name of Object.keys(options ?? {}))
    check(known.includes(name), `A verifier has no option "${name}".`, `Its options are ${known.join(", ")}.`);
  check(isText(issuer), "issuer is not a text.", 'Write the iss of the tokens, such as "https://shop.example".');
  check(audiences.length > 0 && audiences.every(isText), "audience names nobody.", "Write whom the tokens are for.");
  const areKnown =
    Array.isArray(algorithms) && algorithms.length > 0 && algorithms.every((one) => everyAlgorithm.includes(one));
  check(areKnown, "algorithms has another name than those there are.", `They are ${everyAlgorithm.join(", ")}.`);
  const [tolerance, longestLife] = [durationOf("tolerance", "5s"), durationOf("longestLife", "15m")];
  check(tolerance <= mostTolerance, "tolerance is longer than 60 seconds.", "Set the clocks right instead.");
  const isLength = Number.isSafeInteger(longest) && longest > 0 && longest <= mostCharacters;
  check(isLength, `longest is not a number from 1 to ${mostCharacters}.`, "Leave it out for 4,096 characters.");
  check(typs.length > 0 && typs.every((typ) => typ === null || isText(typ)), "foreign.typ is no type.", 'Write "JWT".');
  const areClaims = Array.isArray(optional) && optional.every((claim) => optionalClaims.includes(claim));
  check(areClaims, "foreign.without has a claim that is needed.", `It may have ${optionalClaims.join(", ")}.`);
  problems.push(
    ...revocationProblems(revocation),
    ...dpopProblems(dpop),
    ...keysProblems(options?.keys, issuer, algorithms),
  );
  if (problems.length > 0) throw configError(problems);

  return {
    ...{ issuer, audiences, tolerance, longestLife, optional, algorithms, typs, longest, clock, dpop },
    keys: keysOf(options.keys ?? ownAddress(issuer), options),
    isRevoked: revocationOf(revocation, clock),
  };
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

/** Where an issuer that is Coatcheck publishes its keys. */
function ownAddress(issuer: string): string {
  const path = URL.canParse(issuer) ? new URL(issuer).pathname.replace(/\/$/, "") : "";
  return URL.canParse(issuer) ? new URL(`${path || "/api/session"}/jwks.json`, issuer).href : "";
}

function keysProblems(keys: KeysOption | undefined, issuer: string, algorithms: readonly Algorithm[]): Problem[] {
  const invalid = (message: string, hint: string): Problem[] => [{ code: "CONFIG_INVALID", message, hint }];
  const address = typeof keys === "string" ? keys : (keys ?? ownAddress(issuer));
  if (typeof address === "string") {
    if (isKeysAddress(address)) return [];
    return invalid("keys is not an https address.", "Plain http is for localhost only; or give the keys themselves.");
  }
  if (isSource(address)) return [];
  const { keys: given } = address;
  const isUsable = (key: PublicKey) => typeof key === "object" && key !== null && algorithmOf(key, algorithms) !== null;
  if (Array.isArray(given) && given.length > 0 && given.every(isUsable)) return [];
  return invalid(
    "keys is not a set of public keys of the accepted algorithms.",
    "Write { keys: [jwk] } with public JWKs for signatures, RSA of at least 2,048 bits, and never a private one.",
  );
}

function keysOf(keys: KeysOption, { algorithms, runtime }: VerifierOptions): KeySource {
  const allowed = algorithms ?? usualAlgorithms;
  if (typeof keys !== "string") return isSource(keys) ? keys : givenKeys(keys.keys, allowed);
  return runtime ? remoteKeys(keys, { algorithms: allowed, runtime }) : sharedKeys(keys, allowed);
}

function isSource(keys: unknown): keys is KeySource {
  return typeof (keys as KeySource | null)?.find === "function";
}
