import { familyKey } from "../core/token-families.ts";
import type { Call } from "../http/action.ts";
import { isResponse } from "../http/responses.ts";
import { isCorrupt, type SessionRecord } from "../store/record.ts";
import { parseRefreshToken } from "../token/refresh-token.ts";
import { readAccessToken } from "./access-token.ts";
import { authenticateClient } from "./client-authentication.ts";
import type { ClientPolicy } from "./clients.ts";
import type { Desk } from "./desk.ts";
import { findFamily } from "./family.ts";
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
  return endFamily(desk, client, parts);
}

async function answerOther(desk: Desk, token: string): Promise<Response> {
  const claims = await readAccessToken(desk, desk.policy.issuer, token);
  return claims ? oauthError("unsupported_token_type") : done();
}

const mostAttempts = 20;

async function endFamily(desk: Desk, client: ClientPolicy, parts: { id: string; family: string }): Promise<Response> {
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    const record = await desk.find(parts.id);
    const found = record === null || isCorrupt(record) ? null : findFamily(record, parts.family);
    if (!found) return done();
    if (found.family.client !== client.id) return oauthError("unauthorized_client");
    if (!(await endOnce(desk, client, record as SessionRecord, familyKey(parts.family)))) continue;
    const { id: sessionId, userId } = record as SessionRecord;
    desk.emit({ type: "refresh-token-revoked", sessionId, userId, clientId: client.id });
    if (client.ownsSession) desk.emit({ type: "destroyed", sessionId, userId, by: "holder" });
    return done();
  }
  return Response.json({ error: "temporarily_unavailable" }, { status: 503, headers: { "retry-after": "2" } });
}

/** `false` where somebody has signed in to the session meanwhile, so that it has to be looked at again. */
async function endOnce(
  { guard, store, runtime }: Desk,
  { ownsSession }: ClientPolicy,
  { id, generation }: SessionRecord,
  key: string,
): Promise<boolean> {
  if (ownsSession) return (await guard.repeat("revoke a token", () => store.destroy(id, generation))) !== "replaced";
  const change = { generation, remove: [key] };
  const answer = await guard.repeat("revoke a token", () => store.update(id, change, runtime.now()));
  return answer.outcome !== "replaced" && answer.outcome !== "conflict";
}

function done(): Response {
  return new Response(null, { status: 200, headers: { "cache-control": "no-store" } });
}
