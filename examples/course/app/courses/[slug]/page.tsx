import type { Metadata } from "next";
import { Artwork } from "@/components/artwork";
import { BuyPanel } from "@/components/buy-panel";
import { CourseFacts } from "@/components/course-facts";
import { CourseOutline } from "@/components/course-outline";
import { Notices } from "@/components/notices";
import { visibleCourse } from "@/lib/access";
import { type Course, findCourse } from "@/lib/catalogue";
import { lessonsOf } from "@/lib/curriculum";

type Props = PageProps<"/courses/[slug]">;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const course = findCourse((await params).slug);
  return course ? { title: course.title, description: course.summary } : {};
}

export default async function CoursePage({ params }: Props) {
  const course = await visibleCourse((await params).slug);
  return (
    <div className="page">
      <Notices />
      <div className="course">
        <div className="course-art">
          <Artwork course={course} />
        </div>
        <header className="course-head">
          <p className="eyebrow">{course.level}</p>
          <h1>{course.title}</h1>
          <p className="lead">{course.summary}</p>
        </header>
        {course.isDraft ? <DraftPanel course={course} /> : <BuyPanel course={course} />}
        <article>
          {course.description.map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
          <h2 className="outline">{lessonsOf(course.slug).length} lessons</h2>
          <CourseOutline course={course} />
        </article>
      </div>
    </div>
  );
}

function DraftPanel({ course }: { course: Course }) {
  return (
    <aside className="panel buy" aria-label="About this draft">
      <p>
        <span className="tag draft">Draft</span>
      </p>
      <p>Not on sale yet. {course.teacher} and the administrators see it, and nobody else.</p>
      <CourseFacts course={course} />
    </aside>
  );
}
