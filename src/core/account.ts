import { SessionStateError } from "../errors.ts";
import type { Maybe } from "../maybe.ts";
import type { SessionRecord } from "../store/record.ts";
import type { Identity } from "./acting.ts";
import { completeSignIn, reauthenticate, startSignIn } from "./authentication.ts";
import type { Engine } from "./engine.ts";
import { signsInElsewhere } from "./external-user.ts";
import type { Issued } from "./identity.ts";
import { impersonate, stopImpersonating } from "./impersonation.ts";
import { endOthers, listSessions, renewToken, revokeOwn, touchNow } from "./own-sessions.ts";
import type { AccountActions } from "./session-face.ts";
import type { SessionInfo } from "./session-info.ts";
import type { ImpersonationStart, Reauthentication, SignIn, SignInStart } from "./sign-in.ts";
import { alive, type Live, type Standing } from "./standing.ts";

/** What an account needs of the visit that its session belongs to. */
export interface AccountVisit {
  readonly record: SessionRecord | null;
  readonly identity: Identity;
  load(): Maybe<Standing>;
  confirm(): Maybe<Standing>;
  permitData(): Promise<void>;
  /** Adds what the request shows of the device. */
  describe<Request extends Pick<SignIn, "device">>(signIn: Request): Promise<Request>;
  reissue(change: (standing: Standing) => Promise<Issued | null>): Promise<string | null>;
  note(record: SessionRecord): void;
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
    return this.#visit.reissue(async (standing) =>
      completeSignIn(this.#engine, standing, await this.#visit.describe(request)),
    );
  }

  reauthenticate(request: Reauthentication): Promise<string | null> {
    return this.#visit.reissue((standing) => reauthenticate(this.#engine, present(standing), request));
  }

  /** Ends the user's other sessions, and gives this one a new token without a grace for the old one. */
  async credentialsChanged(): Promise<{ readonly token: string | null; readonly ended: number }> {
    const token = await this.#visit.reissue((standing) => renewToken(this.#engine, present(standing)));
    return { token, ended: await this.revokeOthers() };
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
    await this.#visit.confirm();
    const { identity, record } = this.#visit;
    if (identity.userId === null) return false;
    if (id !== record?.id) return revokeOwn(this.#engine, identity, id);
    await this.#visit.end();
    return true;
  }

  async revokeOthers(): Promise<number> {
    await this.#visit.permitData();
    alive(await this.#visit.confirm());
    const { identity, record } = this.#visit;
    return endOthers(this.#engine, identity, record?.id);
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
  throw new SessionStateError("UNAUTHENTICATED", "Nobody is signed in.", {
    hint: "Answer with a 401, or send the visitor to the sign-in page.",
  });
}
