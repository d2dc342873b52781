import type { Maybe } from "../../maybe.ts";

/** What is stored of one user and one lesson. Instants are epoch milliseconds. */
export interface LessonNote {
  readonly lessonId: string;
  /** When it was completed; `null` where it is not, or not any more. */
  readonly completedAt: number | null;
  /** When it was last completed or reopened; 0 where it never was. */
  readonly changedAt: number;
  /** When it was last visited. */
  readonly visitedAt: number | null;
}

/** What a visitor without an account did with a lesson. */
export interface HeldNote {
  readonly lessonId: string;
  readonly completedAt: number | null;
  readonly visitedAt: number | null;
}

/**
 * Where progress is kept: one note for each user and lesson. Every call is of one user, and none may touch another one's notes.
 *
 * A reopened lesson keeps its note, without `completedAt`, so that an older completion that arrives later does not bring it
 * back. What a user does always counts, whatever the clocks of several servers say: `complete` and `reopen` make `changedAt`
 * later than it was. What `merge` brings counts only where it is later than `changedAt`.
 */
export interface ProgressData {
  /** All notes of a user, those of reopened lessons too. */
  load(userId: string): Maybe<readonly LessonNote[]>;
  /** Completes a lesson, and tells whether it was not completed before: of many calls at once one is told so. */
  complete(userId: string, lessonId: string, now: number): Maybe<boolean>;
  /** Makes a lesson not completed, and tells whether it was. */
  reopen(userId: string, lessonId: string, now: number): Maybe<boolean>;
  /** Notes a visit. */
  visit(userId: string, lessonId: string, now: number): Maybe<unknown>;
  /** Takes over what a visitor did before they signed in. May be called again with the same, and changes nothing then. */
  merge(userId: string, held: readonly HeldNote[]): Maybe<unknown>;
  /** Forgets a user. */
  forget(userId: string): Maybe<unknown>;
}

/** What becomes of a note when somebody completes the lesson; nothing where it is completed already. */
export function completed(note: LessonNote, now: number): LessonNote {
  if (note.completedAt !== null) return note;
  return { ...note, completedAt: now, changedAt: later(note, now) };
}

/** What becomes of a note when somebody reopens the lesson; nothing where it is not completed. */
export function reopened(note: LessonNote, now: number): LessonNote {
  return note.completedAt === null ? note : { ...note, completedAt: null, changedAt: later(note, now) };
}

/** What becomes of a note when somebody visits the lesson. */
export function visited(note: LessonNote, now: number): LessonNote {
  return { ...note, visitedAt: Math.max(note.visitedAt ?? 0, now) };
}

/** What becomes of a note when something held arrives: the union, but for a completion older than the last change. */
export function merged(note: LessonNote, held: HeldNote): LessonNote {
  const seen = held.visitedAt === null ? note : visited(note, held.visitedAt);
  if (held.completedAt === null || held.completedAt <= note.changedAt) return seen;
  return { ...seen, completedAt: note.completedAt ?? held.completedAt, changedAt: held.completedAt };
}

/** The note of a lesson that nobody has touched. */
export function untouched(lessonId: string): LessonNote {
  return { lessonId, completedAt: null, changedAt: 0, visitedAt: null };
}

function later({ changedAt }: LessonNote, now: number): number {
  return Math.max(changedAt + 1, now);
}
