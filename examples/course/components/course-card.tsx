import Link from "next/link";
import type { Course } from "@/lib/catalogue";
import { lessonsOf } from "@/lib/curriculum";
import { formatPrice } from "@/lib/money";
import { Artwork } from "./artwork";

export function CourseCard({ course }: { course: Course }) {
  return (
    <li className="card">
      <Artwork course={course} />
      <div className="card-body">
        <p className="eyebrow">{course.level}</p>
        <h3>
          <Link className="card-link" href={`/courses/${course.slug}`}>
            {course.title}
          </Link>
        </h3>
        <p>{course.summary}</p>
        <p className="facts">
          <span>
            {lessonsOf(course.slug).length} lessons · {course.hours} hours
          </span>
          <strong>{formatPrice(course.price)}</strong>
        </p>
      </div>
    </li>
  );
}
