import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { completeLesson, reopenLesson } from "@/app/courses/actions";
import { CourseOutline } from "@/components/course-outline";
import { LockedLesson } from "@/components/locked-lesson";
import { NoteVisit } from "@/components/note-visit";
import { Notices } from "@/components/notices";
import { SubmitButton } from "@/components/submit-button";
import { visibleCourse } from "@/lib/access";
import { findLesson, type Lesson } from "@/lib/curriculum";
import { neighbours } from "@/lib/learning";
import { isOpenTo } from "@/lib/open-lesson";
import { lessonPath } from "@/lib/paths";
import { getSession } from "@/lib/session";

type Props = PageProps<"/courses/[slug]/lessons/[lesson]">;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { slug, lesson } = await params;
  const title = findLesson(`${slug}/${lesson}`)?.title;
  return title ? { title } : {};
}

export default async function LessonPage({ params }: Props) {
  const { slug, lesson: name } = await params;
  const course = await visibleCourse(slug);
  const lesson = findLesson(`${slug}/${name}`);
  if (!lesson) notFound();
  const session = await getSession();
  const isOpen = await isOpenTo(session, lesson);
  return (
    <div className="page">
      <Notices />
      <div className="study">
        <article className="lesson">
          <header>
            <p className="eyebrow">
              <Link href={`/courses/${slug}`}>{course.title}</Link> · {lesson.section}
            </p>
            <h1>{lesson.title}</h1>
            <p className="muted">
              {lesson.minutes} minutes with {course.teacher}
              {lesson.isFree ? " · a free lesson" : ""}
            </p>
          </header>
          {isOpen ? <Content lesson={lesson} /> : <LockedLesson course={course} />}
          <Turn lesson={lesson} />
        </article>
        <CourseOutline course={course} current={lesson.id} />
      </div>
    </div>
  );
}

async function Content({ lesson }: { lesson: Lesson }) {
  const { id, progress } = await getSession();
  const isComplete = await progress.isComplete(lesson.id);
  return (
    <>
      {id === null ? null : <NoteVisit lessonId={lesson.id} />}
      <div className="lesson-text">
        {lesson.text.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
      </div>
      <section className="task" aria-labelledby="task">
        <h2 id="task">For this evening</h2>
        <p>{lesson.task}</p>
      </section>
      <div className="lesson-state" role="status">
        {isComplete ? <p className="done-note">You have completed this lesson.</p> : null}
      </div>
      <form action={(isComplete ? reopenLesson : completeLesson).bind(null, lesson.id)}>
        <SubmitButton
          key={String(isComplete)}
          className={isComplete ? "button quiet" : "button"}
          pending={isComplete ? "Reopening…" : "One moment…"}
        >
          {isComplete ? "Reopen this lesson" : "Complete and continue"}
        </SubmitButton>
      </form>
    </>
  );
}

/** The lessons before and after this one, open or not. */
function Turn({ lesson }: { lesson: Lesson }) {
  const { previous, next } = neighbours(lesson);
  return (
    <nav className="turn" aria-label="Lessons">
      {previous ? (
        <Link href={lessonPath(previous)} rel="prev">
          <span className="muted small">Previous lesson</span>
          {previous.title}
        </Link>
      ) : null}
      {next ? (
        <Link href={lessonPath(next)} rel="next" className="turn-next">
          <span className="muted small">Next lesson</span>
          {next.title}
        </Link>
      ) : null}
    </nav>
  );
}
