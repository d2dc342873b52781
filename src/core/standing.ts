import { chain, isPromise, type Maybe } from "../maybe.ts";
import { type CorruptRecord, isCorrupt, type SessionRecord } from "../store/record.ts";
import { digestOf } from "../token/digest.ts";
import { parseToken, type TokenParts } from "../token/token.ts";
import type { Engine } from "./engine.ts";
import { type Judgement, judge } from "./lifecycle.ts";
import { gone } from "./writes.ts";

/** A session that the presented token opens. */
export interface Live {
  readonly kind: "live";
  readonly record: SessionRecord;
  /** The digest of the visitor's token. It differs from the record's while a rotation's grace lasts. */
  readonly digest: string;
  /** The record is a copy: good for reading. What changes the session rests on {@link confirmStanding}. */
  readonly isCopy?: true;
}

/**
 * Where a request stands: it has a session, has none, presented a token that a rotation or sign-in took the place of, has
 * ended its session itself, or has lost it: a copy opened it, and the store knows that it is over.
 */
export type Standing = Live | { readonly kind: "none" | "superseded" | "ended" | "lost" };

const none: Standing = { kind: "none" };
const lost: Standing = { kind: "lost" };
const superseded: Standing = { kind: "superseded" };

/** Two cookies of one name can be tossed in by a sibling domain; more than this many are not even looked at. */
const mostCandidates = 4;

/**
 * Finds where the presented tokens stand. No token, or only malformed ones: no store call. Of several tokens exactly one
 * must be valid, whatever their order. Why a token was refused is an event; the visitor learns nothing from it.
 */
export function findStanding(engine: Engine, presented: readonly string[]): Maybe<Standing> {
  if (presented.length === 0) return none;
  const only = presented.length === 1 ? parseToken("session", presented[0] as string) : null;
  if (only) return standingOf(engine, only);
  const candidates: TokenParts[] = [];
  for (const text of new Set(presented)) {
    const parts = parseToken("session", text);
    if (parts) candidates.push(parts);
  }
  if (candidates.length === 1) return standingOf(engine, candidates[0] as TokenParts);
  if (candidates.length === 0) engine.emit({ type: "rejected", sessionId: null, reason: "malformed" });
  return candidates.length === 0 ? none : theOnlyValid(engine, candidates);
}

async function theOnlyValid(engine: Engine, candidates: readonly TokenParts[]): Promise<Standing> {
  const standings =
    candidates.length > mostCandidates ? [] : await Promise.all(candidates.map((parts) => standingOf(engine, parts)));
  const live = standings.filter((standing) => standing.kind === "live");
  if (live.length === 1) return live[0] as Standing;
  if (live.length > 1 || standings.length === 0)
    engine.emit({ type: "rejected", sessionId: null, reason: "ambiguous" });
  return live.length === 0 ? (standings.find((standing) => standing.kind === "superseded") ?? none) : none;
}

function standingOf(engine: Engine, { id, secret }: TokenParts): Maybe<Standing> {
  return chain(digestOf(secret), (digest) => standingOfDigest(engine, id, digest));
}

function standingOfDigest(engine: Engine, id: string, digest: string): Maybe<Standing> {
  const now = engine.policy.runtime.now();
  const copy = engine.copyOf?.(id, now) ?? null;
  if (copy && isEntitled(judge(copy, digest, now))) return { kind: "live", record: copy, digest, isCopy: true };
  const found = engine.find(id, now);
  if (!isPromise(found)) return weigh(engine, id, found, digest, now);
  return found.then((record) => weigh(engine, id, record, digest, engine.policy.runtime.now()));
}

/**
 * Reads a session that a copy opened, from the store, and judges it anew. By a copy somebody was let in; so what is over by
 * now is lost, and not merely absent: nothing that was meant for it may begin another one.
 */
export function confirmStanding(engine: Engine, { record, digest }: Live): Maybe<Standing> {
  const { id } = record;
  return chain(engine.find(id), (found) => {
    const standing = weigh(engine, id, found, digest, engine.policy.runtime.now());
    return standing.kind === "none" ? lost : standing;
  });
}

const isEntitled = (judgement: Judgement): boolean => judgement === "active" || judgement === "grace";

type Found = SessionRecord | CorruptRecord | null;

function weigh({ emit }: Engine, id: string, found: Found, digest: string, now: number): Standing {
  if (found === null || isCorrupt(found)) {
    emit({ type: "rejected", sessionId: id, reason: found === null ? "unknown" : "corrupt" });
    return none;
  }
  const { userId } = found;
  switch (judge(found, digest, now)) {
    case "active":
    case "grace":
      return { kind: "live", record: found, digest };
    case "superseded":
      emit({ type: "replayed", sessionId: id, userId });
      return superseded;
    case "stranger":
      emit({ type: "rejected", sessionId: id, reason: "wrong-secret" });
      return none;
    case "idle-expired":
      emit({ type: "expired", sessionId: id, userId, reason: "idle" });
      return none;
    case "absolute-expired":
      emit({ type: "expired", sessionId: id, userId, reason: "absolute" });
      return none;
  }
}

/** Reads a live session again, after a conflict: as it stands now for the same token and the same generation. */
export function reloadStanding(engine: Engine, live: Live): Maybe<Standing> {
  return chain(engine.find(live.record.id), (found) => {
    if (found === null || isCorrupt(found)) return none;
    if (found.generation !== live.record.generation) return superseded;
    const judgement = judge(found, live.digest, engine.policy.runtime.now());
    if (isEntitled(judgement)) return { kind: "live", record: found, digest: live.digest };
    return judgement === "superseded" || judgement === "stranger" ? superseded : none;
  });
}

/** The live session of a standing, or `null` where there is none; a session that is over is an error. */
export function alive(standing: Standing, change: "data" | "token" = "token"): Live | null {
  if (standing.kind === "superseded") throw gone("replaced");
  if (standing.kind === "lost" || (standing.kind === "ended" && change === "data")) throw gone("missing");
  return standing.kind === "live" ? standing : null;
}
