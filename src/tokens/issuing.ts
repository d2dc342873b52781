import { identityOf, provenIn } from "../core/acting.ts";
import { dueTouch } from "../core/lifecycle.ts";
import { familyEpochKey, familyKey } from "../core/token-families.ts";
import type { IssuedTokens, IssueTokensOptions } from "../core/token-issuer.ts";
import { gone } from "../core/writes.ts";
import { SessionStoreError } from "../errors.ts";
import type { RecordChange } from "../store/port.ts";
import { isCorrupt, isExpired, type SessionRecord } from "../store/record.ts";
import { digestOf } from "../token/digest.ts";
import { type RefreshTokenParts, writeRefreshToken } from "../token/refresh-token.ts";
import { type AccessToken, signAccessToken } from "./access-token.ts";
import type { Desk } from "./desk.ts";
import { encodeFamily, epochTextOf, type Family, spareFamilies } from "./family.ts";
import { checkIssueRequest, type IssueRequest } from "./issue-request.ts";

/** How many families a session may have at once; of more, the one that was unused longest makes way. */
const mostFamilies = 20;

const mostAttempts = 20;

/** Issues tokens from the record of a session. The access token is signed first: should that fail, nothing is stored. */
export async function issueTokens(desk: Desk, record: SessionRecord, userId: string, options: IssueTokensOptions) {
  const request = checkIssueRequest(desk.policy, options);
  const now = desk.runtime.now();
  const current = request.refresh ? touched(record, now) : await confirm(desk, record, now);
  const granted = { ...request, client: request.client.id, ...proofOf(current) };
  const access = await accessFor(desk, current, granted, now);
  const begun = request.refresh ? await beginFamily(desk, record, request) : null;
  desk.emit({ type: "tokens-issued", sessionId: record.id, userId, clientId: request.client.id });
  const issued = describeTokens(access, request, begun, desk.runtime.now());
  return { issued, record: begun?.record ?? current };
}

/** A record with the deadline that storing a family moves it to. */
function touched(record: SessionRecord, now: number): SessionRecord {
  return { ...record, idleExpiresAt: dueTouch(record, now)?.touch.idleExpiresAt ?? record.idleExpiresAt };
}

/**
 * Where no family is stored, nothing else would tell that the session has ended since it was read. Where the access token would be cut
 * short by a deadline that this very use moves, the deadline is moved in the place of the read.
 */
async function confirm({ policy, guard, store, ...desk }: Desk, record: SessionRecord, now: number) {
  const due = dueTouch(record, now);
  if (!due || now + policy.access <= record.idleExpiresAt) return reload(desk, record);
  const change = { generation: record.generation, ...due };
  const answer = await guard.repeat("touch", () => store.update(record.id, change, now));
  if (answer.outcome === "updated") return answer.record;
  throw gone(answer.outcome === "missing" ? "missing" : "replaced");
}

/** What of a family, or of a request, an access token is signed for. */
export type Granted = Pick<Family, "client" | "audience" | "scope" | "thumbprint" | "authenticatedAt" | "proof">;

/**
 * Signs the access token of a record. It says on what proof it was granted, whatever its user has proven since.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-2.2.1 RFC 9068: the same in all that derive from one authorization}
 */
export function accessFor(desk: Desk, record: SessionRecord, granted: Granted, now: number): Promise<AccessToken> {
  const { issuer, access } = desk.policy;
  const { client, audience, scope, thumbprint, authenticatedAt, proof } = granted;
  const grant = { issuer, client, audience, scope, thumbprint, lasts: access };
  const proven = { ...record, authenticatedAt, actor: proof };
  return signAccessToken(desk, grant, { record: proven, identity: identityOf(proven, now) }, now);
}

/** What a record says of the authentication of its user. */
function proofOf(record: SessionRecord): Pick<Family, "authenticatedAt" | "proof"> {
  return { authenticatedAt: record.authenticatedAt, proof: provenIn(record) };
}

/** A refresh token, and what is stored with it. */
export interface Refreshable {
  readonly parts: RefreshTokenParts;
  readonly family: Family;
  readonly record: SessionRecord;
}

