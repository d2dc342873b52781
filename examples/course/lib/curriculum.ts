import type { CourseStructure } from "coatcheck/extensions/progress";
import bookbinding from "./curriculum/bookbinding-at-the-kitchen-table.json";
import bread from "./curriculum/bread-by-hand.json";
import counterpoint from "./curriculum/counterpoint-for-the-curious.json";
import drawing from "./curriculum/drawing-what-you-see.json";
import letterforms from "./curriculum/letterforms.json";
import watches from "./curriculum/mechanical-watches.json";
import railways from "./curriculum/pocket-watches-of-the-railways.json";
import maps from "./curriculum/reading-maps-making-maps.json";
import sourdough from "./curriculum/sourdough-through-the-year.json";
import stories from "./curriculum/stories-that-end.json";
import sky from "./curriculum/the-night-sky-without-a-telescope.json";

/** What everybody may know of a lesson: that there is one. */
export interface LessonEntry {
  /** Its course and its own slug: `bread-by-hand/raising-a-starter`. Progress is kept under it. */
  readonly id: string;
  readonly slug: string;
  readonly course: string;
  readonly title: string;
  readonly minutes: number;
  readonly isFree: boolean;
}

/** A lesson with what it teaches, for those who may view it. Server code alone imports this file. */
export interface Lesson extends LessonEntry {
  readonly section: string;
  readonly text: readonly string[];
  readonly task: string;
}

export interface Section {
  /** Its course and its own slug: progress knows it as a module. */
  readonly id: string;
  readonly title: string;
  readonly lessons: readonly Lesson[];
}

const files = {
  "bread-by-hand": bread,
  "drawing-what-you-see": drawing,
  "the-night-sky-without-a-telescope": sky,
  "bookbinding-at-the-kitchen-table": bookbinding,
  "reading-maps-making-maps": maps,
  letterforms,
  "stories-that-end": stories,
  "counterpoint-for-the-curious": counterpoint,
  "mechanical-watches": watches,
  "sourdough-through-the-year": sourdough,
  "pocket-watches-of-the-railways": railways,
};

const curricula = new Map<string, readonly Section[]>(
  Object.entries(files).map(([course, sections]) => [
    course,
    sections.map(({ slug, title, lessons }) => ({
      id: `${course}/${slug}`,
      title,
      lessons: lessons.map((lesson) => ({ ...lesson, id: `${course}/${lesson.slug}`, course, section: title })),
    })),
  ]),
);
const lessons = new Map([...curricula.keys()].flatMap(lessonsOf).map((lesson) => [lesson.id, lesson]));

export function sectionsOf(course: string): readonly Section[] {
  return curricula.get(course) ?? [];
}

/** The lessons of a course in their order. */
export function lessonsOf(course: string): readonly Lesson[] {
  return sectionsOf(course).flatMap((section) => section.lessons);
}

export function findLesson(id: string): Lesson | undefined {
  return lessons.get(id);
}

/** The entry without the content: what a page may hand to a browser. */
export function entryOf({ id, slug, course, title, minutes, isFree }: Lesson): LessonEntry {
  return { id, slug, course, title, minutes, isFree };
}

/** What progress counts: a course by its slug, or a section by its id. */
export function structureOf(slug: string): CourseStructure | null {
  const course = curricula.get(slug);
  if (course) return { lessons: course };
  return sectionsOf(slug.split("/")[0] ?? "").find(({ id }) => id === slug) ?? null;
}
