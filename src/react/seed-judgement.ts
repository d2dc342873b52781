import { type Fields, numberOf } from "./session-state.ts";

/** What to do with a session that the server rendered: show it, leave it, or ask the server who is right. */
export type Verdict = "show" | "leave" | "ask";

/**
 * Judges a session that came with a render against what is known. A render may be an old one: the router keeps pages.
 *
 * Of one session the version decides, and between equal ones the idle deadline, which only moves forward; of two sessions the
 * later authentication. Where the view shows none of these, the order of arrival does. When arrival says nothing either, since
 * the render may have been kept, the server is asked.
 *
 * @param known What is shown now; `undefined` for nothing.
 * @param last The signed-in session that was known last, where `known` is nobody.
 * @param isNew Whether a mounted provider was given another value: a fresh render. One that mounts may bring a kept render.
 */
export function judgeSeed(
  seed: Fields | null,
  known: Fields | null | undefined,
  last: Fields | null,
  isNew: boolean,
): Verdict {
  if (known === undefined) return "show";
  if (seed === null) return known === null ? "leave" : isNew ? "show" : "ask";
  const before = known ?? last;
  if (before?.id !== undefined && seed.id === before.id) return judgeSame(seed, before, known === null);
  if (numberOf(seed.authenticatedAt) < numberOf(before?.authenticatedAt)) return "ask";
  return isNew || seed.id === undefined ? "show" : "ask";
}

function judgeSame(seed: Fields, before: Fields, hasEnded: boolean): Verdict {
  if (numberOf(seed.version) < numberOf(before.version)) return "leave";
  if (numberOf(seed.version) > numberOf(before.version)) return "show";
  if (numberOf(seed.idleExpiresAt) < numberOf(before.idleExpiresAt)) return "leave";
  return hasEnded ? "ask" : "show";
}
