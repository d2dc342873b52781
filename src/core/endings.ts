import { isPromise, type Maybe } from "../maybe.ts";
import { createListening, type Listening } from "../store/bus-listening.ts";
import { type CorruptRecord, isCorrupt, isExpired, type SessionRecord } from "../store/record.ts";
import { identityOf } from "./acting.ts";
import type { Emit, SessionEventDetails } from "./events.ts";
import type { Policy } from "./policy.ts";
import { createWatchedSignal, type Ending, type WatchedSignal } from "./session-signal.ts";

/** Tells whoever watches a session that it has ended, wherever that happened. */
export interface Endings {
  /** A signal that aborts when the session of a record ends, or gets another identity. */
  watch(record: SessionRecord): AbortSignal;
  /** Hears what this process does to sessions; passes it on to the other instances. */
  hear(event: SessionEventDetails): void;
}

type Found = SessionRecord | CorruptRecord | null;

/** What the engine gives its endings to work with. */
export interface EndingsContext {
  readonly policy: Pick<Policy, "runtime" | "bus" | "signalCheck">;
  /** Reads records from the store, never from a copy; at most 100 at once. */
  readonly read: (ids: readonly string[], now: number) => Maybe<readonly Found[]>;
  /** Reports an event, without being heard here again. */
  readonly report: Emit;
}

interface Watch {
  readonly id: string;
  readonly generation: number;
  readonly userId: string | null;
  readonly watched: WatchedSignal;
  /** When it ends by itself, as far as is known. */
  deadline: number;
  /** When the record is to be looked at: at the deadline, or sooner. */
  dueAt: number;
}

/** Makes the endings of one store. Timers, reads and the subscription are there only while somebody watches. */
export function createEndings({ policy, read, report }: EndingsContext): Endings {
  const { runtime, bus, signalCheck } = policy;
  const watches = new Map<string, Set<Watch>>();
  const room = createRoom(watches, () => (watches.size === 0 ? stop() : undefined));
  const changed = new Set<string>();
  let listening: Listening | null = null;
  let cancel = () => {};
  let wakesAt = Number.POSITIVE_INFINITY;
  let sweepsAt = 0;

  function watch(record: SessionRecord): AbortSignal {
    const now = runtime.now();
    if (watches.size === 0) start(now);
    const { id, generation } = record;
    const { userId } = identityOf(record, now);
    const deadline = deadlineOf(record, now);
    // What happened to the session since its record was read, nobody has told us: it is looked at once more, soon, and
    // together with the others of the same second.
    const dueAt = Math.min(deadline, firstLook * Math.ceil(now / firstLook + 1));
    const watched = createWatchedSignal();
    room.add({ id, generation, userId, watched, deadline, dueAt });
    wakeAt(dueAt);
    return watched.signal;
  }

  function start(now: number): void {
    sweepsAt = now + signalCheck;
    if (!bus) return;
    const onIds = (ids: readonly string[]) => look(ids.filter((id) => watches.has(id)));
    const onGap = () => look([...watches.keys()]);
    const onBusError = () => reportBus("listen to changes");
    listening = createListening(bus, { onIds, onGap }, { onBusError, runtime });
    listening.start();
  }

  function stop(): void {
    cancel();
    wakesAt = Number.POSITIVE_INFINITY;
    void listening?.stop();
    listening = null;
  }

  function wakeAt(instant: number): void {
    if (instant >= wakesAt) return;
    cancel();
    wakesAt = instant;
    cancel = runtime.background(Math.max(0, instant - runtime.now()), wake);
  }

  function wake(): void {
    wakesAt = Number.POSITIVE_INFINITY;
    const now = runtime.now();
    const isSweep = now >= sweepsAt;
    if (isSweep) sweepsAt = now + signalCheck;
    const due = [...watches].filter(([, ones]) => isSweep || earliest(ones) <= now).map(([id]) => id);
    look(due);
    arm();
  }

  function arm(): void {
    if (watches.size === 0) return;
    let next = sweepsAt;
    for (const ones of watches.values()) next = Math.min(next, earliest(ones));
    wakeAt(next);
  }

  /** Reads the records of sessions and judges them. */
  function look(ids: readonly string[]): void {
    for (let at = 0; at < ids.length; at += readAtOnce) lookAt(ids.slice(at, at + readAtOnce));
  }

  function lookAt(ids: readonly string[]): void {
    const now = runtime.now();
    // A watch that begins later than the read is not judged by it.
    const asked = ids.map((id) => [...(watches.get(id) ?? [])]);
    // An outage ends nobody's session: where no answer comes, it is looked at again.
    for (const ones of asked) for (const one of ones) postpone(one, now + retryPause);
    const judgeAll = (found: readonly Found[]) => {
      if (found.length !== asked.length) return; // no answer for each id: none counts
      for (const [at, ones] of asked.entries()) judge(ones, found[at] ?? null);
    };
    try {
      const answer = read(ids, now);
      if (isPromise(answer)) answer.then(judgeAll).then(undefined, () => undefined);
      else judgeAll(answer);
    } catch {
      // The guard has reported it.
    }
  }

  function judge(ones: readonly Watch[], found: Found): void {
    const now = runtime.now();
    for (const one of ones) {
      const ending = endingOf(one, found, now);
      if (ending) end(one, ending);
      else {
        one.deadline = deadlineOf(found as SessionRecord, now);
        postpone(one, one.deadline);
      }
    }
  }

  function postpone(one: Watch, instant: number): void {
    one.dueAt = instant;
    if (watches.has(one.id)) wakeAt(instant);
  }

  function end(one: Watch, ending: Ending): void {
    room.drop(one);
    one.watched.abort(ending);
  }

  function reportBus(operation: string): void {
    report({ type: "store-failure", store: "bus", operation, code: "STORE_UNAVAILABLE" });
  }

  // All that one turn has changed together: a user's sessions, say.
  function announce(id: string): void {
    if (changed.size === 0) void Promise.resolve().then(publish);
    changed.add(id);
  }

  function publish(): void {
    const ids = [...changed];
    changed.clear();
    try {
      const published = bus?.publish(ids);
      if (isPromise(published)) published.then(undefined, () => reportBus("publish changes"));
    } catch {
      reportBus("publish changes");
    }
  }

  return {
    watch,
    hear(event) {
      const id = changedBy(event);
      if (id === null) return;
      const ones = [...(watches.get(id) ?? [])];
      if (event.type === "destroyed") for (const one of ones) end(one, "ended");
      else if (ones.length > 0) look([id]);
      if (bus) announce(id);
    },
  };
}

