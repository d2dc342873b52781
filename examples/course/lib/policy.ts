import { createMongoAbility, type MongoAbility } from "@casl/ability";
import { casl, subject } from "coatcheck/extensions/ability";
import type { Course } from "./catalogue";
import type { LessonEntry } from "./curriculum";

interface LessonSubject {
  readonly __typename: "Lesson";
  readonly course: string;
  readonly isFree: boolean;
}

interface CourseSubject {
  readonly __typename: "Course";
  readonly slug: string;
  readonly isDraft: boolean;
}

/** What anybody may do in the shop. Both sides ask: the server decides, and the browser shows the same. */
export type ShopAbility = MongoAbility<
  ["view" | "teach" | "manage", "Lesson" | LessonSubject | "Course" | CourseSubject | "all"]
>;

/** Their rules, as the server hands them to the browser. */
export type ShopRules = readonly ShopAbility["rules"][number][];

export const create = casl<ShopAbility>(createMongoAbility);

export function lessonSubject({ course, isFree }: Pick<LessonEntry, "course" | "isFree">): LessonSubject {
  return subject("Lesson", { course, isFree });
}

export function courseSubject({ slug, isDraft = false }: Pick<Course, "slug" | "isDraft">): CourseSubject {
  return subject("Course", { slug, isDraft });
}
