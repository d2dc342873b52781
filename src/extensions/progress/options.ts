import type { AnySession } from "../../core/session.ts";
import type { Duration } from "../../duration.ts";
import type { AnyDefinedExtension, NeededValues } from "../../http/define-extension.ts";
import type { Maybe } from "../../maybe.ts";
import type { Clock } from "../../runtime.ts";
import type { CourseStructure } from "./course.ts";
import type { ProgressData } from "./port.ts";

/** The session that `mayComplete` is asked with, with the extensions that it needs. */
export type LearnerSession<Needs extends readonly AnyDefinedExtension[]> = AnySession & NeededValues<Needs>;

/** What `progress` needs. */
export interface ProgressOptions<Needs extends readonly AnyDefinedExtension[] = readonly AnyDefinedExtension[]> {
  /** Where the progress of users is kept: `sqlProgress(database)`, or a port of your own. */
  readonly data: ProgressData;
  /** What a course, or a module with a slug of its own, is made of; `null` where there is none. */
  readonly courses: (slug: string) => Maybe<CourseStructure | null>;
  /**
   * Tells whether there is a lesson of this id (default: any text of at most 255 bytes may be one). Without it whoever calls
   * the action may fill the user's own notes with ids that mean nothing.
   */
  readonly hasLesson?: (lessonId: string) => Maybe<boolean>;
  /** Extensions that `mayComplete` reads, such as `ability`: their values are on the session. */
  readonly needs?: Needs;
  /**
   * Tells whether the visitor may complete a lesson (default: whoever may call it may complete any). It is asked before each
   * completion, in code and by the action; anything but `true` refuses it with `LESSON_LOCKED`. Reopening is always possible.
   */
  mayComplete?(session: LearnerSession<Needs>, lessonId: string): Maybe<boolean>;
  /** How long `data`, `courses`, `hasLesson` and `mayComplete` may take (default `"10s"`). */
  readonly timeLimit?: Duration;
  /** The timers by which that is measured (default: those of the machine). */
  readonly clock?: Pick<Clock, "after">;
}
