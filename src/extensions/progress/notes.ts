import { isSessionError } from "../../errors.ts";
import type { Wait } from "../parts/wait.ts";
import { type HeldContext, heldNotes, removeHeld } from "./held.ts";
import { type LessonNote, merged, type ProgressData, untouched } from "./port.ts";

/** What an extension's session tells about its user. */
export interface Viewer {
  readonly userId: string | null;
}

/** The notes of whoever the session is of, as this request sees them. */
export interface Notes {
  /** Gives the notes: what is stored, and what the session still holds. Asks the store once per request and user. */
  read(): Promise<ReadonlyMap<string, LessonNote>>;
  /** Takes over to the user's notes what the session holds. Costs nothing where it holds nothing. */
  flush(userId: string): Promise<number>;
  /** Notes here what was stored, so that this request sees it too. */
  apply(userId: string, lessonId: string, change: Change): Promise<void>;
}

type Change = (note: LessonNote) => LessonNote;

/** Makes the notes of a request. */
export function createNotes(data: ProgressData, viewer: Viewer, context: HeldContext, wait: Wait): Notes {
  let loaded: { readonly userId: string; readonly notes: Promise<Map<string, LessonNote>> } | null = null;

  function load(userId: string): Promise<Map<string, LessonNote>> {
    if (loaded?.userId === userId) return loaded.notes;
    const notes = wait("load", () => data.load(userId)).then(byLesson);
    loaded = { userId, notes };
    return notes;
  }

  return {
    async read() {
      const { userId } = viewer;
      const stored = userId === null ? new Map<string, LessonNote>() : await load(userId);
      const held = heldNotes(context.data);
      if (held.length === 0) return stored;
      const all = new Map(stored);
      for (const one of held) all.set(one.lessonId, merged(all.get(one.lessonId) ?? untouched(one.lessonId), one));
      return all;
    },
    async flush(userId) {
      const { done, seen } = context.data;
      const held = heldNotes({ done, seen });
      if (held.length === 0) return 0;
      await wait("merge", () => data.merge(userId, held));
      await removeWherePossible(context, { done, seen });
      if (loaded?.userId === userId) loaded = null;
      return held.length;
    },
    async apply(userId, lessonId, change) {
      if (loaded?.userId !== userId) return;
      const notes = await loaded.notes;
      notes.set(lessonId, change(notes.get(lessonId) ?? untouched(lessonId)));
    },
  };
}

function byLesson(notes: readonly LessonNote[]): Map<string, LessonNote> {
  return new Map(notes.map((note) => [note.lessonId, note]));
}

// Where the session cannot be written now, it goes on holding what the user's notes have as well: to merge it again changes
// nothing.
async function removeWherePossible(context: HeldContext, taken: HeldContext["data"]): Promise<void> {
  try {
    await removeHeld(context, taken);
  } catch (error) {
    if (!isSessionError(error, "SESSION_READ_ONLY", "HEADERS_SENT")) throw error;
  }
}
