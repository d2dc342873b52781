import courses from "./courses.json";

export interface Course {
  readonly slug: string;
  readonly title: string;
  readonly summary: string;
  readonly description: readonly string[];
  readonly teacher: string;
  readonly level: string;
  readonly hours: number;
  /** In cents. */
  readonly price: number;
  /** Not on sale yet: its teacher and administrators see it. */
  readonly isDraft?: boolean;
  readonly art: { readonly colours: readonly string[]; readonly shapes: string };
}

/** Every course, drafts too. */
export const allCourses: readonly Course[] = courses;

/** What is on sale. */
export const catalogue: readonly Course[] = allCourses.filter((course) => !course.isDraft);

/** A course that is on sale. */
export function findCourse(slug: string): Course | undefined {
  return catalogue.find((course) => course.slug === slug);
}

/** Any course. Whether the visitor may see it is for their ability to say. */
export function findAnyCourse(slug: string): Course | undefined {
  return allCourses.find((course) => course.slug === slug);
}
