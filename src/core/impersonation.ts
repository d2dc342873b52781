import { SessionStateError } from "../errors.ts";
import { decodeActing, identityOf } from "./acting.ts";
import { ownUser } from "./authentication.ts";
import type { Engine } from "./engine.ts";
import { type Issued, noteImpersonationEnd, reissueLive } from "./identity.ts";
import { impersonateChange, impersonationEnd, rotateChange } from "./lifecycle.ts";
import type { ImpersonationStart } from "./sign-in.ts";
import { confirmStanding, type Live, type Standing } from "./standing.ts";
import { lookUpUser } from "./user-look-up.ts";
import { gone } from "./writes.ts";

/** Lets the user of a session act as another one, for a time. The record's own user stays, so that ending their sessions ends it. */
export async function impersonate(engine: Engine, live: Live, request: ImpersonationStart): Promise<Issued> {
  const actorId = ownUser(engine, live, "impersonate");
  await checkAllowed(engine, actorId, request);
  const { userId, reason } = request;
  const issued = await reissueLive(engine, live, "impersonate", (record, digest, now) => {
    const expiresAt = Math.min(now + lastingOf(engine, request), record.expiresAt);
    return impersonateChange(record, { userId, reason, startedAt: now, expiresAt }, digest, now);
  });
  const { record } = issued.live;
  const until = decodeActing(record.actor).impersonation?.expiresAt ?? issued.at;
  engine.emit({ type: "impersonation-started", sessionId: record.id, userId, actorId, reason, until });
  return issued;
}

/** Gives the session back to its own user, with a new token; `null` where nobody is impersonated. */
export async function stopImpersonating(engine: Engine, live: Live): Promise<Issued | null> {
  const { userId, actor } = identityOf(live.record, engine.policy.runtime.now());
  if (!actor || userId === null) return null;
  const issued = await reissueLive(engine, live, "stop impersonating", (record, digest, now) => ({
    ...rotateChange(record, digest, 0, now),
    ...impersonationEnd(record),
  }));
  noteImpersonationEnd(engine, live.record, "holder");
  return issued;
}

/**
 * Clears away what an impersonation that ended by itself has left, before anything is changed. The requests that began
 * while it lasted can write nothing afterwards.
 */
export async function settleLapsed(engine: Engine, live: Live): Promise<Standing> {
  const { guard, policy } = engine;
  const { record } = live;
  const now = policy.runtime.now();
  if (record.actor === null || !identityOf(record, now).hasLapsed) return live;
  const answer = await guard.repeat("end an impersonation", () =>
    policy.store.update(record.id, impersonationEnd(record), now),
  );
  if (answer.outcome === "missing") throw gone("missing");
  if (answer.outcome !== "updated") return confirmStanding(engine, live); // another request has
  noteImpersonationEnd(engine, live.record, "time");
  return { ...live, record: answer.record };
}

async function checkAllowed(
  { policy }: Engine,
  actorId: string,
  { userId, reason, lasts }: ImpersonationStart,
): Promise<void> {
  const { impersonation, user: find } = policy;
  if (!impersonation) throw refused("The configuration allows nobody to.", "Set impersonation.allow.");
  if (userId === actorId) throw refused("It is the user's own account.", "Pass the id of another user.");
  if (lasts !== null && lasts > impersonation.longest)
    throw refused("It would last longer than is allowed.", "Shorten ttl, or raise impersonation.longest.");
  if (reason.trim() === "" || reason.length > 500)
    throw refused("reason is not a text of 1 to 500 characters.", "Say why: it is part of the audit trail.");
  const [actor, target] = await Promise.all([lookUpUser(policy, actorId), lookUpUser(policy, userId)]);
  if (find && actor == null) throw refused("Who asks is no user any more.", "End their session.");
  if (find && target == null) throw refused("There is no such user.", "Pass the id of a user who exists.");
  const isAllowed = await impersonation.allow({ userId: actorId, user: actor }, { userId, user: target });
  if (isAllowed !== true) throw refused("impersonation.allow refused it.", "Answer with a 403.");
}

function lastingOf({ policy }: Engine, { lasts }: ImpersonationStart): number {
  return lasts ?? policy.impersonation?.longest ?? 0;
}

function refused(why: string, hint: string): SessionStateError {
  return new SessionStateError("IMPERSONATION_REFUSED", `The impersonation was refused. ${why}`, { hint });
}
