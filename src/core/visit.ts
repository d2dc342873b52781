import { blankCookie, sessionCookie } from "../cookie/session-cookie.ts";
import { SessionStateError } from "../errors.ts";
import { chain, isPromise, type Maybe } from "../maybe.ts";
import type { SessionRecord } from "../store/record.ts";
import { type Identity, identityOf } from "./acting.ts";
import { completeSignIn, reauthenticate, startSignIn } from "./authentication.ts";
import type { OnDiscard } from "./data-view.ts";
import { type DataOperation, Draft, noTexts, pickTexts } from "./draft.ts";
import type { Engine } from "./engine.ts";
import type { ExtensionContext } from "./extensions.ts";
import { type Beginning, beginSession, endSession, type Issued, renew, rotate, signIn } from "./identity.ts";
import { impersonate, settleLapsed, stopImpersonating } from "./impersonation.ts";
import { type Requirement, satisfies } from "./lifecycle.ts";
import { endOthers, listSessions, renewToken, revokeOwn, touchNow } from "./own-sessions.ts";
import type { AnyReadonlySession } from "./session.ts";
import type { SessionInfo } from "./session-info.ts";
import type { ImpersonationStart, Reauthentication, SignIn, SignInStart } from "./sign-in.ts";
import { withDevice } from "./sign-in-device.ts";
import { alive, confirmStanding, findStanding, type Live, reloadStanding, type Standing } from "./standing.ts";
import { signalOf } from "./standing-signal.ts";
import type { Transport } from "./transport.ts";
import { Turns } from "./turns.ts";
import { lookUpUser } from "./user-look-up.ts";
import { gone } from "./writes.ts";

/**
 * One request's visit to its session: what the request knows, and the only place that changes it.
 *
 * The record is read when something first asks for it, and only then; every session object of the request is a face of the
 * same visit. Changes made here are seen by whatever reads later in the request.
 */
export class Visit {
  readonly #engine: Engine;
  readonly #transport: Transport;
  #standing: Standing | null = null;
  #finding: Promise<Standing> | null = null;
  #confirming: Promise<Standing> | null = null;
  /** The session of a user who does not exist any more: nobody is signed in, but it can still be ended. */
  #orphan: Live | null = null;
  #user: { readonly id: string; readonly found: Maybe<unknown> } | null = null;
  #userValue: { readonly id: string; readonly value: unknown } | null = null;
  #known: { readonly record: SessionRecord | null; readonly identity: Identity } | null = null;
  #data: { readonly texts: object; readonly view: object } | null = null;
  // Made when they are first needed: most visits only read.
  #turnsTaken: Turns | null = null;
  #memo: Map<string, unknown> | null = null;
  #rotated = false;

  constructor(engine: Engine, transport: Transport) {
    this.#engine = engine;
    this.#transport = transport;
  }

