import { SessionStoreError } from "../../errors.ts";
import type { Load, Shelf } from "./shelf.ts";
import { none } from "./slots.ts";

/** How much a store may hold. */
export interface Limits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** What a write adds, the instant it is made at, and the slot that must stay. */
export interface Need extends Load {
  readonly now: number;
  readonly keep: number;
}

/**
 * Makes room for a write: what is expired goes first, then the anonymous sessions, the one used longest ago first. Never
 * a signed-in one, nor what is the engine's own, such as which tokens were revoked: losing a cart annoys, being signed out by a
 * stranger's visits is an attack. Nothing anonymous goes in vain: if all of it were not enough, the write fails and all of it stays.
 *
 * @throws {@link SessionStoreError} `STORE_FULL`: only signed-in sessions are left, and what is the engine's own.
 */
export function makeRoom(shelf: Shelf, limits: Limits, need: Need, name: string): void {
  while (!fits(plus(shelf.load, need), limits)) {
    if (!removeExpired(shelf, need.now)) break;
  }
  if (fits(plus(shelf.load, need), limits)) return;
  if (!fits(plus(lastingLoad(shelf), need), limits)) throw full(shelf, limits, name);
  while (!fits(plus(shelf.load, need), limits)) {
    const oldest = shelf.oldestAnonymous(need.keep);
    if (oldest === none) throw full(shelf, limits, name);
    shelf.remove(oldest);
  }
}

/** Removes at most `limit` sessions that are expired at `now`, the longest expired first, and answers how many. */
export function removeAllExpired(shelf: Shelf, now: number, limit: number): number {
  let removed = 0;
  while (removed < limit && removeExpired(shelf, now)) removed++;
  return removed;
}

function removeExpired(shelf: Shelf, now: number): boolean {
  const slot = shelf.deadlines.expired(now);
  if (slot === none) return false;
  shelf.remove(slot);
  return true;
}

/** What makes way for nobody. */
function lastingLoad({ load, anonymousLoad }: Shelf): Load {
  return { entries: load.entries - anonymousLoad.entries, bytes: load.bytes - anonymousLoad.bytes };
}

function plus(load: Load, more: Load): Load {
  return { entries: load.entries + more.entries, bytes: load.bytes + more.bytes };
}

function fits(load: Load, limits: Limits): boolean {
  return load.entries <= limits.maxEntries && load.bytes <= limits.maxBytes;
}

function full({ load }: Shelf, limits: Limits, name: string): SessionStoreError {
  const bytes = `${mebibytes(load.bytes)} of ${mebibytes(limits.maxBytes)} MiB`;
  const what = `The store "${name}" is full (${load.entries} of ${limits.maxEntries} sessions, ${bytes}), and no anonymous session can make way.`;
  return new SessionStoreError("STORE_FULL", what, {
    hint: "Raise maxEntries or maxBytes, shorten the timeouts, or use a store on disk such as sqliteStore.",
  });
}

function mebibytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}
