import { blankCookie } from "../cookie/session-cookie.ts";
import type { SessionRecord } from "../store/record.ts";
import { Account } from "./account.ts";
import { leavesData } from "./adoption.ts";
import { BindingVisit } from "./binding-visit.ts";
import { type DataOperation, Draft, noTexts, pickTexts } from "./draft.ts";
import { endSession } from "./end-session.ts";
import { tellSignedIn } from "./extension-views.ts";
import { signsInElsewhere } from "./external-user.ts";
import { beginWithToken, type GivenBeginning } from "./given-token.ts";
import { type Beginning, beginSession, type Issued, rotate, signIn } from "./identity.ts";
import { moveIdleEnd } from "./idle-end.ts";
import { settleLapsed } from "./impersonation.ts";
import { renew } from "./renewal.ts";
import type { AnyReadonlySession } from "./session.ts";
import type { SignIn } from "./sign-in.ts";
import { alive, reloadStanding, type Standing } from "./standing.ts";
import { Turns } from "./turns.ts";
import { gone } from "./writes.ts";

/**
 * One request's visit to its session: what the request knows, and the only place that changes it. Every session object of the
 * request is a face of the same visit, and changes made here are seen by whatever reads later in the request.
 */
export class Visit extends BindingVisit {
  // Made when they are first needed: most visits only read.
  #turnsTaken: Turns | null = null;
  #account: Account | null = null;

