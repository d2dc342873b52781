import type { SessionRecord } from "../store/record.ts";
import { decodeActing } from "./acting.ts";
import type { DataShape } from "./data-shape.ts";
import type { OnDiscard } from "./data-view.ts";
import type { Draft } from "./draft.ts";
import { synchronous } from "./inputs.ts";

/**
 * Which anonymous data survives sign-in: a list of keys, or for each key `"keep"`, `"drop"`, or a function of the anonymous
 * value and of the one that the signed-in session has by then (its default, or `undefined`). Keys that are not named are dropped.
 */
export type KeepRule = readonly string[] | Readonly<Record<string, KeyRule>>;

/** What becomes of one anonymous key at sign-in. */
export type KeyRule = "keep" | "drop" | MergeFunction;

/** Merges an anonymous value into the user's. Synchronous and pure: it may run again. `undefined` drops the key. */
// biome-ignore lint/suspicious/noExplicitAny: what a key holds is known to the application's types only
export type MergeFunction = (anonymous: any, current: any) => unknown;

/** Tells whether a value can be a keep rule. */
export function isKeepRule(value: unknown): value is KeepRule {
  if (Array.isArray(value)) return value.every((key) => typeof key === "string");
  return typeof value === "object" && value !== null && Object.values(value).every(isKeyRule);
}

function isKeyRule(rule: unknown): boolean {
  return rule === "keep" || rule === "drop" || typeof rule === "function";
}

/** The keys that a rule names. */
export function keptKeys(rule: KeepRule): readonly string[] {
  return Array.isArray(rule) ? rule : Object.keys(rule);
}

/** A rule, and the data that it is about. */
export interface Keeping {
  readonly rule: KeepRule;
  readonly shape: DataShape;
}

/**
 * Leaves in the draft only what the rules keep of an anonymous session. The kept keys are read through the draft, so that
 * a change of theirs in another request is a conflict, not a loss.
 */
export function keepOnly(draft: Draft, keeping: readonly Keeping[], onDiscard: OnDiscard): void {
  const kept = keeping.flatMap(({ rule, shape }) =>
    mergesOf(rule).map(([key, merge]) => [key, mergeKey(draft, key, merge, shape, onDiscard)] as const),
  );
  draft.clear();
  for (const [key, text] of kept) if (text !== undefined) draft.write(key, text);
}

const asItIs: MergeFunction = (anonymous) => anonymous;

function mergesOf(rule: KeepRule): (readonly [key: string, merge: MergeFunction])[] {
  const rules: (readonly [string, KeyRule])[] = Array.isArray(rule)
    ? rule.map((key: string) => [key, "keep"] as const)
    : Object.entries(rule);
  return rules.flatMap(([key, how]) => (how === "drop" ? [] : [[key, how === "keep" ? asItIs : how] as const]));
}

function mergeKey(
  draft: Draft,
  key: string,
  merge: MergeFunction,
  shape: DataShape,
  onDiscard: OnDiscard,
): string | undefined {
  const text = draft.read(key);
  if (text === undefined) return undefined;
  const anonymous = shape.decode(key, text);
  if (anonymous.discarded) {
    onDiscard(key, anonymous.discarded);
    return undefined;
  }
  const merged = synchronous(`keep.${key}`, merge(anonymous.value, shape.decode(key, undefined).value));
  return merged === undefined ? undefined : shape.encode(key, merged);
}

/**
 * Whether signing in as this user keeps the data of the session as it is: the same user signs in once more. What was seen
 * while impersonating somebody is nobody's to keep.
 */
export function isSameUser(record: SessionRecord, userId: string): boolean {
  return record.userId === userId && decodeActing(record.actor).impersonation === null;
}
