import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { Page } from "@/components/page";
import { allCourses } from "@/lib/catalogue";
import { lessonsOf } from "@/lib/curriculum";
import { courseSubject } from "@/lib/policy";
import { requireUser } from "@/lib/session";

export const metadata: Metadata = { title: "Teaching" };

/** The courses that somebody teaches, drafts too. For whoever teaches none there is no such page. */
export default async function TeachingPage() {
  const session = await requireUser({ returnTo: "/teaching" });
  const ability = await session.ability;
  const courses = allCourses.filter((course) => ability.can("teach", courseSubject(course)));
  if (courses.length === 0) notFound();
  return (
    <Page title="Teaching" lead="What you see here before anybody else does." narrow>
      <ul className="my-courses">
        {courses.map((course) => (
          <li key={course.slug} className="my-course">
            <Link href={`/courses/${course.slug}`}>
              <strong>{course.title}</strong>
            </Link>
            <p className="muted small">
              {course.teacher} · {lessonsOf(course.slug).length} lessons · {course.hours} hours
            </p>
            {course.isDraft ? <span className="tag draft">Draft</span> : <span className="tag">On sale</span>}
          </li>
        ))}
      </ul>
    </Page>
  );
}
