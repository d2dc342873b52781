import { identityOf } from "../core/acting.ts";
import { familyKey, familyKeysOf, familyOfKey } from "../core/token-families.ts";
import type { GrantEnd, TokenGrant } from "../core/token-issuer.ts";
import { livingSessions } from "../core/user-sessions.ts";
import { SessionStoreError } from "../errors.ts";
import { isCorrupt, isExpired, type SessionRecord } from "../store/record.ts";
import type { RefreshTokenParts } from "../token/refresh-token.ts";
import { isSessionId } from "../token/token.ts";
import type { Desk } from "./desk.ts";
import { type Family, findFamily, isOver } from "./family.ts";
import { refreshableUntil } from "./issuing.ts";

/** The families of a user that may be exchanged still, in all of their sessions, the newest first. */
export async function listGrants(desk: Desk, userId: string): Promise<readonly TokenGrant[]> {
  const now = desk.runtime.now();
  const records = await livingSessions(desk, userId, now);
  const grants = records.flatMap((record) =>
    familyKeysOf(record).flatMap((key) => {
      const name = familyOfKey(key);
      const living = livingFamily(record, name, now);
      return living ? [describeGrant(record, name, living.family)] : [];
    }),
  );
  return grants.sort((one, other) => other.createdAt - one.createdAt);
}

/** The public id of the family that a refresh token belongs to. */
export function grantId({ id, family }: Pick<RefreshTokenParts, "id" | "family">): string {
  return `${id}.${family}`;
}

const mostAttempts = 20;

/**
 * Ends the family that an id names; the session with it where that is its client's own. Answers `"foreign"` where it is not whose it
 * has to be, and `"missing"` where it has ended. One read and one write; what is no such id costs none.
 */
export async function endGrant(desk: Desk, id: unknown, end: GrantEnd): Promise<"ended" | "missing" | "foreign"> {
  const [sessionId = "", name = "", ...others] = String(id).split(".");
  if (!isSessionId(sessionId) || others.length > 0) return "missing";
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    const record = await desk.find(sessionId);
    const now = desk.runtime.now();
    const living = record === null || isCorrupt(record) ? null : livingFamily(record, name, now);
    if (!living) return "missing";
    const { record: found, userId, family } = living;
    if ((end.userId ?? userId) !== userId || (end.clientId ?? family.client) !== family.client) return "foreign";
    const withSession = desk.policy.clients.get(family.client)?.ownsSession ?? false;
    const answer = withSession ? await endSession(desk, found) : await endFamily(desk, found, name);
    if (answer === "missing") return answer;
    if (answer === "ended") {
      note(desk, found, { clientId: family.client, withSession }, end);
      return answer;
    }
  }
  throw new SessionStoreError("STORE_CONFLICT", "The session of the tokens was changed by others at every attempt.", {
    hint: "They have not been ended. Try again.",
  });
}

/** How an attempt to end something went: `"again"` where the identity of the session has changed meanwhile. */
type Ending = "ended" | "missing" | "again";

async function endSession({ guard, store }: Desk, { id, generation }: SessionRecord): Promise<Ending> {
  const answer = await guard.repeat("revoke tokens", () => store.destroy(id, generation));
  return answer === "replaced" ? "again" : "ended";
}

async function endFamily(
  { guard, store, runtime }: Desk,
  { id, generation }: SessionRecord,
  name: string,
): Promise<Ending> {
  const change = { generation, remove: [familyKey(name)] };
  const { outcome } = await guard.repeat("revoke tokens", () => store.update(id, change, runtime.now()));
  if (outcome === "updated") return "ended";
  return outcome === "missing" ? "missing" : "again";
}

function note(
  desk: Desk,
  { id: sessionId, userId }: SessionRecord,
  { clientId, withSession }: { readonly clientId: string; readonly withSession: boolean },
  { by, actorId }: GrantEnd,
): void {
  const who = actorId === undefined ? {} : { actorId };
  desk.emit({ type: "refresh-token-revoked", sessionId, userId, clientId, by, ...who });
  if (withSession) desk.emit({ type: "destroyed", sessionId, userId, by: by === "manager" ? by : "holder", ...who });
}

/** A family that may be exchanged, with whose it is. */
function livingFamily(record: SessionRecord, name: string, now: number) {
  const { userId, actor } = identityOf(record, now);
  if (isExpired(record, now) || userId === null || actor !== null) return null;
  const family = findFamily(record, name)?.family;
  return family && !isOver(family, now) ? { record, userId, family } : null;
}

function describeGrant(record: SessionRecord, name: string, family: Family): TokenGrant {
  const { client: clientId, scope, audience, createdAt, generation, rotatedAt, thumbprint } = family;
  const lastUsedAt = generation === 1 ? null : rotatedAt;
  const expiresAt = refreshableUntil({ family, record });
  const base = { id: grantId({ id: record.id, family: name }), clientId, scope, audience, sessionId: record.id };
  return { ...base, createdAt, lastUsedAt, expiresAt, isBound: thumbprint !== null };
}
