"use client";

import { useEffect } from "react";
import { noteVisit } from "@/app/courses/actions";

/** Notes that the lesson was opened: once it is on the screen, and not when a link to it was prefetched. */
export function NoteVisit({ lessonId }: { lessonId: string }) {
  useEffect(() => {
    // Only the place to go on from depends on it, and the next lesson notes a new one.
    noteVisit(lessonId).catch(() => undefined);
  }, [lessonId]);
  return null;
}
