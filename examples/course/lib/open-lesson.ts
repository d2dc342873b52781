import { type Course, findAnyCourse } from "./catalogue";
import type { Lesson } from "./curriculum";
import { courseSubject, lessonSubject, type ShopAbility } from "./policy";

type Asked = Pick<ShopAbility, "can">;

/** A session that knows what its visitor may do. */
interface Visitor {
  readonly ability: PromiseLike<Asked>;
}

/** Whether somebody may see a course. A draft is not there for anybody but its teacher and administrators. */
export function maySee(ability: Asked, course: Course): boolean {
  return ability.can("view", courseSubject(course));
}

/** Whether somebody may read a lesson, and complete it. */
export function mayRead(ability: Asked, lesson: Pick<Lesson, "course" | "isFree">): boolean {
  const course = findAnyCourse(lesson.course);
  return course !== undefined && maySee(ability, course) && ability.can("view", lessonSubject(lesson));
}

/** The same of the visitor. */
export async function isOpenTo({ ability }: Visitor, lesson: Pick<Lesson, "course" | "isFree">): Promise<boolean> {
  return mayRead(await ability, lesson);
}