  get #turns(): Turns {
    this.#turnsTaken ??= new Turns();
    return this.#turnsTaken;
  }

  /** The record of the session at hand, once the visit has been loaded; `null` where there is none. */
  get record(): SessionRecord | null {
    return this.#standing?.kind === "live" ? this.#standing.record : null;
  }

  /** Who the session stands for at this instant. */
  get identity(): Identity {
    const { record } = this;
    if (this.#known?.record === record) return this.#known.identity;
    const identity = identityOf(record, this.#engine.policy.runtime.now());
    // Where nothing in it ends by itself it is the same at every instant.
    if (record?.actor == null) this.#known = { record, identity };
    return identity;
  }

  /** What the user look-up found, or `null`. */
  get user(): unknown {
    return this.#userValue !== null && this.identity.userId === this.#userValue.id ? this.#userValue.value : null;
  }

  /** The data as values. */
  get data(): object {
    const texts = this.identity.data;
    if (this.#data?.texts === texts) return this.#data.view;
    const view = this.#engine.viewData(texts, this.noteDiscard());
    this.#data = { texts, view };
    return view;
  }

  /** Reports stored values of the session at hand that are passed over, now or later. */
  noteDiscard(): OnDiscard {
    const { record } = this; // `null` also where nothing has been read so far
    const { emit } = this.#engine;
    return (key, reason) => emit({ type: "data-discarded", sessionId: (record ?? this.record)?.id ?? "", key, reason });
  }

  /** Reads the session, once. Everything but the store's own delay happens at once. */
  load(): Maybe<Standing> {
    if (this.#standing) return this.#standing;
    if (this.#finding) return this.#finding;
    const found = findStanding(this.#engine, this.#transport.presented);
    if (!isPromise(found)) return this.#arrive(found);
    this.#finding = Promise.resolve(found).then((standing) => this.#arrive(standing));
    return this.#finding;
  }

  /** The same, never from a copy: what a change rests on, and whatever asks for a recent authentication. */
  confirm(): Maybe<Standing> {
    return chain(this.load(), (standing) => {
      if (standing.kind !== "live" || !standing.isCopy) return standing;
      const confirmed = this.#confirming ?? confirmStanding(this.#engine, standing);
      if (!isPromise(confirmed)) return this.#replaceCopy(standing, confirmed);
      this.#confirming ??= Promise.resolve(confirmed)
        .then((latest) => this.#replaceCopy(standing, latest))
        .finally(() => {
          this.#confirming = null;
        });
      return this.#confirming;
    });
  }

  /** Looks the user of the session up, once. A user who does not exist is not signed in for this request. */
  loadUser(): Maybe<unknown> {
    return chain(this.load(), (standing) => {
      const { user: find } = this.#engine.policy;
      const { userId } = this.identity;
      if (standing.kind !== "live" || userId === null || !find) return null;
      if (this.#user?.id !== userId) {
        const found = chain(lookUpUser(find, userId), (user) => this.#settleUser(standing, userId, user));
        this.#user = { id: userId, found };
      }
      return this.#user.found;
    });
  }

  /** Remembers what a function gives for the rest of the request, or until another user signs in. */
  memo<Value>(name: string, make: () => Value): Value {
    this.#memo ??= new Map();
    if (!this.#memo.has(name)) this.#memo.set(name, make());
    return this.#memo.get(name) as Value;
  }

  /** Aborts when the session at hand ends, or gets another identity. Never, for a visitor without a session. */
  get signal(): AbortSignal {
    const standing = this.#standing;
    if (!standing) return new AbortController().signal; // not loaded: nothing to watch
    return this.memo("session.signal", () => signalOf(this.#engine, standing));
  }

  readonlySession(): AnyReadonlySession {
    return this.#engine.faces.readonly(this);
  }

  /** Whether somebody is signed in, on a proof that is good enough. */
  satisfies(requirement: Requirement): boolean {
    const { acrLevels, runtime } = this.#engine.policy;
    return satisfies(this.identity, requirement, acrLevels, runtime.now());
  }

  extensionContext(): ExtensionContext {
    return { now: this.#engine.policy.runtime.now(), header: (name) => this.#transport.header(name) };
  }

  /** Changes the data. The first change of a visitor without a session begins one, unless `begins` is false. */
  async write<Result>(operation: DataOperation<Result>, begins = true): Promise<Result> {
    await this.#transport.permit("data");
    for (;;) {
      const written = await this.#turns.together(() => this.#writeLive(operation));
      if (written) return written.result;
      if (!begins) return operation(new Draft(noTexts));
      const begun = await this.#turns.alone(() => this.#begin(operation));
      if (begun) return begun.result;
    }
  }

  async signIn(request: SignIn): Promise<string> {
    const described = withDevice(this.#transport, this.#engine.policy, request);
    // The session of a user who is gone is taken over, so that its token dies as any other's.
    return this.#reissue(async (standing) => signIn(this.#engine, this.#held(standing) ?? standing, await described));
  }

  /** Notes that the first factor was proven; begins a session where there is none. */
  async startSignIn(request: SignInStart): Promise<string> {
    return this.#reissue((standing) => startSignIn(this.#engine, standing, request));
  }

  /** Signs the user in whose first factor was proven, on this very session. */
  async completeSignIn(request: Omit<SignIn, "userId">): Promise<string> {
    const described = withDevice(this.#transport, this.#engine.policy, request);
    return this.#reissue(async (standing) => completeSignIn(this.#engine, standing, await described));
  }

  async reauthenticate(request: Reauthentication): Promise<string> {
    return this.#reissue((standing) => reauthenticate(this.#engine, this.#mine(standing), request));
  }

  async impersonate(request: ImpersonationStart): Promise<string> {
    return this.#reissue((standing) => impersonate(this.#engine, this.#mine(standing), request));
  }

  async stopImpersonating(): Promise<string | null> {
    return this.#alone(async (standing) => {
      const live = alive(standing);
      const issued = live && (await stopImpersonating(this.#engine, live));
      if (issued) await this.#accept(issued);
      return issued?.token ?? null;
    });
  }

  /** Ends the user's other sessions, and gives this one a new token without a grace for the old one. */
  async renewCredentials(): Promise<{ readonly token: string; readonly ended: number }> {
    return this.#alone(async (standing) => {
      const issued = await renewToken(this.#engine, this.#mine(standing));
      await this.#accept(issued);
      this.#rotated = true;
      return { token: issued.token, ended: await endOthers(this.#engine, issued.live) };
    });
  }

  /** The sessions of the user who is signed in. */
  async list(): Promise<readonly SessionInfo[]> {
    await this.load();
    const { userId } = this.identity;
    return userId === null ? [] : listSessions(this.#engine, userId, this.record?.id);
  }

  /** Ends one session of the user; this one like `end`. */
  async revoke(id: string): Promise<boolean> {
    await this.#transport.permit("data");
    await this.load();
    const { userId } = this.identity;
    if (userId === null) return false;
    if (id !== this.record?.id) return revokeOwn(this.#engine, userId, id);
    await this.end();
    return true;
  }

  /** Ends every session of the user but this one. */
  async revokeOthers(): Promise<number> {
    await this.#transport.permit("data");
    const standing = await this.confirm();
    return standing.kind === "live" ? endOthers(this.#engine, standing) : 0;
  }

  /** Moves the idle deadline, due or not. */
  async touch(): Promise<void> {
    await this.#transport.permit("data");
    const live = alive(await this.confirm());
    if (!live) return;
    const record = await touchNow(this.#engine, live.record);
    this.#standing = { ...live, record };
    this.#engine.touches.noteSeen(record);
  }

  /** Issues a new token; within a request once, unless `again`. */
  async rotate(grace: number, again: boolean): Promise<string | null> {
    return this.#alone(async (standing) => {
      const live = alive(standing);
      if (!live || (this.#rotated && !again)) return null;
      const issued = await rotate(this.#engine, live, grace);
      this.#rotated = true;
      if (issued) await this.#accept(issued);
      return issued?.token ?? null;
    });
  }

  /** Replaces the data and the token together, in one write. Begins a session where there is none. */
  async renew(operation: DataOperation): Promise<void> {
    await this.#alone(async (standing) => {
      const live = alive(standing, "data");
      const draft = new Draft(noTexts);
      draft.apply(operation);
      const data = draft.texts();
      if (live) await this.#accept(await renew(this.#engine, live, data));
      else if (Object.keys(data).length > 0) await this.#beginWith(data);
      this.#rotated = true;
    });
  }

  /** Ends the session; then, with texts to keep, begins an anonymous one. */
  async end(keep: readonly string[] = []): Promise<void> {
    await this.#alone(async (standing) => {
      if (standing.kind === "ended") return;
      if (standing.kind === "superseded") throw gone("replaced");
      const live = this.#held(standing);
      // What is kept is read anew: other requests may have changed it since this one was loaded.
      const latest = live && keep.length > 0 ? await reloadStanding(this.#engine, live) : null;
      if (live) await endSession(this.#engine, live);
      this.#forget({ kind: "ended" });
      if (this.#transport.presented.length > 0 || live)
        await this.#transport.deliver(blankCookie(this.#engine.policy.cookie));
      if (latest?.kind === "live") await this.#beginWith(pickTexts(latest.record.data, keep));
    });
  }

  /** Begins a session of its own, whatever was presented. */
  async begin(beginning: Beginning): Promise<string> {
    const issued = await beginSession(this.#engine, beginning);
    await this.#accept(issued);
    return issued.token;
  }

  /** Changes the identity by a new token, and accepts it. */
  async #reissue(change: (standing: Standing) => Promise<Issued>): Promise<string> {
    return this.#alone(async (standing) => {
      const issued = await change(standing);
      this.#orphan = null;
      await this.#accept(issued);
      this.#rotated = true;
      return issued.token;
    });
  }

  /** The session at hand, where one has to be. */
  #mine(standing: Standing): Live {
    const live = alive(standing);
    if (live) return live;
    throw new SessionStateError("UNAUTHENTICATED", "Nobody is signed in.", {
      hint: "Answer with a 401, or send the visitor to the sign-in page.",
    });
  }

  /** Changes the identity, when the turn has come. The response may have begun while the change waited for it. */
  async #alone<Result>(change: (standing: Standing) => Promise<Result>): Promise<Result> {
    await this.#transport.permit("token");
    return this.#turns.alone(async () => {
      const standing = await this.#settled();
      await this.#transport.permit("token");
      return change(standing);
    });
  }

  /** Where the visit stands before a change: from the store, and without what an impersonation left that has ended. */
  async #settled(): Promise<Standing> {
    const standing = await this.confirm();
    if (standing.kind !== "live" || standing.record.actor === null) return standing;
    const settled = await settleLapsed(this.#engine, standing);
    if (settled !== standing) this.#forget(settled);
    return settled;
  }

  #held(standing: Standing): Live | null {
    return standing.kind === "live" ? standing : this.#orphan;
  }

  async #writeLive<Result>(operation: DataOperation<Result>): Promise<{ readonly result: Result } | null> {
    const live = alive(await this.#settled(), "data");
    if (!live) return null;
    const written = await this.#engine.writes.write(live.record, live.digest, operation);
    this.#engine.touches.noteSeen(written.record);
    const now = this.#standing;
    if (now?.kind === "live" && written.record.version >= now.record.version) {
      this.#standing = { ...now, record: written.record };
    }
    return written;
  }

  async #begin<Result>(operation: DataOperation<Result>): Promise<{ readonly result: Result } | null> {
    if (alive(await this.load(), "data")) return null; // another write of this request was first
    const draft = new Draft(noTexts);
    const result = draft.apply(operation);
    const data = draft.texts();
    if (Object.keys(data).length > 0) {
      await this.#transport.permit("token");
      await this.#beginWith(data);
    }
    return { result };
  }

  async #beginWith(data: Readonly<Record<string, string>>): Promise<void> {
    await this.#accept(await beginSession(this.#engine, { ...anonymous, data }));
  }

  /** Takes over a session that was just issued, and hands its token to the visitor. */
  async #accept({ live, token, at }: Issued): Promise<void> {
    const { record } = this;
    if (live.record.id !== record?.id || live.record.generation !== record.generation) this.#forget(live);
    this.#standing = live;
    this.#engine.touches.noteSeen(live.record);
    const { cookie } = this.#engine.policy;
    const { persistent, expiresAt } = live.record;
    const maxAge = persistent ? Math.max(0, Math.floor((expiresAt - at) / 1_000)) : null;
    await this.#transport.deliver(sessionCookie(cookie, token, maxAge));
  }

  #arrive(standing: Standing): Standing {
    this.#standing = standing;
    if (standing.kind === "live" && this.#engine.touches.isDue(standing.record)) {
      this.#transport.defer(() => this.#engine.touches.touch(standing.record));
    }
    return standing;
  }

  #replaceCopy(copy: Live, confirmed: Standing): Standing {
    if (this.#standing !== copy) return this.#standing ?? confirmed; // the user is gone, or it was confirmed already
    if (confirmed.kind === "live") this.#standing = confirmed;
    else this.#forget(confirmed);
    return confirmed;
  }

  #settleUser(live: Live, userId: string, user: unknown): unknown {
    const stillHere = this.record?.id === live.record.id && this.identity.userId === userId;
    if (!stillHere) return null;
    this.#userValue = { id: userId, value: user ?? null };
    if (user !== null && user !== undefined) return user;
    this.#engine.emit({ type: "user-missing", sessionId: live.record.id, userId });
    this.#forget({ kind: "none" });
    this.#orphan = live;
    return null;
  }

  #forget(standing: Standing): void {
    this.#standing = standing;
    this.#user = null;
    this.#userValue = null;
    this.#data = null;
    this.#memo = null;
  }
}

/** What a session that a visitor's first write begins is made from. */
const anonymous = { userId: null, persistent: true, device: null };
