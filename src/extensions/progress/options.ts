import type { Duration } from "../../duration.ts";
import type { Maybe } from "../../maybe.ts";
import type { Clock } from "../../runtime.ts";
import type { CourseStructure } from "./course.ts";
import type { ProgressData } from "./port.ts";

/** What `progress` needs. */
export interface ProgressOptions {
  /** Where the progress of users is kept: `sqlProgress(database)`, or a port of your own. */
  readonly data: ProgressData;
  /** What a course, or a module with a slug of its own, is made of; `null` where there is none. */
  readonly courses: (slug: string) => Maybe<CourseStructure | null>;
  /**
   * Tells whether there is a lesson of this id (default: any text of at most 255 bytes may be one). Without it whoever calls
   * the action may fill the user's own notes with ids that mean nothing.
   */
  readonly hasLesson?: (lessonId: string) => Maybe<boolean>;
  /** How long `data`, `courses` and `hasLesson` may take (default `"10s"`). */
  readonly timeLimit?: Duration;
  /** The timers by which that is measured (default: those of the machine). */
  readonly clock?: Pick<Clock, "after">;
}
