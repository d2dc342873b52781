/**
 * Why a token was refused:
 *
 * - `missing`: none was presented.
 * - `malformed`: what was presented is no signed token, or says that it cannot be understood without an extension.
 * - `type`: it is a token of another kind.
 * - `algorithm`: it names an algorithm that is not accepted.
 * - `unknown-key`: its issuer has no such key of that algorithm.
 * - `signature`: the key did not sign it.
 * - `claims`: a claim is missing, or of another type than it must be.
 * - `issuer`, `audience`: it is another issuer's, or for somebody else.
 * - `expired`, `not-yet-valid`: it is too late, or too early.
 * - `too-long`: it lives longer than accepted.
 * - `revoked`: its session or its user says so.
 * - `proof`: it is bound to a key, and nothing proves that whoever presents it has that; or a proof is no proof.
 * - `nonce`: the proof lacks the nonce that we ask for.
 * - `scope`: it does not allow what was asked for.
 */
export type RefusalReason =
  | "missing"
  | "malformed"
  | "type"
  | "algorithm"
  | "unknown-key"
  | "signature"
  | "claims"
  | "issuer"
  | "audience"
  | "expired"
  | "not-yet-valid"
  | "too-long"
  | "revoked"
  | "proof"
  | "nonce"
  | "scope";

/** A refusal: why, for your log, and how to answer, which tells the client no more than it may know. */
export interface Refusal {
  /** Why, for a log or a metric. It holds nothing of the token. */
  readonly reason: RefusalReason;
  /** 401, or 403 where the token is good and does not allow it. */
  readonly status: 401 | 403;
  /** The headers of the answer: `WWW-Authenticate`, and that nobody may keep it. */
  readonly headers: Readonly<Record<string, string>>;
  /** The answer itself, without a body. */
  response(): Response;
}

/** What a challenge depends on beside the reason. */
export interface Challenge {
  /** The algorithms of proofs, where DPoP is spoken. */
  readonly dpop?: readonly string[] | undefined;
  /** Whether the answer is about a token that is bound to a key, or about a proof. */
  readonly isBound?: boolean | undefined;
  /** The nonce that a proof is to have. */
  readonly nonce?: string | undefined;
  /** The scopes that are needed. */
  readonly scope?: readonly string[] | undefined;
}

/** What an error is called on the wire, and in which scheme: RFC 6750 knows of no proofs. */
const bearerNames: Partial<Record<RefusalReason, string>> = { scope: "insufficient_scope" };
const dpopNames: typeof bearerNames = { ...bearerNames, proof: "invalid_dpop_proof", nonce: "use_dpop_nonce" };

/**
 * Makes a refusal.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-3 RFC 6750: the WWW-Authenticate response header field}
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-7.1 RFC 9449: the DPoP authentication scheme}
 */
export function refusalOf(reason: RefusalReason, challenge: Challenge = {}): Refusal {
  const status = reason === "scope" ? 403 : 401;
  const headers = {
    "cache-control": "no-store",
    "www-authenticate": challengeOf(reason, challenge),
    ...(challenge.nonce !== undefined && { "dpop-nonce": challenge.nonce }),
  };
  return Object.freeze({ reason, status, headers, response: () => new Response(null, { status, headers }) });
}

function challengeOf(reason: RefusalReason, { dpop, isBound, scope }: Challenge): string {
  const algorithms = dpop ? [`algs="${dpop.join(" ")}"`] : [];
  if (reason === "missing") return ["Bearer", ...algorithms.map((one) => `DPoP ${one}`)].join(", ");
  const parameters = [
    `error="${(isBound ? dpopNames : bearerNames)[reason] ?? "invalid_token"}"`,
    ...(scope ? [`scope="${scope.join(" ")}"`] : []),
  ];
  return isBound ? `DPoP ${[...parameters, ...algorithms].join(", ")}` : `Bearer ${parameters.join(", ")}`;
}
