import { SessionStateError } from "../errors.ts";
import type { SessionRecord } from "../store/record.ts";
import { isCorrupt } from "../store/record.ts";
import { keyDigestOf } from "../token/digest.ts";
import { parseToken } from "../token/token.ts";
import { type ApiKeyInfo, describeKey } from "./api-key-record.ts";
import type { IssueApiKeyOptions, IssuedApiKey } from "./api-key-request.ts";
import { noTexts } from "./draft.ts";
import type { Engine } from "./engine.ts";
import type { KeyRejectReason } from "./events.ts";
import { judge } from "./lifecycle.ts";
import type { Extended, SessionTypes } from "./session.ts";
import type { Recorded, SignedInSession } from "./signed-in-session.ts";
import type { Transport } from "./transport.ts";
import { Visit } from "./visit.ts";

/**
 * What a script has that presents an API key: a session of the key's user, read-only, with the extensions. It has no data of
 * its own, and `authenticatedAt` is 0, since nobody proved anything: it satisfies no `freshFor`. `id` is the key's public id.
 */
export type DeviceSession<Types extends SessionTypes> = Extended<SignedInSession<Types>, Types> &
  Recorded & {
    readonly kind: "device";
    /** What the key may be used for. */
    readonly scopes: readonly string[];
  };

/** What the request that brings a key offers. */
export interface KeyBearer {
  /** A header of the request, for the extensions. */
  header(name: string): string | null;
  /** Runs a task that the answer does not wait for. */
  defer?(task: () => Promise<void>): void;
}

/** The API keys of users, without a session at hand. */
export interface ApiKeys<Types extends SessionTypes> {
  /**
   * Makes a key for a user, on the application's word. It is told this once.
   *
   * @throws {@link SessionDataError} `DATA_INVALID`. {@link SessionConfigError} `CONFIG_INVALID`: the configuration has no `apiKeys`.
   * @example
   * const { key } = await sessions.apiKeys.issue(user.id, { name: "nightly export", scopes: ["orders:read"] })
   */
  issue(userId: string, options: IssueApiKeyOptions): Promise<IssuedApiKey>;
  /** The living keys of a user, the newest first. */
  list(userId: string): Promise<readonly ApiKeyInfo[]>;
  /** Ends a key by its public id, whoever's it is; answers whether there was one. A session's id is none. */
  revoke(id: string): Promise<boolean>;
  /**
   * Finds whom a key stands for, or `null` when it is malformed, unknown, expired, revoked, its user is gone, or the
   * configuration has no `apiKeys`. A malformed one makes no store call. Never answered from a copy.
   *
   * @param bearer The request it came with, as extensions see it (default: one without headers).
   * @throws {@link SessionStoreError} `STORE_UNAVAILABLE`, `USER_UNAVAILABLE`: nothing is known of the key by that.
   */
  validate(key: string, bearer?: KeyBearer): Promise<DeviceSession<Types> | null>;
}

/** Opens what a key stands for, with its user looked up; `null` where it is worth nothing. Why is an event. */
export async function openKey(engine: Engine, key: string, bearer: KeyBearer): Promise<object | null> {
  if (!engine.policy.apiKeys) return null;
  const parts = parseToken("apiKey", key);
  if (!parts) return reject(engine, null, "malformed");
  const digest = await keyDigestOf(parts.secret);
  const record = await engine.find(parts.id);
  if (record === null) return reject(engine, parts.id, "unknown");
  const info = isCorrupt(record) ? null : describeKey(record);
  if (isCorrupt(record) || !info) return reject(engine, parts.id, "corrupt");
  const judgement = judge(record, digest, engine.policy.runtime.now());
  if (judgement !== "active") return reject(engine, parts.id, judgement === "stranger" ? "wrong-secret" : "expired");
  const visit = new DeviceVisit(engine, new KeyTransport(engine, bearer), record, info);
  await visit.loadUser();
  return visit.record && visit.deviceSession();
}

function reject({ emit }: Engine, keyId: string | null, reason: KeyRejectReason): null {
  emit({ type: "api-key-rejected", keyId, reason });
  return null;
}

/** The visit of a script. It stands where its key put it, and changes nothing. */
class DeviceVisit extends Visit {
  readonly #info: ApiKeyInfo;

  constructor(engine: Engine, transport: Transport, record: SessionRecord, info: ApiKeyInfo) {
    super(engine, transport);
    const session = { ...record, userId: info.userId, authenticatedAt: 0, data: noTexts };
    this.standing = { kind: "live", record: session, digest: record.digest };
    this.#info = info;
    if (engine.touches.isDue(record)) transport.defer(() => engine.touches.touch(record));
  }

  deviceSession(): object {
    const { scopes } = this.#info;
    const describe = (value: unknown) => ({ value, enumerable: true });
    const facts = { kind: describe("device"), scopes: describe(Object.freeze([...scopes])) };
    return Object.defineProperties(this.readonlySession(), facts);
  }
}

/** A key travels with its script: nothing is ever handed back, and nothing can be changed by it. */
class KeyTransport implements Transport {
  readonly presented: readonly string[] = [];
  readonly #engine: Engine;
  readonly #bearer: KeyBearer;

  constructor(engine: Engine, bearer: KeyBearer) {
    this.#engine = engine;
    this.#bearer = bearer;
  }

  permit(): void {
    throw new SessionStateError("SESSION_READ_ONLY", "What an API key opens is read-only.", {
      hint: "A script has no session to keep data in: keep it in your own tables, by the user.",
    });
  }
  deliver(): void {}
  defer(task: () => Promise<void>): void {
    if (this.#bearer.defer) this.#bearer.defer(task);
    else this.#engine.policy.runtime.after(0, task);
  }
  header(name: string): string | null {
    return this.#bearer.header(name);
  }
}
