import { type Course, findAnyCourse } from "./catalogue";
import { findLesson, type Lesson, lessonsOf } from "./curriculum";
import { coursesOwnedBy } from "./ownership";
import type { getSession } from "./session";

/** The session, read or opened: what every page of the shop has. */
type Learner = Pick<Awaited<ReturnType<typeof getSession>>, "progress" | "commerce" | "organisation">;

/** Where a learner stands in one course. */
export interface Standing {
  readonly course: Course;
  readonly completed: number;
  readonly total: number;
  readonly percent: number;
  /** The lesson to go on with; `null` when the course is finished. */
  readonly goOn: Lesson | null;
}

/** Where the visitor stands in a course. */
export async function standingIn(session: Pick<Learner, "progress">, course: Course): Promise<Standing> {
  const [progress, point] = await Promise.all([
    session.progress.course(course.slug),
    session.progress.resume(course.slug),
  ]);
  const done = new Set(progress?.completedLessons);
  return {
    course,
    completed: done.size,
    total: progress?.totalCount ?? 0,
    percent: progress?.percentCompleted ?? 0,
    goOn: goOnAmong(lessonsOf(course.slug), done, point?.lessonId ?? null),
  };
}

/** The lesson to go on with, of those of a course: the one that somebody was at, or else the first one that is left. */
export function goOnAmong(lessons: readonly Lesson[], done: ReadonlySet<string>, at: string | null): Lesson | null {
  const left = lessons.filter(({ id }) => !done.has(id));
  return left.find(({ id }) => id === at) ?? left[0] ?? null;
}

/** "Continue where you left off": the course that was opened last, unless it is finished. For anonymous visitors as well. */
export async function whereTheyLeftOff(session: Pick<Learner, "progress">): Promise<Standing | null> {
  const point = await session.progress.resume();
  const course = point && findAnyCourse(findLesson(point.lessonId)?.course ?? "");
  if (!course) return null;
  const standing = await standingIn(session, course);
  return standing.goOn ? standing : null;
}

/** The courses that are open to somebody: bought ones, and those of the organisation they work in. */
export async function openCourses(session: Learner): Promise<Standing[]> {
  const { current } = await session.organisation;
  const slugs = new Set([...(await coursesOwnedBy(session)), ...(current?.courses ?? [])]);
  const courses = [...slugs].flatMap((slug) => findAnyCourse(slug) ?? []);
  return Promise.all(courses.map((course) => standingIn(session, course)));
}

/** The lessons before and after one, in the order of its course. */
export function neighbours(lesson: Lesson): { readonly previous: Lesson | null; readonly next: Lesson | null } {
  const lessons = lessonsOf(lesson.course);
  const at = lessons.findIndex(({ id }) => id === lesson.id);
  return { previous: lessons[at - 1] ?? null, next: lessons[at + 1] ?? null };
}
