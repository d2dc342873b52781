"use server";

import { notFound } from "next/navigation";
import { findLesson, type Lesson } from "@/lib/curriculum";
import { goSaying, goTo } from "@/lib/go";
import { neighbours } from "@/lib/learning";
import { isOpenTo } from "@/lib/open-lesson";
import { lessonPath } from "@/lib/paths";
import { openSession } from "@/lib/session";

/** Completes a lesson and goes on to the next one. A visitor without an account keeps it in the session. */
export async function completeLesson(id: string): Promise<void> {
  const { lesson, session } = await openLesson(id);
  await session.progress.complete(lesson.id);
  const { next } = neighbours(lesson);
  if (!next) return goSaying("That was the last lesson. Well done.", `/courses/${lesson.course}`);
  await session.progress.visit(next.id);
  goTo(lessonPath(next));
}

export async function reopenLesson(id: string): Promise<void> {
  const { lesson, session } = await openLesson(id);
  await session.progress.reopen(lesson.id);
  goTo(lessonPath(lesson));
}

/**
 * Notes which lesson somebody is at. Who only looks around gets no session for it: theirs begins with the first lesson that they
 * complete.
 */
export async function noteVisit(id: string): Promise<void> {
  const lesson = findLesson(id);
  const session = await openSession();
  if (lesson && session.id !== null && (await isOpenTo(session, lesson))) await session.progress.visit(lesson.id);
}

// The argument travels through the browser. Whoever may not read the lesson is shown why.
async function openLesson(id: string) {
  const lesson: Lesson | undefined = findLesson(String(id));
  if (!lesson) notFound();
  const session = await openSession();
  if (!(await isOpenTo(session, lesson))) goTo(lessonPath(lesson));
  return { lesson, session };
}
