import { toMilliseconds } from "../../duration.ts";
import { type AnyDefinedExtension, defineExtension } from "../../http/define-extension.ts";
import { systemClock } from "../../runtime.ts";
import { createWait } from "../parts/wait.ts";
import { heldSchemas } from "./held.ts";
import { lessonInput, slugInput } from "./inputs.ts";
import { createProgress, type Learner, type Progress } from "./learning.ts";
import { createNotes } from "./notes.ts";
import type { LearnerSession, ProgressOptions } from "./options.ts";

/**
 * Which lessons the visitor has completed, where they are in a course, and where to go on.
 *
 * Nothing is asked before a method is called; the notes of a user are then read once per request. A visitor without an account
 * has their progress in the session, and takes it along at sign-in: it is united with the user's, on each device anew, and a
 * lesson that the user has reopened since stays open. Nothing is lost where that fails half-way: what the session still holds
 * counts, and is taken over before the next write.
 *
 * Adds the actions `GET {basePath}/progress?course={slug}` and `POST {basePath}/progress-lesson` with
 * `{ lesson, completed }`, both for anyone, and the events `lesson-completed`, `lesson-reopened` and `progress-merged`.
 *
 * Methods reject with `SessionDataError` `DATA_INVALID`: that is no id of a lesson; `SessionStateError` `LESSON_LOCKED`:
 * `mayComplete` says no; `SessionExtensionError`
 * `EXTENSION_FAILED`: `data`, `courses` or `hasLesson` failed or did not answer; and with what the session's mutators do, where
 * an anonymous visitor's progress cannot be written here.
 *
 * @example
 * export const { auth, getSession, handlers } = nextSessions({
 *   store,
 *   extend: { progress: progress({ data: sqlProgress(sqlDatabase(pool)), courses: (slug) => findCourse(slug) }) },
 * })
 * // in a page
 * const { percentCompleted, nextLesson } = await session.progress.course("typescript")
 */
export function progress<const Needs extends readonly AnyDefinedExtension[] = []>(options: ProgressOptions<Needs>) {
  const { timeLimit = "10s", clock = systemClock, needs, mayComplete } = options;
  const wait = createWait("progress", toMilliseconds(timeLimit, "progress.timeLimit"), clock);
  return defineExtension({
    name: "progress",
    ...(needs && { needs }),
    data: heldSchemas,
    keep: ["done", "seen"],
    resolve: (session: Learner, context): Progress => {
      const asked = session as unknown as LearnerSession<Needs>;
      const plan = { ...options, mayComplete: mayComplete && ((lessonId: string) => mayComplete(asked, lessonId)) };
      return createProgress(plan, session, context, wait);
    },
    async signedIn(session: Learner, context) {
      const { userId } = session;
      if (userId === null) return;
      const count = await createNotes(options.data, session, context, wait).flush(userId);
      if (count > 0) context.emit("progress-merged", { lessons: count });
    },
    actions: {
      progress: {
        method: "GET",
        auth: "anyone",
        input: slugInput,
        handler: async ({ session, input }) => ({ progress: await session.progress.course(input.course) }),
      },
      "progress-lesson": {
        auth: "anyone",
        input: lessonInput,
        async handler({ session, input: { lesson, completed } }) {
          const { progress } = session;
          const changed = await (completed ? progress.complete(lesson) : progress.reopen(lesson));
          return { lesson, completed, changed };
        },
      },
    },
  });
}
