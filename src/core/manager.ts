import type { Problem, SessionCookie } from "../cookie/rules.ts";
import { blankCookie, sessionCookie } from "../cookie/session-cookie.ts";
import type { Duration } from "../duration.ts";
import { isPromise } from "../maybe.ts";
import type { Runtime } from "../runtime.ts";
import { isSessionId } from "../token/token.ts";
import { plainActing } from "./acting.ts";
import { type ApiKeys, type DeviceSession, type KeyBearer, openKey } from "./api-key-session.ts";
import { endKeys, issueKey, listKeys, revokeKey } from "./api-keys.ts";
import { Draft } from "./draft.ts";
import { createEngine } from "./engine.ts";
import type { Emit } from "./events.ts";
import { checkLevel, checkMethods, checkUserId, encodeDevice } from "./inputs.ts";
import { encodeAll, writeAll } from "./operations.ts";
import { endAll, listSessions } from "./own-sessions.ts";
import type { Policy, PolicyOptions } from "./policy.ts";
import type { Extended, Session, SessionTypes } from "./session.ts";
import type { SessionInfo } from "./session-info.ts";
import type { SnapshotPolicy } from "./snapshot-policy.ts";
import { type SweeperOptions, startSweeper, sweep } from "./sweeping.ts";
import type { TicketOptions } from "./ticket-text.ts";
import { createTickets } from "./tickets.ts";
import { noTokens, type TokenService } from "./token-issuer.ts";
import type { Transport } from "./transport.ts";
import { Visit } from "./visit.ts";

/** What a new session is made from. */
export interface CreateOptions<Types extends SessionTypes> {
  /** The user to sign in (default: nobody, an anonymous session). */
  readonly userId?: string | null;
  readonly data?: Partial<Types["input"]>;
  /** Whether the cookie outlives the browser (default `true`). */
  readonly persistent?: boolean;
  /** What to remember of the device: a JSON value. */
  readonly device?: unknown;
  /** How the user was authenticated, such as `["pwd"]` (default: not said). */
  readonly amr?: readonly string[];
  /** The level of authentication that this reaches (default: none). */
  readonly acr?: string;
  /** Public ids of the user's sessions to end first, where `limit` is reached and set to `"ask"`. */
  readonly end?: readonly string[];
}

/** A cookie that this package sets, for consent tools. */
export interface CookieInfo {
  readonly name: string;
  readonly class: "strictly-necessary";
  readonly purpose: string;
  /** The longest it stays in the browser, in seconds. */
  readonly maxAge: number;
}

/** How long a session cookie lasts. */
export interface CookieLife {
  readonly persistent?: boolean;
  readonly expiresAt?: number | null;
}

/** A session whose sign-in and rotation answer the new token, since the caller is the one to hand it on. */
export type ManagedSession<Types extends SessionTypes> = Extended<Omit<Session<Types>, TokenMaker>, Types> & {
  [Name in Exclude<TokenMaker, "rotate" | "credentialsChanged" | "stopImpersonating">]: (
    ...args: Parameters<Session<Types>[Name]>
  ) => Promise<string>;
} & {
  rotate(...args: Parameters<Session<Types>["rotate"]>): Promise<string | null>;
  stopImpersonating(): Promise<string | null>;
  credentialsChanged(): Promise<{ readonly token: string; readonly ended: number }>;
};

/** The mutators that issue a new token. */
type TokenMaker =
  | "signIn"
  | "startSignIn"
  | "completeSignIn"
  | "reauthenticate"
  | "rotate"
  | "credentialsChanged"
  | "impersonate"
  | "stopImpersonating";

