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
  readonly lessons: readonly string[];
  readonly art: { readonly colours: readonly string[]; readonly shapes: string };
}

export const catalogue: readonly Course[] = courses;

export function findCourse(slug: string): Course | undefined {
  return catalogue.find((course) => course.slug === slug);
}
