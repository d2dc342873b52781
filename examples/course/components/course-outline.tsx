import type { Course } from "@/lib/catalogue";
import { entryOf, sectionsOf } from "@/lib/curriculum";
import { getSession } from "@/lib/session";
import { LessonList } from "./lesson-list";
import { ProgressBar } from "./progress-bar";

/** The sections of a course with how far the visitor has come in each. */
export async function CourseOutline({ course, current }: { course: Course; current?: string }) {
  const { progress, ability } = await getSession();
  const [whole, sections, { rules }] = await Promise.all([
    progress.course(course.slug),
    Promise.all(sectionsOf(course.slug).map(async (section) => ({ section, part: await progress.module(section.id) }))),
    ability,
  ]);
  return (
    <nav className="course-outline" aria-label={`Lessons of ${course.title}`}>
      {whole && whole.completedCount > 0 ? (
        <ProgressBar
          label={`Your progress in ${course.title}`}
          completed={whole.completedCount}
          total={whole.totalCount}
          percent={whole.percentCompleted}
        />
      ) : null}
      {sections.map(({ section, part }) => (
        <section key={section.id}>
          <h2 className="section-name">
            {section.title}
            <span className="muted small">{part ? `${part.completedCount} of ${part.totalCount}` : ""}</span>
          </h2>
          <LessonList
            lessons={section.lessons.map(entryOf)}
            completed={part?.completedLessons ?? []}
            rules={rules}
            {...(current !== undefined && { current })}
          />
        </section>
      ))}
    </nav>
  );
}
