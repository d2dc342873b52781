import Link from "next/link";
import { addToCart } from "@/app/cart/actions";
import type { Course } from "@/lib/catalogue";
import { lessonsOf } from "@/lib/curriculum";
import { formatPrice } from "@/lib/money";
import { lessonPath } from "@/lib/paths";
import { getSession } from "@/lib/session";
import { LockIcon } from "./icons";
import { Price } from "./price";
import { SubmitButton } from "./submit-button";

/** In place of a lesson: why it is locked, what opens it, and what may be read without paying. */
export async function LockedLesson({ course }: { course: Course }) {
  const { userId, commerce } = await getSession();
  const price = await commerce.price(course.slug);
  const free = lessonsOf(course.slug).filter(({ isFree }) => isFree);
  return (
    <section className="panel locked" aria-labelledby="locked">
      <h2 id="locked">
        <LockIcon /> This lesson is part of the course
      </h2>
      <p>
        {price ? <Price price={price} /> : null} opens all {lessonsOf(course.slug).length} lessons of “{course.title}”,
        for one person and for good.
      </p>
      <div className="actions start">
        <form action={addToCart}>
          <input type="hidden" name="slug" value={course.slug} />
          <input type="hidden" name="seats" value="1" />
          <SubmitButton className="button" pending="Adding…">
            Add to cart{price ? ` · ${formatPrice(price.calculatedPrice)}` : ""}
          </SubmitButton>
        </form>
      </div>
      {userId === null ? (
        <p className="muted">
          Bought it already? <Link href={`/sign-in?returnTo=/courses/${course.slug}`}>Sign in</Link>, and it opens.
        </p>
      ) : null}
      <p>Free to read:</p>
      <ul className="plain">
        {free.map((lesson) => (
          <li key={lesson.id}>
            <Link href={lessonPath(lesson)}>{lesson.title}</Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