/** The manager: sessions without a framework. */
export interface Manager<Types extends SessionTypes> {
  /**
   * Makes a session and its token. The token is told this once: hand it to the visitor with `createSessionCookie(token)`.
   *
   * @throws {@link SessionDataError} `DATA_INVALID`, `DATA_TOO_LARGE`
   * @throws {@link SessionStoreError} `STORE_UNAVAILABLE`, `STORE_FULL`
   * @throws {@link SessionStateError} `SESSION_LIMIT`: the user has as many sessions as `limit` allows.
   */
  create(options?: CreateOptions<Types>): Promise<{ readonly token: string; readonly session: ManagedSession<Types> }>;
  /**
   * Finds the session that a token opens, or `null` when it is malformed, unknown, expired, revoked or superseded (which of
   * them is an event). A malformed token makes no store call. Slides the idle deadline in the background when that is due.
   *
   * @throws {@link SessionStoreError} `STORE_UNAVAILABLE`: the store did not answer; nobody is signed out by that.
   */
  validate(token: string): Promise<ManagedSession<Types> | null>;
  /**
   * The cookie for a token, for `cookies().set(name, value, attributes)`.
   *
   * @param options.persistent Whether the cookie outlives the browser (default `true`).
   * @param options.expiresAt When the session ends, in epoch milliseconds (default: an absolute timeout from now). Pass
   *   `session.expiresAt` after a rotation, so that the cookie does not outlive its session.
   */
  createSessionCookie(token: string, options?: CookieLife): SessionCookie;
  /** The cookie that takes the session cookie away. */
  createBlankSessionCookie(): SessionCookie;
  /** Every living session of a user, the one seen last first. */
  list(userId: string): Promise<readonly SessionInfo[]>;
  /** Ends a session by its public id; answers whether there was one. */
  revoke(id: string): Promise<boolean>;
  /** Ends every session of a user but the one with the id `except`, and every API key of theirs; answers how many sessions. */
  revokeUser(userId: string, options?: { readonly except?: string }): Promise<number>;
  /**
   * Deletes expired records, at most `limit` (default 1,000); answers how many. Nothing depends on it but space: an expired
   * session is refused whether or not its record is gone. Safe on any number of instances at once. A store that expires
   * its records by itself answers 0.
   *
   * @throws {@link SessionStoreError} `STORE_UNAVAILABLE`: some may have been deleted before. {@link SessionConfigError}
   *   `CONFIG_INVALID`: `limit` is not a whole number above 0.
   */
  sweep(options?: { readonly limit?: number }): Promise<number>;
  /**
   * Sweeps again and again in the background, and answers a function that stops it. The process may end meanwhile; a sweep
   * that fails is an event and is made up for by the next one. Start it once per process, where the application starts.
   *
   * @param options.every The mean time between two sweeps (default `"10m"`). Each is spread by chance, so that instances
   *   that started together do not sweep together.
   * @param options.limit How many records one sweep deletes at most (default 1,000). After a full one the next comes sooner.
   * @throws {@link SessionConfigError} `CONFIG_INVALID`: `every` is not a duration, shorter than a second or longer
   *   than 16 days; `limit` is not a whole number above 0.
   * @example
   * // instrumentation.ts
   * export function register() {
   *   sessions.startSweeper({ every: "10m" })
   * }
   */
  startSweeper(options?: SweeperOptions): () => void;
  /** The API keys of users. */
  readonly apiKeys: ApiKeys<Types>;
  /** The access tokens of this configuration: their keys, and whether they still count. */
  readonly tokens: TokenService;
  /**
   * Makes a ticket: a token good once, for one purpose, for a short time, such as an e-mail's link, the opening of a WebSocket, or
   * a session that goes on in another domain. It is told this once; the store keeps a digest. One store write, and a read where it
   * is bound to a session.
   *
   * @param purpose What it is good for, such as `"confirm-email"`: redeemed for another purpose it opens nothing.
   * @param payload What its redemption gives: JSON, not `null`, at most 4 KiB. Its holder cannot read or change it.
   * @param life How long it lasts, such as `"15m"`: at most 30 days.
   * @param options.session The public id of a session that the ticket ends with (default: none).
   * @throws {@link SessionDataError} `DATA_INVALID`, `DATA_TOO_LARGE`: purpose, payload or life are not what they may be.
   * @throws {@link SessionStateError} `SESSION_DESTROYED`: the session that it was to end with is over.
   * @throws {@link SessionStoreError} `STORE_UNAVAILABLE`, `STORE_FULL`
   * @example
   * const ticket = await sessions.issueTicket("sign-in", { userId: user.id }, "15m")
   * await sendMail(user.email, `https://shop.example/enter?ticket=${ticket}`)
   */
  issueTicket(purpose: string, payload: unknown, life: Duration, options?: TicketOptions): Promise<string>;
  /**
   * Takes a ticket, and gives its payload; `null` where it is malformed, unknown, expired, redeemed already, for another purpose, or
   * its session is over (which of them is an event). Of any number at once, in any number of processes, one is given the payload.
   * Redeemed for another purpose it stays good for its own. A malformed one costs no store call.
   *
   * Call it where something is changed, on a POST: mail scanners and browsers open links before anybody reads them.
   *
   * @throws {@link SessionDataError} `DATA_INVALID`: the purpose is not a name.
   * @throws {@link SessionStoreError} `STORE_UNAVAILABLE`: the ticket may have been used up; have another one issued.
   * @example
   * const entry = await sessions.redeemTicket("sign-in", form.get("ticket"))
   * if (entry === null) return new Response("This link has been used or is too old.", { status: 410 })
   */
  redeemTicket<Payload = unknown>(purpose: string, ticket: unknown): Promise<Payload | null>;
  /** The cookies of this configuration with their class. */
  cookies(): readonly CookieInfo[];
  /** The resolved configuration. */
  readonly policy: Policy;
  /** Reports an event to `onEvent`. For writers of adapters. */
  readonly emit: Emit;
  /** Begins the visit of one request. For writers of adapters. */
  visit(transport: Transport): Visit;
  /** The session of a visit, with mutators. For writers of adapters. */
  sessionOf(visit: Visit): Extended<Session<Types>, Types>;
}

