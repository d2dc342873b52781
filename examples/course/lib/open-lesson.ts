import { findAnyCourse } from "./catalogue";
import type { Lesson } from "./curriculum";
import { courseSubject, lessonSubject, type ShopAbility } from "./policy";

/** A session that knows what its visitor may do. */
interface Visitor {
  readonly ability: PromiseLike<Pick<ShopAbility, "can">>;
}

/** Whether the visitor may read a lesson, and complete it. */
export async function isOpenTo(session: Visitor, lesson: Pick<Lesson, "course" | "isFree">): Promise<boolean> {
  const course = findAnyCourse(lesson.course);
  const ability = await session.ability;
  return (
    course !== undefined && ability.can("view", courseSubject(course)) && ability.can("view", lessonSubject(lesson))
  );
}
