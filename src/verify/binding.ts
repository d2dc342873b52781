import type { AccessTokenClaims } from "./claims.ts";
import { judgeProof } from "./dpop-proof.ts";
import { type Credential, headerOf, type RequestLike } from "./presented.ts";
import type { Challenge, RefusalReason } from "./refusal.ts";
import type { VerifierPolicy } from "./verifier-policy.ts";

type Unproven = Challenge & { readonly reason: RefusalReason };

const unproven: Unproven = { reason: "proof", isBound: true };

/**
 * Judges what a token is bound to: `null` where it is bound to nothing, or whoever presents it has proven to have the key. A token
 * that is bound is refused as a bearer's, and one that is not in the scheme DPoP; one that is bound to something that we do
 * not know is refused in any.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-7 RFC 9449: protected resource access}
 */
export async function judgeBinding(
  { dpop, clock }: VerifierPolicy,
  { scheme, request, token }: Credential,
  { cnf }: AccessTokenClaims,
): Promise<Unproven | null> {
  if (cnf === undefined) return scheme === "dpop" || dpop?.required ? unproven : null;
  if (!dpop || scheme !== "dpop" || request?.method === undefined || cnf.jkt === undefined) return unproven;
  const { method } = request;
  const address = { method, url: addressOf(request, dpop.origin), accessToken: token, jkt: cnf.jkt };
  const judged = await judgeProof(headerOf(request, "dpop"), { ...dpop, ...address }, clock);
  if (judged.proof) return null;
  const isNonce = judged.reason === "nonce";
  return isNonce ? { ...unproven, reason: "nonce", nonce: judged.nonce } : unproven;
}

/** The address as the client wrote it: our configured origin, and the path that arrived. */
function addressOf({ url = "", originalUrl = url }: RequestLike, origin: string): string {
  if (originalUrl.startsWith("/")) return origin + originalUrl;
  return URL.canParse(originalUrl) ? origin + new URL(originalUrl).pathname : "";
}
