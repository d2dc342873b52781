import { chain, isPromise, type Maybe } from "../maybe.ts";
import type { Clock } from "../runtime.ts";
import type { SessionRecord } from "../store/record.ts";
import type { Identity } from "./acting.ts";
import { adoptedTexts } from "./adoption.ts";
import type { OnDiscard } from "./data-view.ts";
import type { Engine } from "./engine.ts";
import type { Emit } from "./events.ts";
import { askIdentity, type ExternalUser } from "./external-user.ts";
import { type Requirement, satisfies } from "./lifecycle.ts";
import { confirmStanding, findStanding, type Live, type Standing } from "./standing.ts";
import { signalOf } from "./standing-signal.ts";
import type { Transport } from "./transport.ts";
import { VisitView } from "./visit-view.ts";

/**
 * What one request reads of its session. The record is read when something first asks for it, and only then.
 */
export class ReadingVisit {
  protected readonly engine: Engine;
  protected readonly transport: Transport;
  protected standing: Standing | null = null;
  /**
   * The session of a user who does not exist any more, or who is not the one that another application has signed in: nothing of
   * it is shown, but it can still be ended.
   */
  protected orphan: Live | null = null;
  /** The request saw the session as an impersonated user's. When that has ended by itself, it writes nothing any more. */
  protected hasActed = false;
  /** Whom another application has signed in; `null`: nobody, or no other application does. */
  protected external: ExternalUser | null = null;
  readonly #view: VisitView;
  #adopted: { readonly own: Identity; readonly identity: Identity } | null = null;
  #keptTexts: { readonly record: SessionRecord | null; readonly texts: Identity["data"] } | null = null;
  #finding: Promise<Standing> | null = null;
  #confirming: Promise<Standing> | null = null;

  constructor(engine: Engine, transport: Transport) {
    this.engine = engine;
    this.transport = transport;
    this.#view = new VisitView(engine);
  }

  /** The record of the session at hand, once the visit has been loaded; `null` where there is none. */
  get record(): SessionRecord | null {
    return this.standing?.kind === "live" ? this.standing.record : null;
  }

  /** Who the session stands for at this instant. */
  get identity(): Identity {
    const own = this.#view.identityOf(this.record);
    if (!this.external || own.userId !== null) return own;
    if (this.#adopted?.own !== own) {
      const { userId } = this.external;
      this.#adopted = { own, identity: { ...own, userId, authenticatedAt: 0, pendingSignIn: null } };
    }
    return this.#adopted.identity;
  }

  /** What the user look-up found, or `null`. */
  get user(): unknown {
    return this.#view.userOf(this.identity.userId);
  }

  /** The data as values. */
  get data(): object {
    const { external, record } = this;
    const isBound = !external || record === null || record.userId !== null;
    return this.#view.dataOf(isBound ? this.identity.data : this.#textsKeptFor(external), this.noteDiscard());
  }

  /** Reports stored values of the session at hand that are passed over, now or later. */
  noteDiscard(): OnDiscard {
    const { record } = this; // `null` also where nothing has been read so far
    return (key, reason) => {
      const sessionId = (record ?? this.record)?.id ?? "";
      this.engine.emit({ type: "data-discarded", sessionId, key, reason });
    };
  }

  /** Reads the session, once. Everything but the store's own delay happens at once. */
  load(): Maybe<Standing> {
    if (this.standing) return this.standing;
    if (this.#finding) return this.#finding;
    const found = this.#find();
    if (!isPromise(found)) return this.#arrive(found);
    this.#finding = Promise.resolve(found).then((standing) => this.#arrive(standing));
    return this.#finding;
  }

  /** Finds the session, and at the same time who is signed in, where another application knows. */
  #find(): Maybe<Standing> {
    const { engine, transport } = this;
    const { identity } = engine.policy;
    if (!identity || transport.isHeld) return findStanding(engine, transport.presented);
    const asked = askIdentity(engine.policy, identity, { header: (name) => transport.header(name) });
    const found = findStanding(engine, transport.presented);
    const settle = (external: ExternalUser | null, standing: Standing) => {
      this.external = external;
      return standing;
    };
    if (!isPromise(asked) && !isPromise(found)) return settle(asked, found);
    return Promise.all([asked, found]).then(([external, standing]) => settle(external, standing));
  }