  get #turns(): Turns {
    this.#turnsTaken ??= new Turns();
    return this.#turnsTaken;
  }

  readonlySession(): AnyReadonlySession {
    return this.engine.faces.readonly(this);
  }

  /** The same, for what makes its public view. */
  shownSession(): AnyReadonlySession {
    return this.engine.faces.shown(this);
  }

  /** What the user may do with this session and with their other ones. */
  get account(): Account {
    this.#account ??= new Account(this.engine, this);
    return this.#account;
  }

  /** Throws where nothing can be changed. */
  async permitData(): Promise<void> {
    await this.transport.permit("data");
  }

  /** The same as `confirm`, and without what an impersonation left that has ended: whose sessions are at stake is certain. */
  settle(): Promise<Standing> {
    return this.#turns.alone(() => this.#settled());
  }

  /** Takes note of a newer record of the session at hand. */
  note(record: SessionRecord): void {
    this.engine.touches.noteSeen(record);
    const now = this.standing;
    if (now?.kind === "live" && record.version >= now.record.version) this.standing = { ...now, record };
  }

  /** Changes the data. The first change of a visitor without a session begins one, unless `begins` is false. */
  async write<Result>(operation: DataOperation<Result>, begins = true): Promise<Result> {
    await this.transport.permit("data");
    for (;;) {
      const written = await this.#turns.together(() => this.#writeLive(operation));
      if (written) return written.result;
      if (!begins && !this.record) return operation(new Draft(noTexts));
      const begun = await this.#turns.alone(() => this.#begin(operation));
      if (this.isUntold) await this.tellSignedIn();
      if (begun) return begun.result;
    }
  }

  async signIn(request: SignIn): Promise<string> {
    if (this.engine.policy.identity) throw signsInElsewhere("signIn");
    const described = this.describe(request);
    // The session of a user who is gone is taken over, so that its token dies as any other's.
    const token = await this.reissue(async (standing) =>
      signIn(this.engine, this.held(standing) ?? standing, await described),
    );
    await this.tellSignedIn();
    return token as string;
  }

  /** Lets the extensions take over what the visitor has gathered before signing in. */
  async tellSignedIn(): Promise<void> {
    this.isUntold = false;
    await tellSignedIn(this, this.engine.policy.extensions);
  }

  /** Issues a new token; within a request once, unless `again`. */
  async rotate(grace: number, again: boolean): Promise<string | null> {
    return this.reissue(async (standing) => {
      const live = alive(standing);
      return live && (again || !this.hasRotated) ? rotate(this.engine, live, grace) : null;
    });
  }

  /** Replaces the data and the token together, in one write. Begins a session where there is none. */
  async renew(operation: DataOperation): Promise<void> {
    await this.reissue(async (standing) => {
      const live = alive(standing, "data");
      const draft = new Draft(noTexts);
      draft.apply(operation);
      const data = draft.texts();
      if (live) return renew(this.engine, live, data);
      return Object.keys(data).length > 0 ? beginSession(this.engine, { ...anonymous, data }) : null;
    });
  }

  /**
   * Ends the session; then, with texts to keep, begins an anonymous one. Where another application has signed the user in, it
   * signs them out first: should that fail, nothing is ended, and should ours fail after it, nothing of ours is shown any more.
   */
  async end(keep: readonly string[] = [], elsewhere = true): Promise<void> {
    if (this.isLeaving && !elsewhere) return;
    if (elsewhere) await this.leave();
    await this.#alone(async (standing) => {
      if (standing.kind === "ended") return;
      if (standing.kind === "superseded") throw gone("replaced");
      const live = this.held(standing);
      // What is kept is read anew: other requests may have changed it since this one was loaded.
      const keeps = keep.length > 0 && this.identity.actor === null; // what was seen as somebody else is not kept
      const latest = live && keeps ? await reloadStanding(this.engine, live) : null;
      if (live) await endSession(this.engine, live);
      this.external = null;
      this.orphan = null;
      this.become({ kind: "ended" });
      if (this.transport.presented.length > 0 || live)
        await this.transport.deliver(blankCookie(this.engine.policy.cookie));
      if (latest?.kind === "live") await this.#beginWith(pickTexts(latest.record.data, keep));
    });
  }

  /** Begins a session of its own, whatever was presented. */
  async begin(beginning: Beginning): Promise<string> {
    const issued = await beginSession(this.engine, beginning);
    await this.accept(issued);
    return issued.token;
  }

  /** Begins a session whose token somebody else has made. */
  async beginGiven(beginning: GivenBeginning): Promise<SessionRecord> {
    const issued = await beginWithToken(this.engine, beginning);
    await this.accept(issued);
    return issued.live.record;
  }

  /** Moves the idle deadline to an instant that somebody else has chosen, within ours; `null` where the session is gone. */
  async moveIdleEnd(until: number): Promise<SessionRecord | null> {
    const standing = await this.confirm();
    const moved = standing.kind === "live" ? await moveIdleEnd(this.engine, standing.record, until) : null;
    if (moved) this.note(moved);
    return moved;
  }

  /** Changes the identity by a new token, and hands it to the visitor; `null` where there is nothing to change. */
  async reissue(change: (standing: Standing) => Promise<Issued | null>): Promise<string | null> {
    const token = await this.#alone(async (found) => {
      const standing = this.external ? await this.bound(found, this.external) : found;
      const issued = await change(standing);
      if (!issued) return null;
      this.orphan = null;
      await this.accept(issued);
      this.hasRotated = true;
      return issued.token;
    });
    if (this.isUntold) await this.tellSignedIn();
    return token;
  }

  /** Changes the identity, when the turn has come. The response may have begun while the change waited for it. */
  async #alone<Result>(change: (standing: Standing) => Promise<Result>): Promise<Result> {
    await this.transport.permit("token");
    return this.#turns.alone(async () => {
      const standing = await this.#settled();
      await this.transport.permit("token");
      return change(standing);
    });
  }

  /** Where the visit stands before a change: from the store, and without what an impersonation left that has ended. */
  async #settled(): Promise<Standing> {
    const standing = await this.confirm();
    if (standing.kind !== "live" || standing.record.actor === null) return standing;
    const settled = await settleLapsed(this.engine, standing);
    // What this request was about to change, it meant for the session that it saw.
    if (settled !== standing) this.become(this.hasActed && settled.kind === "live" ? { kind: "superseded" } : settled);
    return this.standing as Standing;
  }

  async #writeLive<Result>(operation: DataOperation<Result>): Promise<{ readonly result: Result } | null> {
    const live = alive(await this.#settled(), "data");
    if (!live || this.mustBind(live)) return null;
    const written = await this.engine.writes.write(live.record, live.digest, operation);
    this.note(written.record);
    return written;
  }

  async #begin<Result>(operation: DataOperation<Result>): Promise<{ readonly result: Result } | null> {
    const standing = await this.load();
    const live = alive(standing, "data");
    if (live && !this.mustBind(live)) return null; // another write of this request was first
    if (this.external) {
      const held = this.held(standing) ?? standing;
      if (held.kind !== "live" && !leavesData(operation)) return { result: operation(new Draft(noTexts)) };
      return this.bind(held, this.external, operation);
    }
    const draft = new Draft(noTexts);
    const result = draft.apply(operation);
    const data = draft.texts();
    if (Object.keys(data).length > 0) {
      await this.transport.permit("token");
      // Somebody who is not signed in any more: their session ends before the browser is given another.
      if (this.engine.policy.identity && this.orphan) await endSession(this.engine, this.orphan);
      await this.#beginWith(data);
    }
    return { result };
  }

  async #beginWith(data: Readonly<Record<string, string>>): Promise<void> {
    await this.accept(await beginSession(this.engine, { ...anonymous, data }));
  }
}

/** What a session that a visitor's first write begins is made from. */
const anonymous = { userId: null, persistent: true, device: null };
