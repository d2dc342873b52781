import { usualAlgorithms } from "./algorithms.ts";
import { judgeBinding } from "./binding.ts";
import { type AccessTokenClaims, type ForeignClaims, judgeClaims } from "./claims.ts";
import type { ForeignVerifierOptions, VerifierOptions } from "./options.ts";
import { credentialOf, type Presented } from "./presented.ts";
import { type Challenge, type Refusal, type RefusalReason, refusalOf } from "./refusal.ts";
import { openSigned, type SignedHeader } from "./signed.ts";
import { resolveVerifier, type VerifierPolicy } from "./verifier-policy.ts";

/** The claims of a token that is good, or why there are none. */
export type AccessTokenAnswer<Claims = AccessTokenClaims> =
  | { readonly claims: Claims; readonly refusal: null }
  | { readonly claims: null; readonly refusal: Refusal };

/** Verifies what a request presents. */
export type AccessTokenVerifier<Claims = AccessTokenClaims> = (
  presented: Presented,
) => Promise<AccessTokenAnswer<Claims>>;

/**
 * Makes a verifier of access tokens (JWTs as RFC 9068 has them) of one issuer. Make it once, when the service starts: the options
 * are checked then.
 *
 * A token is good where all of this holds, in this order: it is a signed token with `typ: "at+jwt"`; the key that its header
 * names is one of the issuer's, and the algorithm is that key's own; the signature holds; the claims of RFC 9068 are there and
 * of their types; `iss` and `aud` are exactly those expected; its time has come, is not over, and is no longer than
 * `longestLife`; the key that it is bound to, if any, is proven; it was not revoked. Nothing is remembered of a token: each
 * verification looks at the whole of it.
 *
 * **Absent, malformed, expired, forged**: a refusal, which is a value with the status and headers to answer with.
 * **Out of reach** (keys, revocation, replays): an error, since nobody was refused by it; answer with a 503.
 *
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: an option is wrong, or several are.
 * @returns A function of a request, of its headers, or of the text of a token. It rejects with {@link SessionStoreError}
 *   `VERIFICATION_UNAVAILABLE` where a token cannot be judged.
 *
 * @example
 * const verify = accessTokenVerifier({ issuer: "https://shop.example", audience: "https://api.shop.example" });
 *
 * export async function GET(request: Request) {
 *   const { claims, refusal } = await verify(request);
 *   if (refusal) return refusal.response();
 *   return Response.json(await ordersOf(claims.sub));
 * }
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-4 RFC 9068: validating JWT access tokens}
 * @see {@link https://www.rfc-editor.org/rfc/rfc8725 RFC 8725: JSON Web Token best current practices}
 */
export function accessTokenVerifier(options: ForeignVerifierOptions): AccessTokenVerifier<ForeignClaims>;
export function accessTokenVerifier(options: VerifierOptions): AccessTokenVerifier;
export function accessTokenVerifier(options: VerifierOptions): AccessTokenVerifier {
  const policy = resolveVerifier(options);
  return (presented) => verify(policy, presented);
}

/**
 * Verifies an access token in one call, as {@link accessTokenVerifier} does. The issuer's keys are shared by all calls of the
 * process, and options that are the same object, or say the same as those of the call before, are checked once.
 *
 * @example
 * const { claims, refusal } = await verifyAccessToken(request, {
 *   issuer: "https://shop.example",
 *   audience: "https://api.shop.example",
 * });
 * if (refusal) return refusal.response();
 */
export function verifyAccessToken(
  presented: Presented,
  options: ForeignVerifierOptions,
): Promise<AccessTokenAnswer<ForeignClaims>>;
export function verifyAccessToken(presented: Presented, options: VerifierOptions): Promise<AccessTokenAnswer>;
export async function verifyAccessToken(presented: Presented, options: VerifierOptions): Promise<AccessTokenAnswer> {
  return verifierOf(options)(presented);
}

const verifiers = new WeakMap<VerifierOptions, AccessTokenVerifier>();

/** What the last options said that had not been seen before. Those that are written where they are passed are new at each call. */
let latest: { readonly said: VerifierOptions; readonly verifier: AccessTokenVerifier } | null = null;

function verifierOf(options: VerifierOptions): AccessTokenVerifier {
  const known = verifiers.get(options);
  if (known) return known;
  if (latest && saysTheSame(latest.said, options)) return latest.verifier;
  const verifier = accessTokenVerifier(options);
  verifiers.set(options, verifier);
  latest = { said: { ...options }, verifier };
  return verifier;
}

function saysTheSame(said: VerifierOptions, options: VerifierOptions): boolean {
  const names = Object.keys(options ?? {}) as (keyof VerifierOptions)[];
  return names.length === Object.keys(said).length && names.every((name) => said[name] === options[name]);
}

async function verify(policy: VerifierPolicy, presented: Presented): Promise<AccessTokenAnswer> {
  const credential = credentialOf(presented, policy.longest);
  if (credential.reason) return refuse(policy, credential.reason);
  const isBound = credential.scheme === "dpop";
  const opened = await openSigned(credential.token, policy.longest, (header) => keyOf(policy, header));
  if (opened.reason) return refuse(policy, opened.reason, { isBound });
  const unfit = judgeClaims(opened.claims, policy, policy.clock.now());
  if (unfit) return refuse(policy, unfit, { isBound });
  const claims = opened.claims as AccessTokenClaims;
  const unproven = await judgeBinding(policy, credential, claims);
  if (unproven) return refuse(policy, unproven.reason, unproven);
  if (await policy.isRevoked(claims)) return refuse(policy, "revoked", { isBound });
  return { claims, refusal: null };
}

/** The key that must have signed, or why there is none: type and algorithm are judged before any key is looked for. */
async function keyOf(
  { typs, algorithms, keys }: VerifierPolicy,
  header: SignedHeader,
): Promise<CryptoKey | RefusalReason> {
  const { alg, kid } = header;
  const typ = Object.hasOwn(header, "typ") ? header.typ : null;
  if (!typs.includes(typ as string | null)) return "type";
  if (!algorithms.some((name) => name === alg)) return "algorithm";
  if (kid !== undefined && !isKeyName(kid)) return "malformed";
  return (await keys.find({ alg, kid })) ?? "unknown-key";
}

function isKeyName(kid: unknown): kid is string {
  return typeof kid === "string" && kid.length <= 256;
}

function refuse({ dpop }: VerifierPolicy, reason: RefusalReason, challenge: Challenge = {}): AccessTokenAnswer {
  const algorithms = dpop && (dpop.algorithms ?? usualAlgorithms);
  const isBound = Boolean(dpop && challenge.isBound);
  return { claims: null, refusal: refusalOf(reason, { ...challenge, dpop: algorithms, isBound }) };
}
