import type { Data, Fields } from "./session-state.ts";

/** Whether to show a session that the server rendered; `null` where the server shall be asked who is right. */
export type Verdict = boolean | null;

/**
 * Judges a session that came with a render against what is known. A render may be an old one: the router keeps pages.
 *
 * Of one session the version decides, and between equal ones the idle deadline, which only moves forward; of two sessions the
 * later authentication. Where the view shows none of these, the order of arrival does. When arrival says nothing either, since
 * the render may have been kept, the server is asked.
 *
 * @param known What is shown now.
 * @param last The signed-in session that was known last: `known`, unless that is nobody.
 * @param isNew Whether a mounted provider was given another value: a fresh render. One that mounts may bring a kept render.
 */
export function judgeSeed(seed: Fields | null, known: Data, last: Fields | null, isNew: boolean): Verdict {
  if (known === undefined) return true;
  if (!seed) return !!known && (isNew || null);
  // NaN, which decides nothing, where the view has no such number.
  const later = (field: keyof Fields) => (seed[field] as number) - (last?.[field] as number);
  // The session that has just ended is not shown again, or one that signed in before this one.
  if (seed.id !== undefined && seed.id === last?.id)
    return (later("version") || later("idleExpiresAt")) < 0 ? false : !!known || null;
  return (later("authenticatedAt") || Number(isNew || seed.id === undefined)) > 0 || null;
}
