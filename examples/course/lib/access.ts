import { notFound } from "next/navigation";
import { type Course, findAnyCourse } from "./catalogue";
import { courseSubject } from "./policy";
import { getSession } from "./session";

/** A course that the visitor may see. A draft is not there for anybody but its teacher and administrators. */
export async function visibleCourse(slug: string): Promise<Course> {
  const course = findAnyCourse(slug);
  const { ability } = await getSession();
  if (!course || (await ability).cannot("view", courseSubject(course))) notFound();
  return course;
}
