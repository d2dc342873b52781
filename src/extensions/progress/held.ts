import type { ExtensionContext } from "../../core/extensions.ts";
import { ownSchema } from "../parts/own-schema.ts";
import type { HeldNote } from "./port.ts";

/** Instants with the ids of their lessons. A list, since a lesson may be called what no key of an object may. */
export type Instants = readonly (readonly [lessonId: string, at: number])[];

/** What the session holds: completions and visits that no user's notes have yet. */
export interface HeldData {
  readonly done: Instants;
  readonly seen: Instants;
}

/** The extension's context. */
export type HeldContext = ExtensionContext<HeldData, { readonly [Key in keyof HeldData]: Instants | undefined }>;

/** How many visits a session holds: enough to go on in a few courses. */
const mostVisits = 50;

const instants = ownSchema<Instants, Instants | undefined>((value = []) => {
  return Array.isArray(value) && value.every(isInstant) ? value : undefined;
});

/** The schemas of what the session holds. */
export const heldSchemas = { done: instants, seen: instants };

/** Holds a completion; the first one stays. Tells whether it is new. */
export async function hold(context: HeldContext, lessonId: string, now: number): Promise<boolean> {
  let isNew = !has(context.data.done, lessonId);
  if (!isNew) return false;
  await context.update("done", (done) => {
    isNew = !has(done, lessonId);
    return isNew ? [...done, [lessonId, now]] : done;
  });
  return isNew;
}

/** Lets go of a completion. Tells whether there was one. */
export async function letGo(context: HeldContext, lessonId: string): Promise<boolean> {
  let wasHeld = has(context.data.done, lessonId);
  if (!wasHeld) return false;
  await context.update("done", (done) => {
    wasHeld = has(done, lessonId);
    return orNothing(done.filter(([id]) => id !== lessonId));
  });
  return wasHeld;
}

/** Holds a visit, the latest ones only. */
export async function holdVisit(context: HeldContext, lessonId: string, now: number): Promise<void> {
  await context.update(
    "seen",
    (seen) => [[lessonId, now], ...seen.filter(([id]) => id !== lessonId)].slice(0, mostVisits) as Instants,
  );
}

/** What is held, lesson by lesson. */
export function heldNotes({ done, seen }: HeldData): readonly HeldNote[] {
  const [completed, visited] = [new Map(done), new Map(seen)];
  return [...new Set([...completed.keys(), ...visited.keys()])].map((lessonId) => ({
    lessonId,
    completedAt: completed.get(lessonId) ?? null,
    visitedAt: visited.get(lessonId) ?? null,
  }));
}

/** Removes what was taken over, and leaves what has come since. */
export async function removeHeld(context: HeldContext, taken: HeldData): Promise<void> {
  for (const key of ["done", "seen"] as const) {
    const gone = new Map(taken[key]);
    if (gone.size > 0) await context.update(key, (held) => orNothing(held.filter(([id, at]) => gone.get(id) !== at)));
  }
}

function has(instants: Instants, lessonId: string): boolean {
  return instants.some(([id]) => id === lessonId);
}

function orNothing(instants: Instants): Instants | undefined {
  return instants.length === 0 ? undefined : instants;
}

function isInstant(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === "string" && Number.isSafeInteger(value[1]);
}
