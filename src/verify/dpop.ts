import { configError } from "../problems.ts";
import { systemClock } from "../runtime.ts";
import { usualAlgorithms } from "./algorithms.ts";
import { dpopProblems } from "./dpop-options.ts";
import { type DpopExpectation, type DpopProof, judgeProof } from "./dpop-proof.ts";
import { type Refusal, refusalOf } from "./refusal.ts";

/** A proof that holds, or why it does not. */
export type DpopAnswer =
  | { readonly proof: DpopProof; readonly refusal: null }
  | { readonly proof: null; readonly refusal: Refusal };

/**
 * Verifies a DPoP proof: that whoever sent the request has the key, made the proof for this request, now, and once.
 *
 * For a token endpoint, or wherever else a proof comes without {@link accessTokenVerifier}, which does this by itself. Remembering
 * the proof is the last step, so what fails costs no write. Of any number of uses of one proof at once exactly one is accepted.
 *
 * @param proof The value of the header `DPoP`; two headers of that name, joined by a comma, are no proof. `null`: none was sent.
 * @returns The thumbprint to bind a token to (`cnf.jkt`), or a refusal whose reason is `missing`, `proof` or `nonce`.
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: an expectation is wrong.
 * @throws {@link SessionStoreError} `VERIFICATION_UNAVAILABLE`: replays or nonces could not be asked.
 *
 * @example
 * const { proof, refusal } = await verifyDpopProof(request.headers.get("dpop"), {
 *   method: request.method,
 *   url: "https://shop.example/api/session/token",
 *   replays,
 * });
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-4.3 RFC 9449: checking DPoP proofs}
 */
export async function verifyDpopProof(proof: string | null, expected: DpopExpectation): Promise<DpopAnswer> {
  const problems = dpopProblems({ origin: "https://any.example", ...expected });
  if (problems.length > 0) throw configError(problems);
  const judged = await judgeProof(proof, expected, expected.runtime ?? systemClock);
  if (judged.proof) return { proof: judged.proof, refusal: null };
  const dpop = expected.algorithms ?? usualAlgorithms;
  return { proof: null, refusal: refusalOf(judged.reason, { dpop, isBound: true, nonce: judged.nonce }) };
}
