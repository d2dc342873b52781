import { toMilliseconds } from "../duration.ts";
import { isPromise, type Maybe } from "../maybe.ts";
import type { ApiKeyInfo } from "./api-key-record.ts";
import type { IssueApiKeyOptions, IssuedApiKey } from "./api-key-request.ts";
import { csrfTokensOf } from "./csrf-token.ts";
import { defineExtensions } from "./extension-run.ts";
import { clientView } from "./extension-views.ts";
import { checkLevel, checkMethods, checkUserId } from "./inputs.ts";
import { encodeAll, pluckOne, replaceAll, updateOne, writeAll } from "./operations.ts";
import type { Policy } from "./policy.ts";
import type { AnyReadonlySession } from "./session.ts";
import type { SessionInfo } from "./session-info.ts";
import type {
  AuthenticationRequirement,
  CompleteSignInOptions,
  ImpersonateOptions,
  ReauthenticateOptions,
  RotateOptions,
  SignInOptions,
  StartSignInOptions,
} from "./session-options.ts";
import { signInOf } from "./sign-in.ts";
import type { IssuedTokens, IssueTokensOptions, TokenGrant } from "./token-issuer.ts";
import type { Visited } from "./visited.ts";

/** Makes the session objects of one configuration. */
export interface Faces {
  readonly(visit: Visited): AnyReadonlySession;
  /** The same, for what makes its public view. */
  shown(visit: Visited): AnyReadonlySession;
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
    return this.#visit.identity.userId;
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
    return this.#visit.identity.authenticatedAt;
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
  get version() {
    return this.#visit.record?.version ?? null;
  }
  get isAnonymous() {
    return this.userId === null;
  }
  get amr() {
    return this.#visit.identity.amr;
  }
  get acr() {
    return this.#visit.identity.acr;
  }
  get pendingSignIn() {
    return this.#visit.identity.pendingSignIn;
  }
  get actor() {
    return this.#visit.identity.actor;
  }

  satisfies({ freshFor, amr, acr }: AuthenticationRequirement): boolean {
    const age = freshFor === undefined ? undefined : toMilliseconds(freshFor, "freshFor");
    return this.#visit.satisfies({ freshFor: age, amr, acr });
  }

