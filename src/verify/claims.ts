import type { RefusalReason } from "./refusal.ts";
import type { SignedClaims } from "./signed.ts";

interface CommonClaims extends SignedClaims {
  readonly iss: string;
  /** Whom the token is for: we are among them. */
  readonly aud: string | readonly string[];
  /** Until when, in seconds. */
  readonly exp: number;
  readonly nbf?: number;
  /** What the client may do, by names with spaces between: see `scopesOf`. */
  readonly scope?: string;
  /** The public id of the session that the token was issued by. */
  readonly sid?: string;
  /** When the user last proved to be themselves, in seconds. */
  readonly auth_time?: number;
  readonly acr?: string;
  readonly amr?: readonly string[];
  /** The key that the token is bound to. */
  readonly cnf?: { readonly jkt?: string; readonly [method: string]: unknown };
}

/**
 * The claims of an access token: what RFC 9068 asks for is there, and of the right type; what is named here as optional is of the
 * right type where it is there. Every other claim is the issuer's word, and of any type.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-2.2 RFC 9068: data structure}
 */
export interface AccessTokenClaims extends CommonClaims {
  /** The user, or the client where it acts for itself. */
  readonly sub: string;
  readonly client_id: string;
  /** Since when, in seconds. */
  readonly iat: number;
  readonly jti: string;
}

/** The claims that a foreign issuer may leave out. */
export type OptionalClaim = "sub" | "client_id" | "iat" | "jti";

/** The claims of a token of a foreign issuer. */
export interface ForeignClaims extends CommonClaims {
  readonly sub?: string;
  readonly client_id?: string;
  readonly iat?: number;
  readonly jti?: string;
}

/** What the claims are held against. */
export interface Expectation {
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** In milliseconds. */
  readonly tolerance: number;
  /** The longest life that a token may have, in milliseconds. */
  readonly longestLife: number;
  readonly optional: readonly OptionalClaim[];
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string" && value !== "";
const isTextOrEmpty: Check = (value) => typeof value === "string";
const isTexts: Check = (value) => Array.isArray(value) && value.every(isTextOrEmpty);
const isInstant: Check = (value) => typeof value === "number" && Number.isFinite(value);
const isAudience: Check = (value) => isText(value) || (isTexts(value) && (value as unknown[]).length > 0);
const isConfirmation: Check = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value) && isTextOrAbsent((value as SignedClaims).jkt);
const isTextOrAbsent: Check = (value) => value === undefined || isText(value);

const required: ReadonlyArray<readonly [name: string, is: Check]> = [
  ["iss", isText],
  ["sub", isText],
  ["aud", isAudience],
  ["client_id", isText],
  ["exp", isInstant],
  ["iat", isInstant],
  ["jti", isText],
];

const optional: ReadonlyArray<readonly [name: string, is: Check]> = [
  ["nbf", isInstant],
  ["scope", isTextOrEmpty],
  ["sid", isText],
  ["auth_time", isInstant],
  ["acr", isText],
  ["amr", isTexts],
  ["cnf", isConfirmation],
];

/**
 * Why the claims are not what is expected at an instant, in epoch milliseconds; `null` where they are. At the very end of its
 * life, prolonged by the tolerance, a token is expired.
 */
export function judgeClaims(claims: SignedClaims, expected: Expectation, now: number): RefusalReason | null {
  if (!isComplete(claims, expected.optional)) return "claims";
  const { iss, aud, exp, nbf, iat } = claims as unknown as ForeignClaims;
  if (iss !== expected.issuer) return "issuer";
  if (![aud].flat().some((one) => expected.audiences.includes(one as string))) return "audience";
  const { tolerance, longestLife } = expected;
  if (now >= exp * 1_000 + tolerance) return "expired";
  if (Math.max(iat ?? 0, nbf ?? 0) * 1_000 > now + tolerance) return "not-yet-valid";
  // Without its beginning the rest of its life is all that can be bounded.
  return exp * 1_000 - (iat === undefined ? now + tolerance : iat * 1_000) > longestLife ? "too-long" : null;
}

function isComplete(claims: SignedClaims, mayBeAbsent: readonly string[]): boolean {
  // Own claims only: a name of Object.prototype is no claim.
  const claim = (name: string) => (Object.hasOwn(claims, name) ? claims[name] : undefined);
  const isRight = (name: string, is: Check) => is(claim(name));
  return (
    required.every(([name, is]) => isRight(name, is) || (mayBeAbsent.includes(name) && claim(name) === undefined)) &&
    optional.every(([name, is]) => claim(name) === undefined || isRight(name, is))
  );
}
