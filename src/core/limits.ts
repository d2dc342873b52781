import { isSessionError, SessionStateError } from "../errors.ts";
import type { SessionStore } from "../store/port.ts";
import type { SessionRecord } from "../store/record.ts";
import type { Draft } from "./draft.ts";
import type { Emit } from "./events.ts";
import { decodeJson } from "./json.ts";
import type { SessionLimitPolicy } from "./limit-policy.ts";
import { forgetUserRecord, openUserRecord, type UserRecordContext } from "./user-record.ts";
import { livingSessions } from "./user-sessions.ts";
import type { Writes } from "./writes.ts";

/** Holds users to their number of sessions, exactly, whatever signs in at once on however many machines. */
export interface Limits {
  /**
   * Admits a session before it is bound to its user: the sessions that have to make room, and those that the visitor chose to
   * `end`, are dead when it resolves.
   *
   * @throws {@link SessionStateError} `SESSION_LIMIT`
   */
  admit(userId: string, id: string, end: readonly string[]): Promise<void>;
  /** Whether the session, bound by now, still is admitted: if so, its token may be handed out. */
  confirm(userId: string, id: string): Promise<boolean>;
  /** Takes an admission back that nothing came of. */
  withdraw(userId: string, id: string): Promise<void>;
  /** Forgets a user. */
  forget(userId: string): Promise<void>;
}

/** What the engine gives its limits to work with. */
export interface LimitsContext extends UserRecordContext {
  readonly writes: Writes;
  readonly emit: Emit;
}

/**
 * One session in a user's ledger: admitted and not yet bound, alive, or made to end. Those made to end stay until they are
 * seen dead, so that whoever is admitted next ends them too, should the one who meant to have died on the way.
 */
interface Entry {
  readonly id: string;
  readonly at: number;
  readonly state: "admitted" | "alive" | "ended";
}

/** Under what name a ledger is kept. */
const ledgerName = "ledger";

/** The data key of a ledger. */
const key = "sessions";

/** How long a ledger is kept. A new one is made from the user's living sessions, so that nothing is lost with the old. */
const ledgerLife = 400 * 86_400_000;

/** After this long an admission that was not confirmed is taken for abandoned. It is confirmed by a write, so this is safe. */
const abandonedAfter = 60_000;

/**
 * Makes the limits of one configuration.
 *
 * A user's ledger is a record of its own that no token opens: written like a session's data, so that it is exact wherever
 * data is, on every store. Decision 24 has the proof.
 */
export function createLimits(policy: SessionLimitPolicy, context: LimitsContext): Limits {
  const { store, guard, writes, emit } = context;
  const { destroyOne } = store.byUser as NonNullable<SessionStore["byUser"]>;

  async function change<Result>(userId: string, operation: (draft: Draft) => Result): Promise<Result> {
    return withLedger(context, userId, async (ledger) => (await writes.write(ledger, ledger.digest, operation)).result);
  }

  async function end(userId: string, id: string): Promise<void> {
    const answer = await guard.repeat("revoke", () => destroyOne(userId, id));
    if (answer === "destroyed") emit({ type: "destroyed", sessionId: id, userId, by: "limit" });
  }

  return {
    async admit(userId, id, chosen) {
      try {
        const entries = await withLedger(context, userId, async (ledger) => {
          const given = await gather(context, ledger, { userId, id, chosen });
          const { result } = await writes.write(ledger, ledger.digest, (draft) => enter(draft, given, policy));
          return result;
        });
        const victims = entries.filter((entry) => entry.state === "ended");
        await Promise.all(victims.map((victim) => end(userId, victim.id)));
      } catch (error) {
        if (isSessionError(error, "SESSION_LIMIT")) emit({ type: "limit-reached", userId });
        throw error;
      }
    },
    confirm: (userId, id) =>
      change(userId, (draft) => {
        const entries = readEntries(draft.read(key));
        const own = entries.find((entry) => entry.id === id);
        if (!own || own.state === "ended") return false;
        const confirmed = entries.map((entry) => (entry === own ? { ...own, state: "alive" } : entry));
        draft.write(key, JSON.stringify(confirmed));
        return true;
      }),
    withdraw: (userId, id) =>
      change(userId, (draft) => {
        const entries = readEntries(draft.read(key));
        draft.write(key, JSON.stringify(entries.filter((entry) => entry.id !== id || entry.state !== "admitted")));
      }),
    forget: (userId) => forgetUserRecord(context, ledgerName, userId),
  };
}

