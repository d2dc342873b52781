import { SessionStateError, SessionStoreError } from "../errors.ts";
import { pause, type Runtime } from "../runtime.ts";
import type { RecordChange, SessionStore } from "../store/port.ts";
import { isCorrupt, type SessionRecord } from "../store/record.ts";
import { type DataOperation, Draft } from "./draft.ts";
import type { Guard } from "./guard.ts";
import { dueTouch, judge } from "./lifecycle.ts";
import type { FindRecord } from "./reads.ts";

/** What a write gave: the record as it now is, and what the operation returned. */
export interface Written<Result> {
  readonly record: SessionRecord;
  readonly result: Result;
}

/** Writes data. Everything that waits for one session in this process goes into one statement. */
export interface Writes {
  write<Result>(record: SessionRecord, digest: string, operation: DataOperation<Result>): Promise<Written<Result>>;
}

interface Entry {
  readonly record: SessionRecord;
  readonly digest: string;
  readonly operation: DataOperation;
  resolve(written: Written<unknown>): void;
  reject(error: unknown): void;
}

interface Lane {
  waiting: Entry[];
  /** The newest record this lane has seen: the next group starts from it. */
  known: SessionRecord | null;
}

type Attempt = { readonly entry: Entry; readonly result: unknown } | { readonly entry: Entry; readonly error: unknown };

const mostAttempts = 200;
const longestPause = 32;

/** What the engine gives its writes to work with. */
export interface WritesContext {
  readonly store: SessionStore;
  readonly guard: Guard;
  readonly find: FindRecord;
  readonly runtime: Runtime;
}

/** Makes the writes of one store. */
export function createWrites(context: WritesContext): Writes {
  const lanes = new Map<string, Lane>();

  async function drain(id: string, lane: Lane): Promise<void> {
    await null; // whatever is written in the same turn joins the first group
    while (lane.waiting.length > 0) await writeGroup(context, lane, takeGroup(lane));
    lanes.delete(id);
  }

  return {
    write<Result>(record: SessionRecord, digest: string, operation: DataOperation<Result>) {
      return new Promise<Written<Result>>((resolve, reject) => {
        const entry = { record, digest, operation, resolve: resolve as Entry["resolve"], reject };
        const lane = lanes.get(record.id);
        if (lane) return void lane.waiting.push(entry);
        const opened: Lane = { waiting: [entry], known: null };
        lanes.set(record.id, opened);
        void drain(record.id, opened);
      });
    },
  };
}

/** Takes the waiting entries of one generation. Those of another one are written in a statement of their own. */
function takeGroup(lane: Lane): Entry[] {
  const generation = lane.waiting[0]?.record.generation;
  const group = lane.waiting.filter((entry) => entry.record.generation === generation);
  lane.waiting = lane.waiting.filter((entry) => entry.record.generation !== generation);
  return group;
}

async function writeGroup(context: WritesContext, lane: Lane, group: Entry[]): Promise<void> {
  try {
    await attemptUntilWritten(context, lane, group);
  } catch (error) {
    for (const entry of group) entry.reject(error); // those that are settled already stay so
  }
}

async function attemptUntilWritten(context: WritesContext, lane: Lane, group: Entry[]): Promise<void> {
  let entries = group;
  let base = newest(lane, entries);
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    const draft = new Draft(base.data);
    const attempts = entries.map((entry) => applyTo(draft, entry));
    const data = draft.change();
    if (!data) return settle(attempts, base);
    const answer = await sendChange(context, base, data);
    if (answer.outcome === "updated") {
      lane.known = answer.record;
      return settle(attempts, answer.record);
    }
    if (answer.outcome !== "conflict") throw gone(answer.outcome);
    if (attempt > 1) await pause(context.runtime, backoff(attempt, context.runtime));
    base = await reload(context, base);
    entries = stillEntitled(entries, base, context.runtime.now());
    if (entries.length === 0) return;
  }
  throw new SessionStoreError("STORE_CONFLICT", `A change met ${mostAttempts} conflicts in a row and was given up.`, {
    hint: "Something writes the same key without pause; nothing was stored. Try again.",
  });
}

function sendChange({ store, guard, runtime }: WritesContext, base: SessionRecord, data: RecordChange) {
  const now = runtime.now();
  const change = { generation: base.generation, ...data, ...dueTouch(base, now) };
  return guard.call("update", () => store.update(base.id, change, now));
}

async function reload({ find }: WritesContext, base: SessionRecord): Promise<SessionRecord> {
  const found = await find(base.id);
  if (!found || isCorrupt(found)) throw gone("missing");
  if (found.generation !== base.generation) throw gone("replaced");
  return found;
}

function stillEntitled(entries: Entry[], record: SessionRecord, now: number): Entry[] {
  return entries.filter((entry) => {
    const judgement = judge(record, entry.digest, now);
    if (judgement === "active" || judgement === "grace") return true;
    entry.reject(gone(judgement === "superseded" || judgement === "stranger" ? "replaced" : "missing"));
    return false;
  });
}

function applyTo(draft: Draft, entry: Entry): Attempt {
  try {
    return { entry, result: draft.apply(entry.operation) };
  } catch (error) {
    return { entry, error };
  }
}

function settle(attempts: readonly Attempt[], record: SessionRecord): void {
  for (const attempt of attempts) {
    if ("error" in attempt) attempt.entry.reject(attempt.error);
    else attempt.entry.resolve({ record, result: attempt.result });
  }
}

function newest(lane: Lane, entries: readonly Entry[]): SessionRecord {
  const first = entries[0] as Entry;
  const records = [...entries.map((entry) => entry.record), ...(lane.known ? [lane.known] : [])];
  const same = records.filter((record) => record.generation === first.record.generation);
  return same.reduce((best, record) => (record.version > best.version ? record : best), first.record);
}

function backoff(attempt: number, runtime: Runtime): number {
  return Math.ceil(Math.min(2 ** Math.min(attempt, 10), longestPause) * runtime.jitter());
}

/** The error for a session that ended, or was signed in anew, while a change of it was on its way. */
export function gone(how: "missing" | "replaced"): SessionStateError {
  if (how === "replaced")
    return new SessionStateError("SESSION_REPLACED", "The session was replaced while this request was running.", {
      hint: "A sign-in or a rotation in another request took its place. Nothing was stored; the next request sees the new session.",
    });
  return new SessionStateError("SESSION_DESTROYED", "The session has ended; nothing was stored.", {
    hint: "It was destroyed, revoked or expired while this request was running. The next request starts without it.",
  });
}