/** Puts tokens into the words in which they are handed out. */
export function describeTokens(
  access: AccessToken,
  { audience, scope, thumbprint }: Pick<Granted, "audience" | "scope" | "thumbprint">,
  refreshable: Refreshable | null,
  now: number,
): IssuedTokens {
  return {
    accessToken: access.token,
    tokenType: thumbprint === null ? "Bearer" : "DPoP",
    expiresAt: access.expiresAt,
    expiresIn: Math.max(0, Math.floor((access.expiresAt - now) / 1_000)),
    ...{ audience, scope },
    refreshToken: refreshable && writeRefreshToken(refreshable.parts),
    refreshExpiresAt: refreshable && refreshableUntil(refreshable),
  };
}

/** When a refresh token ends unless it is used before, in epoch milliseconds. */
export function refreshableUntil({ family, record }: Pick<Refreshable, "family" | "record">): number {
  return Math.min(family.idleEndsAt, family.endsAt, record.idleExpiresAt);
}

/**
 * Stores a new family, once: anew where another family of the session was stored meanwhile, and never where it has ended.
 *
 * Each attempt is of a family of its own, and takes away those of the attempts before it. One that was not answered may still arrive
 * when the family that was handed out has been exchanged or revoked: what it then begins is a family whose token nobody was given.
 */
async function beginFamily(desk: Desk, record: SessionRecord, request: IssueRequest): Promise<Refreshable> {
  const { guard, store, runtime } = desk;
  const tried: string[] = [];
  let current = record;
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    const { answer, ...begun } = await guard.repeat("issue tokens", async () => {
      const parts = await desk.seal.first(current.id);
      const now = runtime.now();
      const family = newFamily(desk, current, request, { digest: await digestOf(parts.secret), now });
      const key = familyKey(parts.family);
      const change = beginChange(current, { key, family, tried: [...tried] }, now);
      tried.push(key);
      return { answer: await store.update(current.id, change, runtime.now()), parts, family };
    });
    if (answer.outcome === "updated") return { ...begun, record: answer.record };
    if (answer.outcome !== "conflict") throw gone(answer.outcome);
    current = await reload(desk, current);
  }
  throw new SessionStoreError("STORE_CONFLICT", "Tokens met a conflict at every attempt and were given up.", {
    hint: "Something else issues tokens of this session without pause; none were issued. Try again.",
  });
}

interface NewFamily {
  readonly key: string;
  readonly family: Family;
  /** The keys of the attempts before. */
  readonly tried: readonly string[];
}

function beginChange(record: SessionRecord, { key, family, tried }: NewFamily, now: number): RecordChange {
  const epoch = epochTextOf(record.data);
  return {
    generation: record.generation,
    expect: { [familyEpochKey]: epoch },
    remove: [...spareFamilies(record, now, mostFamilies - 1), ...tried],
    set: { [key]: encodeFamily(family), ...(epoch === null && { [familyEpochKey]: family.epoch }) },
    ...dueTouch(record, now),
  };
}

function newFamily(
  { policy }: Desk,
  record: SessionRecord,
  { client, audience, scope, thumbprint }: IssueRequest,
  { digest, now }: { readonly digest: string; readonly now: number },
): Family {
  const endsAt = Math.min(now + policy.refreshAbsolute, record.expiresAt);
  const idle = policy.refreshIdle;
  return {
    ...{ client: client.id, audience, scope, epoch: epochTextOf(record.data) ?? "0", createdAt: now },
    ...proofOf(record),
    ...{ idle, idleEndsAt: Math.min(now + idle, endsAt), endsAt },
    ...{ generation: 1, digest, rotatedAt: now, previous: null, thumbprint },
  };
}

async function reload(
  { find, runtime }: Pick<Desk, "find" | "runtime">,
  { id, generation }: SessionRecord,
): Promise<SessionRecord> {
  const found = await find(id);
  if (found === null || isCorrupt(found) || isExpired(found, runtime.now())) throw gone("missing");
  if (found.generation !== generation) throw gone("replaced");
  return found;
}
