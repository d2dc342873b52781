import Link from "next/link";
import type { Course } from "@/lib/catalogue";
import { lessonsOf } from "@/lib/curriculum";
import { getSession } from "@/lib/session";
import { Artwork } from "./artwork";
import { Price } from "./price";

export async function CourseCard({ course }: { course: Course }) {
  const { commerce } = await getSession();
  const [price, isOwned] = await Promise.all([commerce.price(course.slug), commerce.has("course", course.slug)]);
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
          {isOwned ? <span className="tag">Yours</span> : price ? <Price price={price} /> : null}
        </p>
      </div>
    </li>
  );
}