  toClient(): unknown {
    if (this.isAnonymous) return null;
    return clientView(this.#visit, this.#policy, this.toJSON());
  }

  toJSON(): unknown {
    const { publicView } = this.#policy;
    return publicView ? watched(publicView(this.#visit.shownSession())) : defaultView(this);
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

/** The session as it is handed to what makes a public view: part of that view, it shows the default one. */
class ShownFace extends ReadonlyFace {
  override toClient(): unknown {
    return this.isAnonymous ? null : defaultView(this);
  }

  override toJSON(): unknown {
    return defaultView(this);
  }
}

function defaultView(session: AnyReadonlySession): unknown {
  const { id, userId, authenticatedAt, idleExpiresAt, expiresAt, version } = session;
  return { id, userId, authenticatedAt, idleExpiresAt, expiresAt, version };
}

/** Whoever logs a session waits for no promise: one that is rejected must not end the process. Whoever waits is told. */
function watched(view: Maybe<unknown>): unknown {
  if (isPromise(view)) Promise.resolve(view).catch(() => undefined);
  return view;
}

class MutableFace extends ReadonlyFace {
  readonly #tellToken: boolean;

  constructor(visit: Visited, policy: Policy, tellToken: boolean) {
    super(visit, policy);
    this.#tellToken = tellToken;
  }

  get signal(): AbortSignal {
    return visitOf(this).signal;
  }

  async set(patch: Readonly<Record<string, unknown>>): Promise<void> {
    await visitOf(this).write(writeAll(encodeAll(policyOf(this).shape, patch)));
  }

  async update(key: string, change: (value: unknown) => unknown): Promise<unknown> {
    return visitOf(this).write(updateOne(policyOf(this).shape, key, change, visitOf(this).noteDiscard()));
  }

  async replace(data: Readonly<Record<string, unknown>>): Promise<void> {
    const { shape } = policyOf(this);
    await visitOf(this).write(replaceAll(shape, encodeAll(shape, data)));
  }

  async pluck(key: string): Promise<unknown> {
    return visitOf(this).write(pluckOne(policyOf(this).shape, key, visitOf(this).noteDiscard()), false);
  }

  async signIn(userId: string, options: SignInOptions = {}): Promise<string | null | undefined> {
    const request = { userId: checkUserId(userId), ...signInOf(options, policyOf(this).keep) };
    return this.#tell(visitOf(this).signIn(request));
  }

  async startSignIn(userId: string, options: StartSignInOptions = {}): Promise<string | null | undefined> {
    const { amr, expiresIn = "10m" } = options;
    const lasts = toMilliseconds(expiresIn, "startSignIn's expiresIn");
    return this.#tell(
      visitOf(this).account.startSignIn({ userId: checkUserId(userId), amr: checkMethods(amr), lasts }),
    );
  }

  async completeSignIn(options: CompleteSignInOptions = {}): Promise<string | null | undefined> {
    return this.#tell(visitOf(this).account.completeSignIn(signInOf(options, policyOf(this).keep)));
  }

  async reauthenticate(options: ReauthenticateOptions = {}): Promise<string | null | undefined> {
    const { amr, acr, expiresIn } = options;
    const lasts = expiresIn === undefined ? null : toMilliseconds(expiresIn, "reauthenticate's expiresIn");
    return this.#tell(visitOf(this).account.reauthenticate({ amr: checkMethods(amr), acr: checkLevel(acr), lasts }));
  }

  async credentialsChanged(): Promise<number | { readonly token: string | null; readonly ended: number }> {
    const renewed = await visitOf(this).account.credentialsChanged();
    return this.#tellToken ? renewed : renewed.ended;
  }

  async impersonate(userId: string, { reason, ttl }: ImpersonateOptions): Promise<string | null | undefined> {
    const lasts = ttl === undefined ? null : toMilliseconds(ttl, "impersonate's ttl");
    return this.#tell(
      visitOf(this).account.impersonate({ userId: checkUserId(userId), reason: String(reason ?? ""), lasts }),
    );
  }

  async stopImpersonating(): Promise<string | null | undefined> {
    return this.#tell(visitOf(this).account.stopImpersonating());
  }

  async list(): Promise<readonly SessionInfo[]> {
    return visitOf(this).account.list();
  }

  async revoke(id: string): Promise<boolean> {
    return visitOf(this).account.revoke(id);
  }

  async revokeOthers(): Promise<number> {
    return visitOf(this).account.revokeOthers();
  }

  async issueApiKey(options: IssueApiKeyOptions): Promise<IssuedApiKey> {
    return visitOf(this).account.issueApiKey(options);
  }

  async listApiKeys(): Promise<readonly ApiKeyInfo[]> {
    return visitOf(this).account.listApiKeys();
  }

  async revokeApiKey(id: string): Promise<boolean> {
    return visitOf(this).account.revokeApiKey(id);
  }

  async issueTokens(options: IssueTokensOptions): Promise<IssuedTokens> {
    return visitOf(this).account.issueTokens(options);
  }

  async listTokens(): Promise<readonly TokenGrant[]> {
    return visitOf(this).account.listTokens();
  }

  async revokeTokens(id: string): Promise<boolean> {
    return visitOf(this).account.revokeTokens(id);
  }

  async touch(): Promise<void> {
    await visitOf(this).account.touch();
  }

  async rotate(options: RotateOptions = {}): Promise<string | null | undefined> {
    const { grace } = options;
    const time = grace === undefined ? policyOf(this).rotationGrace : toMilliseconds(grace, "rotate's grace");
    return this.#tell(visitOf(this).rotate(time, this.#tellToken));
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

  /** The new token is for the transport, unless the caller is the one. */
  async #tell<Token>(issued: Promise<Token>): Promise<Token | undefined> {
    const token = await issued;
    return this.#tellToken ? token : undefined;
  }
}

/** Makes the two session classes of one configuration, with its extensions. */
export function createFaces(policy: Policy): Faces {
  class Readonly extends ReadonlyFace {}
  class Shown extends ShownFace {}
  class Mutable extends MutableFace {}
  for (const face of [Readonly, Shown, Mutable]) defineExtensions(face.prototype, policy.extensions, visitOf);
  return {
    readonly: (visit) => new Readonly(visit, policy),
    shown: (visit) => new Shown(visit, policy),
    mutable: (visit, tellToken = false) => new Mutable(visit, policy, tellToken),
  };
}
