import { SessionStateError } from "../errors.ts";
import { decodeActing, identityOf, plainActing } from "./acting.ts";
import { endUntold } from "./end-session.ts";
import type { Engine } from "./engine.ts";
import { allowHalfSignIn, isHalfAllowed } from "./half-sign-ins.ts";
import { beginSession, type Issued, reissueLive, signInOn } from "./identity.ts";
import { actingChange } from "./lifecycle.ts";
import type { Reauthentication, SignIn, SignInStart } from "./sign-in.ts";
import { alive, type Live, type Standing } from "./standing.ts";
import { gone } from "./writes.ts";

/**
 * Notes a new proof of who the user is: the authentication is recent again, the token is another one, and the deadlines stay.
 * A proof that lasts for a time leaves what was proven before as it is, to fall back on.
 */
export async function reauthenticate(engine: Engine, live: Live, request: Reauthentication): Promise<Issued> {
  const userId = ownUser(engine, live, "reauthenticate");
  const issued = await reissueLive(engine, live, "reauthenticate", (record, digest, now) => {
    const acting = decodeActing(record.actor);
    const proof = { amr: union(acting.amr, request.amr), acr: request.acr ?? acting.acr };
    const next =
      request.lasts === null
        ? { ...acting, ...proof, raised: null }
        : { ...acting, raised: { ...proof, expiresAt: now + request.lasts } };
    const change = actingChange(record, next, digest, now);
    return { ...change, fields: { ...change.fields, authenticatedAt: now } };
  });
  engine.emit({ type: "reauthenticated", sessionId: issued.live.record.id, userId });
  return issued;
}

/**
 * Notes that the first factor of a user was proven. The user is bound to nothing yet: the record's user stays who it was, so
 * that no check, list or index can take the visitor for signed in.
 */
export async function startSignIn(engine: Engine, standing: Standing, request: SignInStart): Promise<Issued> {
  const { userId, amr, lasts } = request;
  if (standing.kind === "live") refuseActor(engine, standing, "startSignIn");
  const shown = await allowHalfSignIn(engine, userId, lasts);
  const pendingAt = (now: number) => ({ userId, amr, expiresAt: now + lasts, shown });
  const issued =
    standing.kind === "live"
      ? await reissueLive(engine, standing, "start a sign-in", (record, digest, now) =>
          actingChange(record, { ...decodeActing(record.actor), pending: pendingAt(now) }, digest, now),
        )
      : await beginSession(engine, {
          ...{ userId: null, data: {}, persistent: true, device: null },
          acting: { ...plainActing, pending: pendingAt(engine.policy.runtime.now()) },
        });
  engine.emit({ type: "sign-in-started", sessionId: issued.live.record.id, userId });
  return issued;
}

/** Signs the user in whose first factor this session has proven. Only on this very session, and only once. */
export async function completeSignIn(
  engine: Engine,
  standing: Standing,
  request: Omit<SignIn, "userId">,
): Promise<Issued> {
  const live = alive(standing);
  const pending = live && identityOf(live.record, engine.policy.runtime.now()).pendingSignIn;
  if (!live || !pending) throw notStarted();
  const { userId, amr } = pending;
  const isAllowed = () => isHalfAllowed(engine, userId, decodeActing(live.record.actor).pending?.shown ?? null);
  if (!(await isAllowed())) throw notStarted();
  const issued = await signInOn(engine, live, { ...request, userId, amr: union(amr, request.amr) });
  if (!issued) throw gone("replaced");
  await confirmed(engine, issued, isAllowed);
  return issued;
}

/** Asks once more, now that the user is bound: whoever ended the user's sessions meanwhile has not seen this one. */
async function confirmed(engine: Engine, { live }: Issued, isAllowed: () => Promise<boolean>): Promise<void> {
  try {
    if (await isAllowed()) return;
  } catch (error) {
    // Nobody will be told its token. Reported by the guard, should this fail too.
    await endUntold(engine, live, "manager").catch(() => undefined);
    throw error;
  }
  await endUntold(engine, live, "manager");
  throw notStarted();
}

function notStarted(): SessionStateError {
  return new SessionStateError("SIGN_IN_NOT_STARTED", "There is no sign-in to complete.", {
    hint: "It was not started in this session, took too long, was completed before, or the user's sessions were ended meanwhile. Begin with the first factor again.",
  });
}

/** The user who is signed in, and acts for themselves. */
export function ownUser(engine: Engine, { record }: Live, name: string): string {
  refuseActor(engine, { record }, name);
  if (record.userId !== null) return record.userId;
  throw unauthenticated(`${name} needs somebody to be signed in.`);
}

/** The error for what only somebody who is signed in may do. */
export function unauthenticated(message: string): SessionStateError {
  return new SessionStateError("UNAUTHENTICATED", message, {
    hint: "Answer with a 401, or send the visitor to the sign-in page.",
  });
}

function refuseActor({ policy }: Engine, { record }: Pick<Live, "record">, name: string): void {
  if (identityOf(record, policy.runtime.now()).actor === null) return;
  throw new SessionStateError("IMPERSONATION_REFUSED", `${name} cannot be called while impersonating.`, {
    hint: "Only the user may do this. Call stopImpersonating() first, to do it for the one who acts.",
  });
}

function union(one: readonly string[], other: readonly string[]): readonly string[] {
  return [...new Set([...one, ...other])];
}
