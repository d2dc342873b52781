import { SessionDataError, SessionStateError } from "../../errors.ts";
import type { Maybe } from "../../maybe.ts";
import type { Wait } from "../parts/wait.ts";
import { isSqlKey } from "../sql/values.ts";
import { type CourseProgress, lessonsInOrder, progressIn } from "./course.ts";
import { type HeldContext, hold, holdVisit, letGo } from "./held.ts";
import { createNotes, type Notes, type Viewer } from "./notes.ts";
import type { ProgressOptions } from "./options.ts";
import { completed, type LessonNote, reopened, visited } from "./port.ts";

/** The lesson to go on with. */
export interface ResumePoint {
  readonly lessonId: string;
  readonly visitedAt: number;
}

/** How far the visitor has come: `session.progress`. */
export interface Progress {
  /**
   * Completes a lesson, and tells whether it was not completed before. Twice is as good as once.
   *
   * @throws {@link SessionStateError} `LESSON_LOCKED`: `mayComplete` of the configuration does not let the visitor.
   */
  complete(lessonId: string): Promise<boolean>;
  /** Makes a lesson not completed, and tells whether it was. */
  reopen(lessonId: string): Promise<boolean>;
  isComplete(lessonId: string): Promise<boolean>;
  /** How far the visitor has come in a course; `null` where there is none. */
  course(slug: string): Promise<CourseProgress | null>;
  /** The same for a module that has a slug of its own. */
  module(slug: string): Promise<CourseProgress | null>;
  /** The first lesson that is not completed, in the order of the course; `null` when all are, or where there is no course. */
  next(slug: string): Promise<string | null>;
  /** Notes that the visitor has opened a lesson. Nothing while impersonating: who looks is not who learns. */
  visit(lessonId: string): Promise<void>;
  /** The lesson that was visited last, in a course or anywhere; `null` where none was. */
  resume(slug?: string): Promise<ResumePoint | null>;
}

/** Whose progress it is: the viewer, and whether somebody else acts as them. */
export interface Learner extends Viewer {
  readonly actor: object | null;
}

/** What a progress goes by. */
interface Plan extends Pick<ProgressOptions, "data" | "courses" | "hasLesson"> {
  readonly mayComplete?: ((lessonId: string) => Maybe<boolean>) | undefined;
}

/** Makes the progress of one request. */
export function createProgress(plan: Plan, learner: Learner, context: HeldContext, wait: Wait): Progress {
  const notes = createNotes(plan.data, learner, context, wait);
  const lessonsOf = createLookUp(plan, wait);
  const isComplete = async () => {
    const all = await notes.read();
    return (lessonId: string) => (all.get(lessonId)?.completedAt ?? null) !== null;
  };

  async function course(slug: string): Promise<CourseProgress | null> {
    const lessons = await lessonsOf(slug);
    return lessons && progressIn(lessons, await isComplete());
  }

  return {
    ...createChanges(plan, learner, context, wait, notes),
    isComplete: async (lessonId) => (await isComplete())(lessonId),
    course,
    module: course,
    next: async (slug) => (await course(slug))?.nextLesson ?? null,
    async resume(slug) {
      const lessons = slug === undefined ? undefined : await lessonsOf(slug);
      return lessons === null ? null : latestVisit(await notes.read(), lessons);
    },
  };
}

// A structure is asked for once per request, as the notes are.
function createLookUp({ courses }: Plan, wait: Wait): (slug: string) => Promise<readonly string[] | null> {
  const known = new Map<string, Promise<readonly string[] | null>>();
  return (slug) => {
    const found =
      known.get(slug) ??
      wait("courses", async () => {
        const structure = await courses(slug);
        return structure && lessonsInOrder(structure);
      });
    known.set(slug, found);
    return found;
  };
}

type Changes = Pick<Progress, "complete" | "reopen" | "visit">;

function createChanges(plan: Plan, learner: Learner, context: HeldContext, wait: Wait, notes: Notes): Changes {
  const { data } = plan;

  // What the session still holds is older than what is done now, and must be stored before it.
  async function change(
    lessonId: string,
    ask: (userId: string) => boolean | PromiseLike<boolean>,
    next: (note: LessonNote) => LessonNote,
  ): Promise<boolean> {
    const userId = String(learner.userId);
    await notes.flush(userId);
    const isChanged = await wait("data", () => ask(userId));
    await notes.apply(userId, lessonId, next);
    return isChanged;
  }

  return {
    async complete(lessonId) {
      await requireLesson(plan, wait, lessonId);
      await requireUnlocked(plan, wait, lessonId);
      const { now } = context;
      const isNew =
        learner.userId === null
          ? await hold(context, lessonId, now)
          : await change(
              lessonId,
              (userId) => data.complete(userId, lessonId, now),
              (note) => completed(note, now),
            );
      if (isNew) context.emit("lesson-completed", { lesson: lessonId });
      return isNew;
    },
    async reopen(lessonId) {
      await requireLesson(plan, wait, lessonId);
      const { now } = context;
      const wasComplete =
        learner.userId === null
          ? await letGo(context, lessonId)
          : await change(
              lessonId,
              (userId) => data.reopen(userId, lessonId, now),
              (note) => reopened(note, now),
            );
      if (wasComplete) context.emit("lesson-reopened", { lesson: lessonId });
      return wasComplete;
    },
    async visit(lessonId) {
      await requireLesson(plan, wait, lessonId);
      if (learner.actor !== null) return;
      const { now } = context;
      if (learner.userId === null) return holdVisit(context, lessonId, now);
      const { userId } = learner;
      await wait("data", () => data.visit(userId, lessonId, now));
      await notes.apply(userId, lessonId, (note) => visited(note, now));
    },
  };
}

async function requireLesson({ hasLesson }: Plan, wait: Wait, lessonId: string): Promise<void> {
  const isLesson = isSqlKey(lessonId) && (!hasLesson || (await wait("hasLesson", () => hasLesson(lessonId))));
  if (isLesson === true) return;
  throw new SessionDataError("DATA_INVALID", "There is no such lesson.", {
    issues: [{ path: "lesson", message: "is no id of a lesson" }],
  });
}

async function requireUnlocked({ mayComplete }: Plan, wait: Wait, lessonId: string): Promise<void> {
  if (!mayComplete || (await wait("mayComplete", () => mayComplete(lessonId))) === true) return;
  throw new SessionStateError("LESSON_LOCKED", "This visitor may not complete the lesson.", {
    hint: "Ask before the button is shown, and answer with a 403.",
  });
}

function latestVisit(
  notes: ReadonlyMap<string, LessonNote>,
  lessons: readonly string[] | undefined,
): ResumePoint | null {
  const all = lessons ? lessons.flatMap((lesson) => notes.get(lesson) ?? []) : [...notes.values()];
  let latest: ResumePoint | null = null;
  for (const { lessonId, visitedAt } of all)
    if (visitedAt !== null && visitedAt > (latest?.visitedAt ?? 0)) latest = { lessonId, visitedAt };
  return latest;
}