interface Given {
  readonly id: string;
  readonly now: number;
  /** The user's living sessions, with the instants of their sign-in, read after the ledger was. */
  readonly living: ReadonlyMap<string, number>;
  /** Sessions of the ledger that were alive once, or made to end, and are dead. */
  readonly dead: ReadonlySet<string>;
  readonly chosen: readonly string[];
}

/** Reads what an admission goes by: the ledger first, and the sessions after it. */
async function gather(
  context: LimitsContext,
  ledger: SessionRecord,
  { userId, ...asked }: { readonly userId: string; readonly id: string; readonly chosen: readonly string[] },
): Promise<Given> {
  const now = context.runtime.now();
  const records = await livingSessions(context, userId, now);
  const living = new Map(records.map((record) => [record.id, record.authenticatedAt ?? record.createdAt]));
  const known = readEntries(ledger.data[key]).filter((entry) => entry.state !== "admitted");
  return { ...asked, now, living, dead: new Set(known.map((entry) => entry.id).filter((id) => !living.has(id))) };
}

function enter(draft: Draft, given: Given, policy: SessionLimitPolicy): readonly Entry[] {
  const entries = admitted(readEntries(draft.read(key)), given, policy);
  draft.write(key, JSON.stringify(entries));
  return entries;
}

/** The entries once a session is admitted. Pure: it runs again when another sign-in was quicker. */
function admitted(entries: readonly Entry[], given: Given, { sessions, reached }: SessionLimitPolicy): Entry[] {
  const { id, now, living, dead, chosen } = given;
  const isAbandoned = (entry: Entry) => entry.state === "admitted" && now - entry.at > abandonedAfter;
  const known = new Set(entries.map((entry) => entry.id));
  const own = entries.find((entry) => entry.id === id && entry.state === "alive");
  const others = entries.filter((entry) => entry.id !== id && !dead.has(entry.id) && !isAbandoned(entry));
  const adopted = [...living]
    .filter(([other]) => other !== id && !known.has(other))
    .sort(([, one], [, other]) => one - other)
    .map(([other, at]): Entry => ({ id: other, at, state: "alive" }));
  const kept = [...adopted, ...others].map((entry) =>
    chosen.includes(entry.id) && reached === "ask" ? { ...entry, state: "ended" as const } : entry,
  );
  const standing = kept.filter((entry) => entry.state !== "ended");
  const tooMany = standing.length + 1 - sessions;
  if (tooMany > 0 && reached !== "end-oldest") throw limitReached(sessions);
  const victims = new Set(tooMany > 0 ? standing.slice(0, tooMany) : []);
  const settled = kept.map((entry) => (victims.has(entry) ? { ...entry, state: "ended" as const } : entry));
  return [...settled, { id, at: now, state: own ? "alive" : "admitted" }];
}

function limitReached(sessions: number): SessionStateError {
  return new SessionStateError("SESSION_LIMIT", `The user has ${sessions} sessions already; nobody was signed in.`, {
    hint: "That is the limit of the configuration. Let the visitor end one first: sessions.list(userId) shows them.",
  });
}

/** The error for a session that had to make room before its token was handed out. */
export function madeRoom(): SessionStateError {
  return new SessionStateError("SESSION_LIMIT", "Later sign-ins of the same user took the place of this one.", {
    hint: "More sign-ins than the limit were under way at once; nobody was signed in. Try again.",
  });
}

/** Works on a user's ledger, and once more on a new one where that was removed meanwhile. */
async function withLedger<Result>(
  context: LimitsContext,
  userId: string,
  work: (ledger: SessionRecord) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(await openUserRecord(context, ledgerName, userId, { life: ledgerLife }));
    } catch (error) {
      if (attempt === mostAttempts || !isSessionError(error, "SESSION_DESTROYED", "SESSION_REPLACED")) throw error;
    }
  }
}

const mostAttempts = 20;

function readEntries(text: string | undefined): readonly Entry[] {
  const kept = decodeJson(text ?? null);
  return Array.isArray(kept) ? (kept as Entry[]) : [];
}