/** How long after a watch has begun its record is read once more, in milliseconds. */
const firstLook = 1_000;

/** How long after a read that failed the next one comes, in milliseconds. */
const retryPause = 5_000;

const readAtOnce = 100;

/** How many watches that nobody listens to are kept. */
const mostUnheard = 1_000;

/** The places of the watches. Of those that nobody listens to the oldest give way: a signal may be asked for in every request. */
function createRoom(watches: Map<string, Set<Watch>>, onDrop: () => void) {
  const all = new Set<Watch>();
  let most = mostUnheard;

  function add(one: Watch): void {
    all.add(one);
    const ones = watches.get(one.id);
    if (ones) ones.add(one);
    else watches.set(one.id, new Set([one]));
    if (all.size > most) makeRoom();
  }

  function drop(one: Watch): void {
    all.delete(one);
    const ones = watches.get(one.id);
    ones?.delete(one);
    if (ones?.size === 0) watches.delete(one.id);
    onDrop();
  }

  // Rarely, so that adding one stays cheap however many there are.
  function makeRoom(): void {
    const unheard = [...all].filter((one) => !one.watched.isHeard());
    for (const one of unheard.slice(0, -mostUnheard / 2)) drop(one);
    most = all.size + mostUnheard / 2;
  }

  return { add, drop };
}

function earliest(ones: ReadonlySet<Watch>): number {
  let instant = Number.POSITIVE_INFINITY;
  for (const { dueAt } of ones) instant = Math.min(instant, dueAt);
  return instant;
}

/** When a record ends by itself, or the impersonation on it. */
function deadlineOf(record: SessionRecord, now: number): number {
  const { actor } = identityOf(record, now);
  return Math.min(record.idleExpiresAt, record.expiresAt, actor?.expiresAt ?? Number.POSITIVE_INFINITY);
}

function endingOf({ generation, userId, deadline }: Watch, found: Found, now: number): Ending | null {
  // A record that is gone at its deadline was swept, or let go by a store that expires its records.
  if (found === null) return now >= deadline ? "expired" : "ended";
  if (isCorrupt(found)) return "ended";
  if (found.generation !== generation) return "replaced";
  if (isExpired(found, now)) return "expired";
  return identityOf(found, now).userId === userId ? null : "replaced";
}

/** The session that an event tells a change of, if it may be one that its watchers have to know. */
function changedBy(event: SessionEventDetails): string | null {
  switch (event.type) {
    case "destroyed":
    case "signed-in":
    case "rotated":
    case "reauthenticated":
    case "sign-in-started":
    case "impersonation-started":
    case "impersonation-ended":
      return event.sessionId;
    default:
      return null;
  }
}
