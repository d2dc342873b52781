import type { Call } from "../http/action.ts";
import { parseRefreshToken } from "../token/refresh-token.ts";
import { verifyDpopProof } from "../verify/dpop.ts";
import type { Desk } from "./desk.ts";
import { keptDpopReplays } from "./dpop-replays.ts";
import { oauthError } from "./oauth-answers.ts";

/** What a request has proven: the thumbprint of its client's key, or `null` where it sent no proof. */
export interface Proven {
  readonly thumbprint: string | null;
}

/**
 * Verifies the proof of a request, where it sends one beside a refresh token of ours: whoever has none makes the store remember
 * nothing. A proof is judged wherever proofs are accepted; elsewhere its header is not looked at, and a refresh token that is bound
 * to a key is worth nothing.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-5 RFC 9449 section 5: the access token request}
 */
export async function provenBy(desk: Desk, call: Call, token: string): Promise<Proven | Response> {
  const { dpop, issuer } = desk.policy;
  const sent = call.request.headers.get("dpop");
  if (!dpop || sent === null) return { thumbprint: null };
  const parts = parseRefreshToken(token);
  if (!parts || !(await desk.seal.isOurs(parts))) return { thumbprint: null }; // it is refused in a moment
  const { proof, refusal } = await verifyDpopProof(sent, {
    ...dpop,
    replays: keptDpopReplays(desk),
    method: call.request.method,
    url: new URL(`${desk.basePath}/token`, issuer).href,
    runtime: desk.runtime,
  });
  if (proof) return { thumbprint: proof.jkt };
  const nonce = refusal.headers["dpop-nonce"];
  return nonce === undefined ? oauthError("invalid_dpop_proof") : oauthError("use_dpop_nonce", { "dpop-nonce": nonce });
}
