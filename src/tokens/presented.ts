import { identityOf } from "../core/acting.ts";
import type { RefreshRejectReason } from "../core/events.ts";
import { isCorrupt, isExpired, type SessionRecord } from "../store/record.ts";
import type { RefreshTokenParts } from "../token/refresh-token.ts";
import type { ClientPolicy } from "./clients.ts";
import type { Desk } from "./desk.ts";
import { type Family, findFamily, isOver } from "./family.ts";
import type { Granted } from "./issuing.ts";

/** What a client asks for with a refresh token. */
export interface RefreshRequest {
  readonly token: string;
  /** What the access token is to be narrowed to; `null`: nothing. */
  readonly scope: readonly string[] | null;
  readonly audience: readonly string[] | null;
  /** The thumbprint of the key that the client has just proven (RFC 9449), or `null`. */
  readonly thumbprint: string | null;
}

/** Why there are no tokens, in the words of RFC 6749 section 5.2 and RFC 8707. */
export type Refusal = "invalid_grant" | "invalid_scope" | "invalid_target";

/** A token of ours that a record knows the family of. */
export interface Presented {
  readonly parts: RefreshTokenParts;
  readonly digest: string;
  readonly record: SessionRecord;
  readonly family: Family;
  /** The family as it is stored. */
  readonly text: string;
}

/** Why a token gives nothing. */
export type Reason = { readonly reason: RefreshRejectReason };

/** Reads the session of a token, and finds the family that it belongs to. */
export async function findPresented(
  desk: Desk,
  client: ClientPolicy,
  { parts, digest }: Pick<Presented, "parts" | "digest">,
  now: number,
): Promise<Presented | Reason> {
  const record = await desk.find(parts.id);
  if (record === null || isCorrupt(record)) return { reason: "unknown" };
  if (isExpired(record, now)) return { reason: "expired" };
  const found = findFamily(record, parts.family);
  const { userId, actor } = identityOf(record, now);
  if (!found || userId === null || actor !== null) return { reason: "unknown" };
  if (found.family.client !== client.id) return { reason: "wrong-client" };
  if (isOver(found.family, now)) return { reason: "expired" };
  if (!(await desk.isKnown(userId))) return { reason: "user-missing" };
  return { parts, digest, record, ...found };
}

/** What an access token is for. */
export type Narrowed = Pick<Granted, "scope" | "audience">;

/** What the access token is for: what the family is, as far as its client may have it still, or the part of that which was asked for. */
export function narrow(client: ClientPolicy, family: Family, { scope, audience }: RefreshRequest): Narrowed | Refusal {
  const scopes = family.scope.filter((one) => client.scopes?.includes(one) ?? true);
  const audiences = family.audience.filter((one) => client.audiences.includes(one));
  if (scope && !scope.every((one) => scopes.includes(one))) return "invalid_scope";
  if (audiences.length === 0 || (audience && !audience.every((one) => audiences.includes(one))))
    return "invalid_target";
  return { scope: [...new Set(scope ?? scopes)], audience: [...new Set(audience ?? audiences)] };
}

/** Whether the client has the key that the tokens are bound to, where they are bound to one. */
export function isProven(family: Family, { thumbprint }: RefreshRequest): boolean {
  return family.thumbprint === null || family.thumbprint === thumbprint;
}
