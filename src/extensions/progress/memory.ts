import { completed, type LessonNote, merged, type ProgressData, reopened, untouched, visited } from "./port.ts";

/** Keeps progress in the memory of the process: for tests and examples. */
export function memoryProgress(): ProgressData {
  const users = new Map<string, Map<string, LessonNote>>();

  function notesOf(userId: string): Map<string, LessonNote> {
    const notes = users.get(userId) ?? new Map<string, LessonNote>();
    users.set(userId, notes);
    return notes;
  }

  function change(userId: string, lessonId: string, next: (note: LessonNote) => LessonNote): boolean {
    const notes = notesOf(userId);
    const before = notes.get(lessonId) ?? untouched(lessonId);
    const after = next(before);
    notes.set(lessonId, after);
    return before.completedAt !== after.completedAt;
  }

  return {
    load: (userId) => [...(users.get(userId)?.values() ?? [])],
    complete: (userId, lessonId, now) => change(userId, lessonId, (note) => completed(note, now)),
    reopen: (userId, lessonId, now) => change(userId, lessonId, (note) => reopened(note, now)),
    visit: (userId, lessonId, now) => change(userId, lessonId, (note) => visited(note, now)),
    merge(userId, held) {
      for (const one of held) change(userId, one.lessonId, (note) => merged(note, one));
    },
    forget: (userId) => users.delete(userId),
  };
}
