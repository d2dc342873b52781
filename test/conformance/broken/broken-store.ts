import type { SessionStore } from "../../../src/store/port.ts";
import { type Decisions, type Rows, referenceStore } from "../reference-store.ts";

/** A store with one fault, and the group of cases in which that fault must show. */
export interface BrokenStore {
  readonly fault: string;
  readonly group: string;
  make(): SessionStore;
}

/** Breaks some of the reference store's decisions; the keys say what is wrong. */
export function decidesWrongly(group: string, faults: Record<string, Partial<Decisions>>): BrokenStore[] {
  return Object.entries(faults).map(([fault, wrong]) => ({ fault, group, make: () => referenceStore(wrong) }));
}

/** Replaces some of the reference store's methods; the keys say what is wrong. */
export type Breaker = (right: SessionStore, rows: Rows) => Partial<SessionStore>;

export function worksWrongly(group: string, faults: Record<string, Breaker>): BrokenStore[] {
  return Object.entries(faults).map(([fault, breaker]) => ({ fault, group, make: () => broken(breaker) }));
}

function broken(breaker: Breaker): SessionStore {
  const rows: Rows = new Map();
  const right = referenceStore({}, rows);
  return { ...right, ...breaker(right, rows) };
}

/** The reference store's own `byUser`, which is always there. */
export function byUserOf({ byUser }: SessionStore): NonNullable<SessionStore["byUser"]> {
  if (!byUser) throw new Error("the reference store has byUser");
  return byUser;
}

/** Answers `answer` once the first argument has been worked out. */
export const after = <T>(_done: unknown, answer: T): T => answer;

/** Another turn of the event loop: the gap in which a race is lost. */
export const gap = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
