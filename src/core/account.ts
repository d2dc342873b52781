import type { Maybe } from "../maybe.ts";
import type { SessionRecord } from "../store/record.ts";
import { actedBy, type Identity } from "./acting.ts";
import type { ApiKeyInfo } from "./api-key-record.ts";
import type { IssueApiKeyOptions, IssuedApiKey } from "./api-key-request.ts";
import { endKeys, issueOwnKey, listKeys, revokeOwnKey } from "./api-keys.ts";
import { completeSignIn, ownUser, reauthenticate, startSignIn, unauthenticated } from "./authentication.ts";
import type { Engine } from "./engine.ts";
import { signsInElsewhere } from "./external-user.ts";
import type { Issued } from "./identity.ts";
import { impersonate, stopImpersonating } from "./impersonation.ts";
import { endOthers, listSessions, renewToken, revokeOwn, touchNow } from "./own-sessions.ts";
import type { SessionInfo } from "./session-info.ts";
import type { ImpersonationStart, Reauthentication, SignIn, SignInStart } from "./sign-in.ts";
import { alive, type Live, type Standing } from "./standing.ts";
import { type IssuedTokens, type IssueTokensOptions, type TokenGrant, tokensOf } from "./token-issuer.ts";
import type { AccountActions } from "./visited.ts";

/** What an account needs of the visit that its session belongs to. */
export interface AccountVisit {
  readonly record: SessionRecord | null;
  readonly identity: Identity;
  load(): Maybe<Standing>;
  confirm(): Maybe<Standing>;
  settle(): Promise<Standing>;
  permitData(): Promise<void>;
  /** Adds what the request shows of the device. */
  describe<Request extends Pick<SignIn, "device">>(signIn: Request): Promise<Request>;
  reissue(change: (standing: Standing) => Promise<Issued | null>): Promise<string | null>;
  note(record: SessionRecord): void;
  /** Lets the extensions take over what the visitor has gathered before signing in. */
  tellSignedIn(): Promise<void>;
  end(): Promise<void>;
}

/** What the user of a session may do with it and with their other sessions, beside signing in and out. */
export class Account implements AccountActions {
  readonly #engine: Engine;
  readonly #visit: AccountVisit;

  constructor(engine: Engine, visit: AccountVisit) {
    this.#engine = engine;
    this.#visit = visit;
  }

  /** Notes that the first factor was proven; begins a session where there is none. */
  async startSignIn(request: SignInStart): Promise<string | null> {
    if (this.#engine.policy.identity) throw signsInElsewhere("startSignIn");
    return this.#visit.reissue((standing) => startSignIn(this.#engine, standing, request));
  }

  /** Signs the user in whose first factor was proven, on this very session. */
  async completeSignIn(request: Omit<SignIn, "userId">): Promise<string | null> {
    if (this.#engine.policy.identity) throw signsInElsewhere("completeSignIn");
    const token = await this.#visit.reissue(async (standing) =>
      completeSignIn(this.#engine, standing, await this.#visit.describe(request)),
    );
    await this.#visit.tellSignedIn();
    return token;
  }

  reauthenticate(request: Reauthentication): Promise<string | null> {
    return this.#visit.reissue((standing) => reauthenticate(this.#engine, present(standing), request));
  }

  /** Ends the user's other sessions and their keys, and gives this one a new token without a grace for the old one. */
  async credentialsChanged(): Promise<{ readonly token: string | null; readonly ended: number }> {
    const token = await this.#visit.reissue((standing) => renewToken(this.#engine, present(standing)));
    const ended = await this.revokeOthers();
    const { userId } = this.#visit.identity;
    if (userId !== null) await endKeys(this.#engine, userId, "holder");
    return { token, ended };
  }

  impersonate(request: ImpersonationStart): Promise<string | null> {
    return this.#visit.reissue((standing) => impersonate(this.#engine, present(standing), request));
  }

  stopImpersonating(): Promise<string | null> {
    return this.#visit.reissue(async (standing) => {
      const live = alive(standing);
      return live && stopImpersonating(this.#engine, live);
    });
  }

  async list(): Promise<readonly SessionInfo[]> {
    await this.#visit.load();
    const { identity, record } = this.#visit;
    return identity.userId === null ? [] : listSessions(this.#engine, identity.userId, record?.id);
  }

  /** Ends one session of the user; this one as its holder does. */
  async revoke(id: string): Promise<boolean> {
    await this.#visit.permitData();
    await this.#visit.settle();
    const { identity, record } = this.#visit;
    if (identity.userId === null) return false;
    if (id !== record?.id) return revokeOwn(this.#engine, identity, id);
    await this.#visit.end();
    return true;
  }

  async revokeOthers(): Promise<number> {
    await this.#visit.permitData();
    alive(await this.#visit.settle());
    const { identity, record } = this.#visit;
    return endOthers(this.#engine, identity, record?.id);
  }

  async issueApiKey(options: IssueApiKeyOptions): Promise<IssuedApiKey> {
    await this.#visit.permitData();
    return issueOwnKey(this.#engine, present(await this.#visit.settle()), options);
  }

  async listApiKeys(): Promise<readonly ApiKeyInfo[]> {
    await this.#visit.load();
    const { userId } = this.#visit.identity;
    return userId === null ? [] : listKeys(this.#engine, userId);
  }

  async revokeApiKey(id: string): Promise<boolean> {
    await this.#visit.permitData();
    await this.#visit.settle();
    return revokeOwnKey(this.#engine, this.#visit.identity, id);
  }

  async issueTokens(options: IssueTokensOptions): Promise<IssuedTokens> {
    const tokens = tokensOf(this.#engine);
    await this.#visit.permitData();
    const live = present(await this.#visit.settle());
    const { issued, record } = await tokens.issue(live.record, ownUser(this.#engine, live, "issueTokens"), options);
    this.#visit.note(record);
    return issued;
  }

  async listTokens(): Promise<readonly TokenGrant[]> {
    const tokens = tokensOf(this.#engine);
    await this.#visit.load();
    const { userId } = this.#visit.identity;
    return userId === null ? [] : tokens.list(userId);
  }

  async revokeTokens(id: string): Promise<boolean> {
    const tokens = tokensOf(this.#engine);
    await this.#visit.permitData();
    await this.#visit.settle();
    const { userId, actor } = this.#visit.identity;
    return userId === null ? false : tokens.end(id, { by: "holder", userId, ...actedBy(actor) });
  }

  async touch(): Promise<void> {
    await this.#visit.permitData();
    const live = alive(await this.#visit.confirm());
    if (live) this.#visit.note(await touchNow(this.#engine, live.record));
  }
}

/** The session at hand, where there has to be one. */
function present(standing: Standing): Live {
  const live = alive(standing);
  if (live) return live;
  throw unauthenticated("Nobody is signed in.");
}
