import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { addToCart } from "@/app/cart/actions";
import { Artwork } from "@/components/artwork";
import { Notices } from "@/components/notices";
import { SubmitButton } from "@/components/submit-button";
import { seatsOf } from "@/lib/cart";
import { type Course, findCourse } from "@/lib/catalogue";
import { formatPrice } from "@/lib/money";
import { getSession } from "@/lib/session";

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
    </aside>
  );
}
