import type { JWTPayload } from "jose";
import { identityOf } from "../core/acting.ts";
import type { Call } from "../http/action.ts";
import { isResponse } from "../http/responses.ts";
import { isCorrupt, isExpired, type SessionRecord } from "../store/record.ts";
import { digestOf } from "../token/digest.ts";
import { parseRefreshToken } from "../token/refresh-token.ts";
import { readAccessToken } from "./access-token.ts";
import { authenticateClient } from "./client-authentication.ts";
import type { ClientPolicy } from "./clients.ts";
import type { Desk } from "./desk.ts";
import { findFamily, isOver, judgeToken } from "./family.ts";
import { isSessionLive } from "./liveness.ts";
import { oauthAnswer, oauthError, scopeField } from "./oauth-answers.ts";
import { readForm } from "./oauth-form.ts";
import { contextOf } from "./token-endpoint.ts";

const inactive = { active: false };

/**
 * Answers `POST {basePath}/introspect`. Of an access token its own client is told, and whoever serves one of its audiences; of a
 * refresh token its own client. Of everything else, and to a public client, nothing.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662 RFC 7662: token introspection}
 */
export async function answerIntrospection(desk: Desk, call: Call): Promise<Response> {
  const fields = await readForm(call);
  if (isResponse(fields)) return fields;
  const client = await authenticateClient(contextOf(desk), call.request.headers.get("authorization"), fields.form);
  if (isResponse(client)) return client;
  if (client.secrets.length === 0) return oauthError("invalid_client");
  const token = fields.form.get("token");
  if (token === undefined) return oauthError("invalid_request");
  return oauthAnswer((await describeRefresh(desk, client, token)) ?? (await describeAccess(desk, client, token)));
}

async function describeAccess(desk: Desk, client: ClientPolicy, token: string): Promise<object> {
  const claims = await readAccessToken(desk, desk.policy.issuer, token);
  if (!claims || !mayKnow(client, claims)) return inactive;
  const [isLive, epoch] = await Promise.all([
    isSessionLive(desk, claims.sid, claims),
    desk.epochs.of(String(claims.sub)),
  ]);
  if (!isLive || (claims.iat as number) * 1_000 < epoch) return inactive;
  const { iss, sub, aud, client_id, scope, exp, iat, jti, sid, cnf } = claims;
  const token_type = cnf === undefined ? "Bearer" : "DPoP";
  return { active: true, token_type, iss, sub, aud, client_id, scope, exp, iat, jti, sid, cnf };
}

function mayKnow({ id, serves }: ClientPolicy, { client_id, aud }: JWTPayload): boolean {
  return client_id === id || [aud].flat().some((audience) => serves.includes(String(audience)));
}

/** Tells of a refresh token, without using it; `null` where it is none. */
async function describeRefresh(desk: Desk, client: ClientPolicy, token: string): Promise<object | null> {
  const parts = parseRefreshToken(token);
  if (!parts) return null;
  const now = desk.runtime.now();
  const record = (await desk.seal.isOurs(parts)) ? await desk.find(parts.id) : null;
  if (record === null || isCorrupt(record) || isExpired(record, now)) return inactive;
  const found = findFamily(record, parts.family);
  if (!found || found.family.client !== client.id || isOver(found.family, now)) return inactive;
  const digest = await digestOf(parts.secret);
  const isCurrent = judgeToken(found.family, { ...parts, digest }, 0, now) === "current";
  return isCurrent ? refreshView(desk, record, found.family, now) : inactive;
}

function refreshView(
  { policy }: Desk,
  record: SessionRecord,
  { client, audience, scope, createdAt, idleEndsAt, endsAt }: NonNullable<ReturnType<typeof findFamily>>["family"],
  now: number,
): object {
  const ends = Math.min(idleEndsAt, endsAt, record.idleExpiresAt);
  return {
    ...{ active: true, token_type: "refresh_token", iss: policy.issuer, sub: identityOf(record, now).userId },
    ...{ aud: audience, client_id: client, ...scopeField(scope), sid: record.id },
    ...{ iat: Math.floor(createdAt / 1_000), exp: Math.floor(ends / 1_000) },
  };
}
