import { equalInConstantTime } from "../bytes.ts";
import { SessionStateError } from "../errors.ts";
import { isCorrupt, isExpired, type SessionRecord } from "../store/record.ts";
import { keyDigestOf } from "../token/digest.ts";
import { isSessionId, issueToken } from "../token/token.ts";
import { actedBy, type Identity, identityOf } from "./acting.ts";
import { type ApiKeyInfo, describeKey, keyOwner, keyRecord } from "./api-key-record.ts";
import {
  checkKeyRequest,
  type IssueApiKeyOptions,
  type IssuedApiKey,
  type KeyRequest,
  keyPolicyOf,
} from "./api-key-request.ts";
import { ownUser } from "./authentication.ts";
import type { Engine } from "./engine.ts";
import { checkUserId } from "./inputs.ts";
import { satisfies } from "./lifecycle.ts";
import { type Live, reloadStanding } from "./standing.ts";
import { byUserOf } from "./user-sessions.ts";
import { gone } from "./writes.ts";

/** Makes a key for a user, on the application's word. */
export async function issueKey(engine: Engine, userId: string, options: IssueApiKeyOptions): Promise<IssuedApiKey> {
  const request = checkKeyRequest(keyPolicyOf(engine.policy), options);
  return note(engine, userId, await makeKey(engine, checkUserId(userId), request));
}

/**
 * Makes a key for the user of a session. Nobody is told it unless the session is alive, and of the same identity, once the key
 * is stored: what ends the user's sessions ends their keys after them, so that of a key made meanwhile one of the two knows.
 */
export async function issueOwnKey(engine: Engine, live: Live, options: IssueApiKeyOptions): Promise<IssuedApiKey> {
  const userId = ownUser(engine, live, "issueApiKey");
  const policy = keyPolicyOf(engine.policy);
  const request = checkKeyRequest(policy, options);
  const now = engine.policy.runtime.now();
  if (!satisfies(identityOf(live.record, now), { freshFor: policy.freshFor }, [], now)) throw tooOld();
  const made = await makeKey(engine, userId, request);
  try {
    const standing = await reloadStanding(engine, live);
    if (standing.kind !== "live") throw gone(standing.kind === "none" ? "missing" : "replaced");
  } catch (error) {
    // Should this fail as well, the guard has reported it, and nobody was told the key.
    await destroyKey(engine, userId, made.id).catch(() => undefined);
    throw error;
  }
  return note(engine, userId, made);
}

/** The living keys of a user, the newest first. */
export async function listKeys(engine: Engine, userId: string): Promise<readonly ApiKeyInfo[]> {
  const byUser = byUserOf(engine.policy.store, userId);
  const owner = await keyOwner(userId);
  const now = engine.policy.runtime.now();
  const records = await engine.guard.read("list", () => byUser.list(owner, now));
  const living = records.filter((record) => record.userId === owner && !isExpired(record, now));
  const keys = living.flatMap((record) => describeKey(record) ?? []);
  return keys.sort((one, other) => other.createdAt - one.createdAt);
}

/** Ends one key of the user that a session stands for; another user's is left alone, by the store's own statement. */
export async function revokeOwnKey(engine: Engine, { userId, actor }: Identity, id: string): Promise<boolean> {
  if (userId === null || !isSessionId(id) || !(await destroyKey(engine, userId, id))) return false;
  engine.emit({ type: "api-key-revoked", keyId: id, userId, by: "holder", ...actedBy(actor) });
  return true;
}

/** Ends a key by its public id, whoever's it is. */
export async function revokeKey(engine: Engine, id: string): Promise<boolean> {
  const found = isSessionId(id) ? await engine.find(id) : null;
  const key = found && !isCorrupt(found) ? describeKey(found) : null;
  if (!key || !(await destroyKey(engine, key.userId, id))) return false;
  engine.emit({ type: "api-key-revoked", keyId: id, userId: key.userId, by: "manager" });
  return true;
}

/**
 * Ends every key of a user. To be called when their sessions have ended, and not before: `issueOwnKey` counts on it. Whether
 * the configuration has keys makes no difference, since another one with the same store may have.
 */
export async function endKeys(engine: Engine, userId: string, by: "holder" | "manager"): Promise<number> {
  const byUser = byUserOf(engine.policy.store, userId);
  const owner = await keyOwner(userId);
  const ids = await engine.guard.repeat("revoke", () => byUser.destroy(owner));
  for (const keyId of ids) engine.emit({ type: "api-key-revoked", keyId, userId, by });
  return ids.length;
}

async function destroyKey(engine: Engine, userId: string, id: string): Promise<boolean> {
  const byUser = byUserOf(engine.policy.store, userId);
  const owner = await keyOwner(userId);
  return (await engine.guard.repeat("revoke", () => byUser.destroyOne(owner, id))) === "destroyed";
}

/** One store write, repeated with the same id if it is not answered; each attempt has a secret of its own, as a session's has. */
async function makeKey(engine: Engine, userId: string, request: KeyRequest): Promise<IssuedApiKey> {
  const { policy, guard } = engine;
  const owner = await keyOwner(userId);
  for (;;) {
    const { id } = issueToken("apiKey", policy.runtime);
    const attempts: { readonly key: string; readonly record: SessionRecord }[] = [];
    const answer = await guard.repeat("create", async () => {
      const { secret, token } = issueToken("apiKey", policy.runtime, id);
      const digest = await keyDigestOf(secret);
      const record = keyRecord({ id, digest, owner, userId, ...request }, policy.runtime.now());
      attempts.push({ key: token, record });
      return policy.store.create(record);
    });
    const made = answer === "created" ? attempts.at(-1) : await findOurs(engine, attempts);
    if (made) return { key: made.key, id, expiresAt: made.record.expiresAt };
  }
}

// "exists" may mean that our own first attempt arrived although its answer did not.
async function findOurs<Attempt extends { readonly record: SessionRecord }>(
  engine: Engine,
  attempts: readonly Attempt[],
): Promise<Attempt | undefined> {
  const id = attempts[0]?.record.id;
  const found = id === undefined ? null : await engine.find(id);
  if (found === null || isCorrupt(found)) return undefined;
  return attempts.find(({ record }) => equalInConstantTime(found.digest, record.digest));
}

function note(engine: Engine, userId: string, made: IssuedApiKey): IssuedApiKey {
  engine.emit({ type: "api-key-issued", keyId: made.id, userId });
  return made;
}

function tooOld(): SessionStateError {
  return new SessionStateError("UNAUTHENTICATED", "The authentication is too old to make a key.", {
    hint: "Let the user prove who they are again, and call session.reauthenticate(): apiKeys.freshFor says how often.",
  });
}
