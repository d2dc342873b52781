import { toMilliseconds } from "../duration.ts";
import type { Maybe } from "../maybe.ts";
import type { SessionRecord } from "../store/record.ts";
import { csrfTokensOf } from "./csrf-token.ts";
import type { OnDiscard } from "./data-view.ts";
import type { DataOperation } from "./draft.ts";
import { defineExtensions, type ExtensionHost } from "./extensions.ts";
import { checkUserId, encodeDevice } from "./inputs.ts";
import { decodeJson } from "./json.ts";
import { encodeAll, pluckOne, updateOne, writeAll } from "./operations.ts";
import type { Policy } from "./policy.ts";
import type { Actor, AnyReadonlySession, RotateOptions, SignInOptions } from "./session.ts";
import type { SignIn } from "./sign-in.ts";

/** What a session object shows, and changes: the visit behind it. */
export interface Visited extends ExtensionHost {
  readonly record: SessionRecord | null;
  readonly user: unknown;
  readonly data: object;
  noteDiscard(): OnDiscard;
  write<Result>(operation: DataOperation<Result>, begins?: boolean): Promise<Result>;
  signIn(request: SignIn): Promise<string>;
  rotate(grace: number, again: boolean): Promise<string | null>;
  end(keep?: readonly string[]): Promise<void>;
  loadUser(): Maybe<unknown>;
}

/** Makes the session objects of one configuration. */
export interface Faces {
  readonly(visit: Visited): AnyReadonlySession;
  /** The session with mutators. Sign-in and rotation answer the new token where the caller is the transport. */
  mutable(visit: Visited, tellToken?: boolean): AnyReadonlySession;
}

const inspect = Symbol.for("nodejs.util.inspect.custom");

class ReadonlyFace implements AnyReadonlySession {
  readonly #visit: Visited;
  readonly #policy: Policy;

  constructor(visit: Visited, policy: Policy) {
    this.#visit = visit;
    this.#policy = policy;
  }

  static visitOf(face: object): Visited {
    return (face as ReadonlyFace).#visit;
  }

  static policyOf(face: object): Policy {
    return (face as ReadonlyFace).#policy;
  }

  get id() {
    return this.#visit.record?.id ?? null;
  }
  get userId() {
    return this.#visit.record?.userId ?? null;
  }
  get user() {
    return this.#visit.user;
  }
  get data() {
    return this.#visit.data;
  }
  get createdAt() {
    return this.#visit.record?.createdAt ?? null;
  }
  get authenticatedAt() {
    return this.#visit.record?.authenticatedAt ?? null;
  }
  get lastSeenAt() {
    return this.#visit.record?.lastSeenAt ?? null;
  }
  get idleExpiresAt() {
    return this.#visit.record?.idleExpiresAt ?? null;
  }
  get expiresAt() {
    return this.#visit.record?.expiresAt ?? null;
  }
  get isAnonymous() {
    return this.userId === null;
  }
  get actor(): Actor | null {
    return decodeJson(this.#visit.record?.actor ?? null) as Actor | null;
  }

  toJSON(): unknown {
    const { publicView } = this.#policy;
    if (publicView) return publicView(this);
    const { id, userId, authenticatedAt, idleExpiresAt, expiresAt } = this;
    return { id, userId, authenticatedAt, idleExpiresAt, expiresAt, version: this.#visit.record?.version ?? null };
  }

  async csrfToken(form?: string): Promise<string> {
    return csrfTokensOf(this.#policy).issue(this.#visit.record, form);
  }

  async verifyCsrfToken(token: unknown, form?: string): Promise<boolean> {
    return csrfTokensOf(this.#policy).verify(token, this.#visit.record, form);
  }

  [inspect](): unknown {
    return { session: this.toJSON() };
  }
}

const { visitOf, policyOf } = ReadonlyFace;

class MutableFace extends ReadonlyFace {
  readonly #tellToken: boolean;

  constructor(visit: Visited, policy: Policy, tellToken: boolean) {
    super(visit, policy);
    this.#tellToken = tellToken;
  }

  async set(patch: Readonly<Record<string, unknown>>): Promise<void> {
    await visitOf(this).write(writeAll(encodeAll(policyOf(this).shape, patch)));
  }

  async update(key: string, change: (value: unknown) => unknown): Promise<unknown> {
    return visitOf(this).write(updateOne(policyOf(this).shape, key, change, visitOf(this).noteDiscard()));
  }

  async replace(data: Readonly<Record<string, unknown>>): Promise<void> {
    const write = writeAll(encodeAll(policyOf(this).shape, data));
    await visitOf(this).write((draft) => {
      draft.clear();
      write(draft);
    });
  }

  async pluck(key: string): Promise<unknown> {
    return visitOf(this).write(pluckOne(policyOf(this).shape, key, visitOf(this).noteDiscard()), false);
  }

  async signIn(userId: string, options: SignInOptions = {}): Promise<string | undefined> {
    const { persistent = true, keep = policyOf(this).keep, device } = options;
    const token = await visitOf(this).signIn({
      userId: checkUserId(userId),
      persistent,
      keep,
      device: encodeDevice(device),
    });
    return this.#tellToken ? token : undefined;
  }

  async rotate(options: RotateOptions = {}): Promise<string | null | undefined> {
    const { grace } = options;
    const time = grace === undefined ? policyOf(this).timing.grace : toMilliseconds(grace, "rotate's grace");
    const token = await visitOf(this).rotate(time, this.#tellToken);
    return this.#tellToken ? token : undefined;
  }

  async destroy(): Promise<void> {
    await visitOf(this).end();
  }

  async signOut(options: { readonly keep?: readonly string[] } = {}): Promise<void> {
    await visitOf(this).end(options.keep);
  }

  async loadUser(): Promise<unknown> {
    return visitOf(this).loadUser();
  }
}

/** Makes the two session classes of one configuration, with its extensions. */
export function createFaces(policy: Policy): Faces {
  class Readonly extends ReadonlyFace {}
  class Mutable extends MutableFace {}
  for (const face of [Readonly, Mutable]) defineExtensions(face.prototype, policy.extend, visitOf);
  return {
    readonly: (visit) => new Readonly(visit, policy),
    mutable: (visit, tellToken = false) => new Mutable(visit, policy, tellToken),
  };
}
