import { isScopes } from "../core/api-key-policy.ts";
import type { Call } from "../http/action.ts";
import { isResponse } from "../http/responses.ts";
import { authenticateClient } from "./client-authentication.ts";
import type { Desk } from "./desk.ts";
import { oauthError, tokenResponse } from "./oauth-answers.ts";
import { readForm } from "./oauth-form.ts";
import { provenBy } from "./proof.ts";
import { refreshTokens } from "./refreshing.ts";

/**
 * Answers `POST {basePath}/token` with `grant_type=refresh_token`.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-6 RFC 6749 section 6: refreshing an access token}
 */
export async function answerToken(desk: Desk, call: Call): Promise<Response> {
  const fields = await readForm(call);
  if (isResponse(fields)) return fields;
  const { form, resources } = fields;
  const client = await authenticateClient(contextOf(desk), call.request.headers.get("authorization"), form);
  if (isResponse(client)) return client;
  const grant = form.get("grant_type");
  if (grant !== "refresh_token") return oauthError(grant === undefined ? "invalid_request" : "unsupported_grant_type");
  const token = form.get("refresh_token");
  if (token === undefined) return oauthError("invalid_request");
  const scope = form.get("scope")?.split(" ") ?? null;
  if (scope !== null && !isScopes(scope)) return oauthError("invalid_scope");
  const audience = resources.length > 0 ? resources : null;
  const proven = await provenBy(desk, call, token);
  if (isResponse(proven)) return proven;
  const refreshed = await refreshTokens(desk, client, { token, scope, audience, ...proven });
  return "tokens" in refreshed ? tokenResponse(refreshed.tokens) : oauthError(refreshed.refusal);
}

/** What of a desk it takes to know a client. */
export function contextOf({ policy, emit }: Desk) {
  return { clients: policy.clients, emit };
}
