import { calculateJwkThumbprint } from "jose/jwk/thumbprint";
import { toBase64url } from "../bytes.ts";
import { parseDuration } from "../duration.ts";
import type { Clock } from "../runtime.ts";
import { type Algorithm, algorithmOf, importPublicKey, type PublicKey, usualAlgorithms } from "./algorithms.ts";
import type { DpopNonces, DpopRules } from "./dpop-options.ts";
import { isSameTarget } from "./dpop-target.ts";
import type { RefusalReason } from "./refusal.ts";
import { openSigned, type SignedClaims, type SignedHeader } from "./signed.ts";
import { asked } from "./unavailable.ts";

/** What a proof must prove. */
export interface DpopExpectation extends DpopRules {
  /** The method of the request. */
  readonly method: string;
  /** The address of the request, as its client wrote it. Query and fragment are not compared. */
  readonly url: string;
  /** The access token beside it, which the proof must name by its hash. Absent where the proof asks for a token. */
  readonly accessToken?: string;
  /** The thumbprint that the key must have (default: any key). */
  readonly jkt?: string;
  /** The clock, for tests. */
  readonly runtime?: Clock;
}

/** A proof that holds: the thumbprint of its key (RFC 7638), and its claims. */
export interface DpopProof {
  readonly jkt: string;
  readonly claims: SignedClaims;
}

/** A judgement for inner use: with the nonce to send along, where one is asked for. */
export type Judged =
  | { readonly proof: DpopProof; readonly reason: null }
  | { readonly proof: null; readonly reason: RefusalReason; readonly nonce?: string };

/** No proof is longer. */
const longestProof = 4_096;

/** For how much longer a proof is remembered than it can be used: a sweeper's clock may be ahead by as much. */
const margin = 60_000;

/** Judges a proof by checked rules. */
export async function judgeProof(proof: string | null, expected: DpopExpectation, clock: Clock): Promise<Judged> {
  if (proof === null) return { proof: null, reason: "missing" };
  let key: PublicKey = {};
  const opened = await openSigned(proof, longestProof, async (header) => {
    key = publicKeyOf(header);
    return keyOf(header, key, expected.algorithms ?? usualAlgorithms);
  });
  if (opened.reason) return noProof;
  const { claims } = opened;
  const now = clock.now();
  const expiresAt = endOf(claims, expected, now);
  if (expiresAt === null || !isMeant(claims, expected)) return noProof;
  const { accessToken, nonces, replays } = expected;
  if (accessToken !== undefined && claims.ath !== (await hashOf(accessToken))) return noProof;
  const jkt = await calculateJwkThumbprint(key as { kty: string });
  if (expected.jkt !== undefined && jkt !== expected.jkt) return noProof;
  if (nonces && !(await hasNonce(claims, nonces)))
    return { proof: null, reason: "nonce", nonce: await asked("The next nonce", () => nonces.issue()) };
  const id = await hashOf(`${jkt} ${claims.jti}`);
  const isFirst =
    !replays || (await asked("Whether a proof was used before", () => replays.remember(id, expiresAt + margin)));
  return isFirst === true ? { proof: { jkt, claims }, reason: null } : noProof;
}

const noProof = { proof: null, reason: "proof" } as const;

/** The key that a proof brings along: the only place where a token's own word for its key counts, since any key will do. */
function publicKeyOf({ jwk }: SignedHeader): PublicKey {
  return typeof jwk === "object" && jwk !== null && !Array.isArray(jwk) ? (jwk as PublicKey) : {};
}

async function keyOf(
  header: SignedHeader,
  key: PublicKey,
  allowed: readonly Algorithm[],
): Promise<CryptoKey | RefusalReason> {
  if (header.typ !== "dpop+jwt") return "type";
  const algorithm = algorithmOf({ ...key, alg: key.alg ?? header.alg }, allowed);
  if (algorithm === null || algorithm !== header.alg) return "algorithm";
  return importPublicKey(key, algorithm).catch(() => "unknown-key" as const);
}

/** When a proof ends that is made for now, in epoch milliseconds; `null` for one that is not. */
function endOf({ iat }: SignedClaims, { maxAge, tolerance }: DpopRules, now: number): number | null {
  if (typeof iat !== "number" || !Number.isFinite(iat)) return null;
  const slack = parseDuration(tolerance ?? "5s") ?? 0;
  const end = iat * 1_000 + (parseDuration(maxAge ?? "60s") ?? 0) + slack;
  return iat * 1_000 > now + slack || now >= end ? null : end;
}

function isMeant({ jti, htm, htu }: SignedClaims, { method, url }: DpopExpectation): boolean {
  if (typeof jti !== "string" || jti === "" || jti.length > 256) return false;
  return htm === method && typeof htu === "string" && isSameTarget(htu, url);
}

async function hasNonce({ nonce }: SignedClaims, nonces: DpopNonces): Promise<boolean> {
  return typeof nonce === "string" && (await asked("A nonce", () => nonces.accepts(nonce))) === true;
}

/** SHA-256 of a text in base64url: what `ath` says of an access token. */
export async function hashOf(text: string): Promise<string> {
  return toBase64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}