/** Makes a manager. Synchronous: no I/O, no clock, no timer until the first call. `found` are problems known already. */
export function createManager<Types extends SessionTypes>(
  options: PolicyOptions,
  found: readonly Problem[] = [],
): Manager<Types> {
  const engine = createEngine(options, found);
  const { policy, guard, faces, emit } = engine;
  const { store, cookie, timeouts, runtime } = policy;
  const longest = timeouts.fixed.persistent.absolute;
  const tickets = createTickets(engine);
  const managed = (visit: Visit) => faces.mutable(visit, true) as ManagedSession<Types>;

  return {
    policy,
    emit,
    visit: (transport) => new Visit(engine, transport),
    sessionOf: (visit) => faces.mutable(visit) as Extended<Session<Types>, Types>,
    async create({ userId = null, data = {}, persistent = true, device, amr, acr, end } = {}) {
      const draft = new Draft({});
      const texts = encodeAll(policy.shape, data as Readonly<Record<string, unknown>>);
      draft.apply(writeAll(texts));
      const visit = new Visit(engine, new BareTransport(runtime, []));
      const user = userId === null ? null : checkUserId(userId);
      const token = await visit.begin({
        userId: user,
        data: draft.texts(),
        persistent,
        device: encodeDevice(device) ?? null,
        acting: { ...plainActing, amr: checkMethods(amr), acr: checkLevel(acr) },
        end: end ?? [],
      });
      return { token, session: managed(visit) };
    },
    async validate(token) {
      const visit = new Visit(engine, new BareTransport(runtime, [String(token)]));
      const loading = visit.load();
      const standing = isPromise(loading) ? await loading : loading; // a store that answers at once costs no turn
      return standing.kind === "live" ? managed(visit) : null;
    },
    createSessionCookie(token, { persistent = true, expiresAt } = {}) {
      const life = expiresAt == null ? longest : Math.max(0, expiresAt - runtime.now());
      return sessionCookie(cookie, token, persistent ? life / 1_000 : null);
    },
    createBlankSessionCookie: () => blankCookie(cookie),
    list: async (userId) => listSessions(engine, userId),
    async revoke(id) {
      if (!isSessionId(id)) return false;
      const answer = await guard.repeat("revoke", () => store.destroy(id));
      if (answer === "destroyed") emit({ type: "destroyed", sessionId: id, userId: null, by: "manager" });
      return answer === "destroyed";
    },
    async revokeUser(userId, { except } = {}) {
      const ended = await endAll(engine, userId, { by: "manager" }, except);
      await endKeys(engine, userId, "manager");
      return ended;
    },
    apiKeys: {
      issue: async (userId, keyOptions) => issueKey(engine, userId, keyOptions),
      list: async (userId) => listKeys(engine, userId),
      revoke: async (id) => revokeKey(engine, id),
      validate: async (key, bearer = noRequest) =>
        (await openKey(engine, String(key), bearer)) as DeviceSession<Types> | null,
    },
    tokens: engine.tokens ?? noTokens,
    issueTicket: tickets.issue,
    redeemTicket: async <Payload>(purpose: string, ticket: unknown) =>
      (await tickets.redeem(purpose, ticket)) as Payload | null,
    sweep: ({ limit = 1_000 } = {}) => sweep(engine, limit),
    startSweeper: (sweeperOptions) => startSweeper(engine, sweeperOptions),
    cookies: () => [
      {
        name: cookie.name,
        class: "strictly-necessary",
        purpose: "Keeps the visitor's session: what they are doing, and whether they are signed in.",
        maxAge: Math.floor(longest / 1_000),
      },
      ...(policy.snapshot ? [snapshotInfo(policy.snapshot)] : []),
    ],
  };
}

function snapshotInfo({ cookie, maxStale }: SnapshotPolicy): CookieInfo {
  return {
    name: cookie.name,
    class: "strictly-necessary",
    purpose: "Shows for a moment who is signed in, where the session itself cannot be asked.",
    maxAge: Math.ceil(maxStale / 1_000),
  };
}

const noRequest: KeyBearer = { header: () => null };

/** The transport where there is none: the caller has the token in hand, and hands on the next one. */
class BareTransport implements Transport {
  readonly isHeld = true;
  readonly presented: readonly string[];
  readonly #runtime: Runtime;

  constructor(runtime: Runtime, presented: readonly string[]) {
    this.#runtime = runtime;
    this.presented = presented;
  }

  permit(): void {}
  deliver(): void {}
  defer(task: () => Promise<void>): void {
    this.#runtime.after(0, task);
  }
  header(): null {
    return null;
  }
}
