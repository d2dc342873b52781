import { notFound } from "next/navigation";
import { type Course, findAnyCourse } from "./catalogue";
import type { Lesson } from "./curriculum";
import { courseSubject, lessonSubject } from "./policy";
import { getSession, type openSession } from "./session";

/** A course that the visitor may see. A draft is not there for anybody but its teacher and administrators. */
export async function visibleCourse(slug: string): Promise<Course> {
  const course = findAnyCourse(slug);
  const { ability } = await getSession();
  if (!course || (await ability).cannot("view", courseSubject(course))) notFound();
  return course;
}

/** Whether the visitor may read a lesson. */
export async function isOpenTo(session: Pick<Awaited<ReturnType<typeof openSession>>, "ability">, lesson: Lesson) {
  const course = findAnyCourse(lesson.course);
  const ability = await session.ability;
  return (
    course !== undefined && ability.can("view", courseSubject(course)) && ability.can("view", lessonSubject(lesson))
  );
}
