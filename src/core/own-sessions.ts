import type { SessionRecord } from "../store/record.ts";
import { isSessionId } from "../token/token.ts";
import { actedBy, type Identity } from "./acting.ts";
import { ownUser } from "./authentication.ts";
import type { Engine } from "./engine.ts";
import { endHalfSignIns } from "./half-sign-ins.ts";
import { type Issued, reissueLive } from "./identity.ts";
import { rotateChange, touchAt } from "./lifecycle.ts";
import { describeSession, type SessionInfo } from "./session-info.ts";
import type { Live } from "./standing.ts";
import { endFamilies } from "./token-families.ts";
import { byUserOf, livingSessions } from "./user-sessions.ts";
import { gone } from "./writes.ts";

/** Every living session of a user, the one seen last first. */
export async function listSessions(engine: Engine, userId: string, current?: string): Promise<readonly SessionInfo[]> {
  const now = engine.policy.runtime.now();
  const living = await livingSessions({ store: engine.policy.store, guard: engine.guard }, userId, now);
  return [...living]
    .sort((one, other) => other.lastSeenAt - one.lastSeenAt)
    .map((record) => describeSession(record, record.id === current));
}

/** Ends one session of the user that a session stands for. Another user's is left alone, by the store's own statement. */
export async function revokeOwn(engine: Engine, { userId, actor }: Identity, id: string): Promise<boolean> {
  if (userId === null || !isSessionId(id)) return false;
  const byUser = byUserOf(engine.policy.store, userId);
  const answer = await engine.guard.repeat("revoke", () => byUser.destroyOne(userId, id));
  if (answer === "destroyed")
    engine.emit({ type: "destroyed", sessionId: id, userId, by: "holder", ...actedBy(actor) });
  return answer === "destroyed";
}

/** Ends every session of a session's user but the one with the id `except`; answers how many. */
export async function endOthers(engine: Engine, { userId, actor }: Identity, except?: string): Promise<number> {
  if (userId === null) return 0;
  return endAll(engine, userId, { by: "holder", ...actedBy(actor) }, except);
}

/** Ends every session of a user but one, and what is half signed in as the user anywhere; answers how many sessions. */
export async function endAll(
  engine: Engine,
  userId: string,
  who: { readonly by: "holder" | "manager"; readonly actorId?: string },
  except?: string,
): Promise<number> {
  const byUser = byUserOf(engine.policy.store, userId);
  await engine.tokens?.raiseEpoch(userId); // before as well: should the process die in between, most tokens have ended
  await endHalfSignIns(engine, userId); // before the sessions: one that is completed meanwhile is among them, or refused
  const ids = await engine.guard.repeat("revoke", () => byUser.destroy(userId, except));
  if (except === undefined) await engine.limits?.forget(userId);
  for (const sessionId of ids) engine.emit({ type: "destroyed", sessionId, userId, ...who });
  await engine.tokens?.raiseEpoch(userId); // after the sessions: what one of them issued before it ended is older
  return ids.length;
}

/** Gives a session a new token without a grace, ends its refresh tokens, and shuts out every request that began before. */
export async function renewToken(engine: Engine, live: Live): Promise<Issued> {
  const userId = ownUser(engine, live, "credentialsChanged");
  const issued = await reissueLive(engine, live, "rotate", (record, digest, now) => ({
    ...endFamilies(record, engine.tokens ? now : null),
    ...rotateChange(record, digest, 0, now),
    raiseGeneration: true,
  }));
  engine.emit({ type: "rotated", sessionId: live.record.id, userId });
  return issued;
}

/** Moves the idle deadline of a record, due or not; answers the record as it now is. */
export async function touchNow({ guard, policy }: Engine, record: SessionRecord): Promise<SessionRecord> {
  const now = policy.runtime.now();
  const { id, generation } = record;
  const answer = await guard.repeat("touch", () =>
    policy.store.update(id, { generation, ...touchAt(record, now) }, now),
  );
  if (answer.outcome === "updated") return answer.record;
  throw gone(answer.outcome === "missing" ? "missing" : "replaced");
}
