import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Artwork } from "@/components/artwork";
import { BuyPanel } from "@/components/buy-panel";
import { Notices } from "@/components/notices";
import { findCourse } from "@/lib/catalogue";

type Props = PageProps<"/courses/[slug]">;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const course = findCourse((await params).slug);
  return course ? { title: course.title, description: course.summary } : {};
}

export default async function CoursePage({ params }: Props) {
  const course = findCourse((await params).slug);
  if (!course) notFound();
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
        <BuyPanel course={course} />
        <article>
          {course.description.map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
          <h2 className="outline">{course.lessons.length} lessons</h2>
          <ol className="lessons">
            {course.lessons.map((lesson) => (
              <li key={lesson}>{lesson}</li>
            ))}
          </ol>
        </article>
      </div>
    </div>
  );
}
