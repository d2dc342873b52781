/** A lesson of a course. */
export interface CourseLesson {
  readonly id: string;
  /** Where it stands among its neighbours (default: its place in the list). */
  readonly position?: number;
}

/** A part of a course: a module, a section, or whatever else groups lessons. */
export interface CourseSection {
  /** Lessons, and further sections, to any depth. */
  readonly lessons: readonly (CourseLesson | CourseSection)[];
  /** Where it stands among its neighbours (default: its place in the list). */
  readonly position?: number;
}

/** What a course, or a module with a slug of its own, is made of. */
export type CourseStructure = CourseSection;

/** How far somebody has come in a course or a module. */
export interface CourseProgress {
  /** The ids of the lessons that are completed, in the order of the course. */
  readonly completedLessons: readonly string[];
  /** The first lesson that is not completed, or `null` when all are. */
  readonly nextLesson: string | null;
  /** Rounded up, so that the first lesson shows; 100 only when every lesson is completed. */
  readonly percentCompleted: number;
  readonly completedCount: number;
  readonly totalCount: number;
}

/**
 * The ids of all lessons in the order in which they are taken: a section stands at its own position, and its lessons follow in
 * theirs. A lesson that occurs twice counts where it occurs first.
 */
export function lessonsInOrder(structure: CourseStructure): readonly string[] {
  return [...new Set(idsOf(structure))];
}

function idsOf({ lessons }: CourseSection): string[] {
  const placed = lessons.map((item, index) => ({ item, position: item.position ?? index }));
  // Sorting is stable: of two at one position the one that is listed first comes first.
  placed.sort((a, b) => a.position - b.position);
  return placed.flatMap(({ item }) => ("lessons" in item ? idsOf(item) : [item.id]));
}

/** How far somebody has come who has completed these lessons. */
export function progressIn(lessons: readonly string[], isComplete: (lessonId: string) => boolean): CourseProgress {
  const completedLessons = lessons.filter(isComplete);
  const [completedCount, totalCount] = [completedLessons.length, lessons.length];
  return {
    completedLessons,
    nextLesson: lessons.find((lesson) => !isComplete(lesson)) ?? null,
    percentCompleted: percentOf(completedCount, totalCount),
    completedCount,
    totalCount,
  };
}

function percentOf(completed: number, total: number): number {
  if (total === 0) return 0;
  return completed === total ? 100 : Math.min(99, Math.ceil((100 * completed) / total));
}
