import type { Call } from "../http/action.ts";
import { isResponse } from "../http/responses.ts";
import { parseRefreshToken } from "../token/refresh-token.ts";
import { readAccessToken } from "./access-token.ts";
import { authenticateClient } from "./client-authentication.ts";
import type { Desk } from "./desk.ts";
import { endGrant, grantId } from "./grants.ts";
import { oauthError } from "./oauth-answers.ts";
import { readForm } from "./oauth-form.ts";
import { contextOf } from "./token-endpoint.ts";

/**
 * Answers `POST {basePath}/revoke-token`: ends the family of a refresh token, of whatever age it is; the session with it where the client
 * `ownsSession`. What is unknown is answered as what was ended. An access token cannot be taken back by itself.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7009 RFC 7009: token revocation}
 */
export async function answerRevocation(desk: Desk, call: Call): Promise<Response> {
  const fields = await readForm(call);
  if (isResponse(fields)) return fields;
  const client = await authenticateClient(contextOf(desk), call.request.headers.get("authorization"), fields.form);
  if (isResponse(client)) return client;
  const token = fields.form.get("token");
  if (token === undefined) return oauthError("invalid_request");
  const parts = parseRefreshToken(token);
  if (!parts) return answerOther(desk, token);
  if (!(await desk.seal.isOurs(parts))) return done();
  const answer = await endGrant(desk, grantId(parts), { by: "client", clientId: client.id });
  return answer === "foreign" ? oauthError("unauthorized_client") : done();
}

async function answerOther(desk: Desk, token: string): Promise<Response> {
  const claims = await readAccessToken(desk, desk.policy.issuer, token);
  return claims ? oauthError("unsupported_token_type") : done();
}

function done(): Response {
  return new Response(null, { status: 200, headers: { "cache-control": "no-store" } });
}
