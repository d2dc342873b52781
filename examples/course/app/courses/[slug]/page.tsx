import type { Metadata } from "next";
import Link from "next/link";
import { addToCart } from "@/app/cart/actions";
import { Artwork } from "@/components/artwork";
import { CourseOutline } from "@/components/course-outline";
import { Notices } from "@/components/notices";
import { SubmitButton } from "@/components/submit-button";
import { visibleCourse } from "@/lib/access";
import { seatsOf } from "@/lib/cart";
import { type Course, findCourse } from "@/lib/catalogue";
import { lessonsOf } from "@/lib/curriculum";
import { formatPrice } from "@/lib/money";
import { getSession } from "@/lib/session";

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
      <Facts course={course} />
    </aside>
  );
}

async function BuyPanel({ course }: { course: Course }) {
  const { data } = await getSession();
  const seats = seatsOf(data.cart, course.slug);
  return (
    <aside className="panel buy" aria-label="Buy this course">
      <p className="price">{formatPrice(course.price)}</p>
      <p className="muted">for one person, for good</p>
      <form action={addToCart}>
        <input type="hidden" name="slug" value={course.slug} />
        <SubmitButton className="button wide" pending="Adding…">
          {seats > 0 ? "Add another seat" : "Add to cart"}
        </SubmitButton>
      </form>
      {seats > 0 ? (
        <p className="in-cart">
          {seats === 1 ? "One seat is" : `${seats} seats are`} in <Link href="/cart">your cart</Link>.
        </p>
      ) : null}
      <Facts course={course} />
    </aside>
  );
}

function Facts({ course }: { course: Course }) {
  return (
    <dl className="facts-list">
      <div>
        <dt>Taught by</dt>
        <dd>{course.teacher}</dd>
      </div>
      <div>
        <dt>Video</dt>
        <dd>{course.hours} hours</dd>
      </div>
      <div>
        <dt>Level</dt>
        <dd>{course.level}</dd>
      </div>
    </dl>
  );
}
