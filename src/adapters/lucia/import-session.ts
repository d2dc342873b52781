import { toBase64url } from "../../bytes.ts";
import { checkUserId } from "../../core/inputs.ts";
import { judge, newRecord } from "../../core/lifecycle.ts";
import type { SessionRecord } from "../../store/record.ts";
import { digestOf } from "../../token/digest.ts";
import { issueToken, writeToken } from "../../token/token.ts";
import { type Claim, claimRecord } from "./import-claim.ts";
import type { ImportDesk } from "./import-desk.ts";
import type { ImportKeys } from "./import-keys.ts";
import type { LuciaRow } from "./table.ts";

/** A session that took the place of Lucia's. */
export interface Moved {
  readonly token: string;
  readonly record: SessionRecord;
}

/** After so many attempts that died between two steps, ids are random. */
const derivedAttempts = 4;

/**
 * Moves a Lucia session, in steps that may be cut short or made by several requests at once:
 *
 * 1. find the row; 2. make a session of the attempt's own, which nobody can open yet; 3. see that the row is still there;
 * 4. claim the row for that session: `create` of one id, which one attempt wins; 5. delete the row; 6. hand out the token of
 * the session that won.
 *
 * Every attempt that finds the row or the claim ends with the same token. The row goes only after the claim, and nobody has
 * a token before the row is gone: an attempt that died is finished by the visitor's next request, and one that was held up
 * until the session had ended finds the claim, and brings nothing back. Step 3 is for `revokeUser`, which deletes rows
 * before it revokes sessions: a row seen after step 2 means that it will find the session.
 */
export async function moveSession(
  desk: ImportDesk,
  keys: ImportKeys,
  luciaId: string,
  graceMs: number,
): Promise<Moved | null> {
  const claimId = await keys.claimId(luciaId);
  const row = await desk.findRow(luciaId); // before the claim: a row that is gone has one already
  const claim = await desk.findClaim(claimId);
  if (claim) return follow(desk, keys, luciaId, claim, row === null ? graceMs : null);
  if (row === null || desk.policy.runtime.now() >= row.expiresAt) return null;
  return claimRow(desk, keys, luciaId, claimId, row, graceMs);
}

async function claimRow(
  desk: ImportDesk,
  keys: ImportKeys,
  luciaId: string,
  claimId: string,
  row: LuciaRow,
  graceMs: number,
): Promise<Moved | null> {
  const own = await makeOwn(desk, keys, luciaId, row);
  const present = await desk.findRow(luciaId).catch(async (error) => {
    await desk.drop(own.sessionId);
    throw error;
  });
  const claim = present ? await makeClaim(desk, claimId, own, row) : await desk.findClaim(claimId);
  if (claim?.nonce === own.nonce) desk.emit({ type: "created", sessionId: own.sessionId, userId: row.userId });
  else await desk.drop(own.sessionId);
  if (claim) await tidy(desk, keys, luciaId, claim, own.attempt);
  return claim && follow(desk, keys, luciaId, claim, present ? null : graceMs);
}

/** Removes what attempts before this one have left behind. They cannot win any more. */
async function tidy(desk: ImportDesk, keys: ImportKeys, luciaId: string, claim: Claim, before: number): Promise<void> {
  for (let attempt = 0; attempt < before; attempt++) {
    const sessionId = await keys.sessionId(luciaId, attempt);
    if (sessionId !== claim.sessionId) await desk.drop(sessionId);
  }
}

interface Own {
  readonly sessionId: string;
  readonly nonce: string;
  readonly attempt: number;
}

/** Makes a session for the rest of the row's life. An attempt with its id that died, or is under way, is passed over. */
async function makeOwn(desk: ImportDesk, keys: ImportKeys, luciaId: string, row: LuciaRow): Promise<Own> {
  const { runtime } = desk.policy;
  const userId = checkUserId(row.userId);
  for (let attempt = 0; ; attempt++) {
    const derived = attempt < derivedAttempts ? await keys.sessionId(luciaId, attempt) : null;
    const sessionId = derived ?? issueToken("session", runtime).id;
    const nonce = toBase64url(runtime.randomBytes(16));
    const [secret = ""] = await keys.secrets(luciaId, sessionId, nonce);
    const record = movedRecord(desk, sessionId, await digestOf(secret), userId, row.expiresAt);
    if ((await desk.create(record)) === "created")
      return { sessionId, nonce, attempt: Math.min(attempt, derivedAttempts) };
  }
}

// To be moved is no proof of identity: what asks for a recent one is not satisfied.
const longAgo = 0;

function movedRecord({ policy }: ImportDesk, id: string, digest: string, userId: string, end: number): SessionRecord {
  const { timeouts, runtime } = policy;
  const fresh = newRecord(
    { id, digest, userId, data: {}, persistent: true, device: null },
    timeouts.fixed.persistent,
    runtime.now(),
  );
  const expiresAt = Math.min(fresh.expiresAt, end);
  return { ...fresh, authenticatedAt: longAgo, expiresAt, idleExpiresAt: Math.min(fresh.idleExpiresAt, expiresAt) };
}

/** Claims the row for a session, or answers the claim that was first. */
async function makeClaim(desk: ImportDesk, id: string, own: Own, row: LuciaRow): Promise<Claim | null> {
  const { runtime } = desk.policy;
  const claim = { sessionId: own.sessionId, nonce: own.nonce, madeAt: runtime.now() };
  const answer = await desk.create(claimRecord(id, claim, row.expiresAt, runtime));
  return answer === "created" ? claim : desk.findClaim(id);
}

/**
 * Ends the old row and hands out the token of the session that has its place, if that one lives and has not got another token
 * since. Without the row, an old id is answered within the grace only (`null`: there was a row).
 */
async function follow(
  desk: ImportDesk,
  keys: ImportKeys,
  luciaId: string,
  { sessionId, nonce, madeAt }: Claim,
  graceMs: number | null,
): Promise<Moved | null> {
  const { runtime } = desk.policy;
  if (graceMs === null) await desk.deleteRow(luciaId);
  else if (runtime.now() >= madeAt + graceMs) return null;
  const record = await desk.find(sessionId);
  if (record === null) return null;
  for (const secret of await keys.secrets(luciaId, sessionId, nonce)) {
    const isOurs = judge(record, await digestOf(secret), runtime.now()) === "active";
    if (isOurs) return { token: writeToken("session", { id: sessionId, secret }), record };
  }
  return null;
}
