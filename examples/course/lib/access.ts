import { notFound } from "next/navigation";
import { type Course, findAnyCourse } from "./catalogue";
import { maySee } from "./open-lesson";
import { getSession } from "./session";

/** A course that the visitor may see. */
export async function visibleCourse(slug: string): Promise<Course> {
  const course = findAnyCourse(slug);
  const { ability } = await getSession();
  if (!course || !maySee(await ability, course)) notFound();
  return course;
}