  /** The same, never from a copy: what a change rests on, and whatever asks for a recent authentication. */
  confirm(): Maybe<Standing> {
    return chain(this.load(), (standing) => {
      if (standing.kind !== "live" || !standing.isCopy) return standing;
      const confirmed = this.#confirming ?? confirmStanding(this.engine, standing);
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
      const { userId, actor } = this.identity;
      const live = standing.kind === "live" ? standing : null;
      if (userId === null || (!live && !this.external)) return null;
      return this.#view.findUser({ userId, actor }, this.external, (user, missing) =>
        this.#settleUser(live, userId, user, missing),
      );
    });
  }

  /** Remembers what a function gives for the rest of the request, or until another user signs in. */
  memo<Value>(name: string, make: () => Value): Value {
    return this.#view.memo(name, make);
  }

  /** Forgets what it remembers under these names. */
  forgetMemo(names: readonly string[]): void {
    this.#view.forgetMemo(names);
  }

  /** Aborts when the session at hand ends, or gets another identity. Never, for a visitor without a session. */
  get signal(): AbortSignal {
    const { standing } = this;
    if (!standing) return new AbortController().signal; // not loaded: nothing to watch
    return this.memo("session.signal", () => signalOf(this.engine, standing));
  }

  /** Whether somebody is signed in, on a proof that is good enough. */
  satisfies(requirement: Requirement): boolean {
    const { acrLevels, runtime } = this.engine.policy;
    return satisfies(this.identity, requirement, acrLevels, runtime.now());
  }

  get clock(): Clock {
    return this.engine.policy.runtime;
  }

  get emit(): Emit {
    return this.engine.emit;
  }

  /** A header of the request, or `null` where there is no request. */
  header(name: string): string | null {
    return this.transport.header(name);
  }

  #arrive(found: Standing): Standing {
    const standing = this.#shown(found);
    this.standing = standing;
    this.hasActed = this.identity.actor !== null;
    // What a page asks on its own is no activity: an open tab would keep a session alive that nobody uses.
    const isPassive = this.transport.header("coatcheck-passive") !== null;
    if (standing.kind === "live" && !isPassive && this.engine.touches.isDue(standing.record)) {
      this.transport.defer(() => this.engine.touches.touch(standing.record));
    }
    return standing;
  }

  #replaceCopy(copy: Live, confirmed: Standing): Standing {
    if (this.standing !== copy) return this.standing ?? confirmed; // the user is gone, or it was confirmed already
    if (confirmed.kind === "live" && confirmed.record.generation === copy.record.generation) this.standing = confirmed;
    else this.become(this.hasActed && confirmed.kind === "live" ? { kind: "superseded" } : confirmed);
    return this.standing as Standing;
  }

  #settleUser(live: Live | null, userId: string, user: unknown, missing: string): unknown {
    const stillHere = this.record?.id === live?.record.id && this.identity.userId === userId;
    if (!stillHere) return null;
    this.#view.noteUser(userId, user ?? null);
    if (user !== null && user !== undefined) return user;
    this.engine.emit({ type: "user-missing", sessionId: live?.record.id ?? null, userId: missing });
    this.external = null;
    this.become({ kind: "none" });
    this.orphan = live;
    return null;
  }

  /** Stands elsewhere from now on: what was seen of the session before is forgotten. */
  protected become(standing: Standing): void {
    this.standing = this.#shown(standing);
    this.hasActed = this.identity.actor !== null;
    this.#view.forget();
  }

  /** What is shown of a standing: nothing of a session whose user is not the one that another application has signed in. */
  #shown(standing: Standing): Standing {
    const { engine, transport, external } = this;
    if (standing.kind !== "live" || !engine.policy.identity || transport.isHeld) return standing;
    const { userId } = standing.record;
    if (userId === null || userId === external?.userId) return standing;
    this.orphan = standing;
    return { kind: "none" };
  }

  /** What the external user will keep of the anonymous session at hand. */
  #textsKeptFor(external: ExternalUser): Identity["data"] {
    const { record } = this;
    if (this.#keptTexts?.record !== record) {
      const live = this.standing?.kind === "live" ? this.standing : null;
      this.#keptTexts = { record, texts: adoptedTexts(this.engine, live, external) };
    }
    return this.#keptTexts.texts;
  }
}
