import Link from "next/link";
import { changeLine, removeLine } from "@/app/cart/actions";
import { mostSeats, type PricedLine } from "@/lib/cart";
import { findCourse } from "@/lib/catalogue";
import { Artwork } from "./artwork";
import { Price } from "./price";
import { SubmitButton } from "./submit-button";

export function CartLine({ line }: { line: PricedLine }) {
  const course = findCourse(line.slug);
  return (
    <li className="line">
      <div className="thumb">{course ? <Artwork course={course} /> : null}</div>
      <div className="line-title">
        <h2 className="line-name">
          <Link href={`/courses/${line.slug}`}>{line.title}</Link>
        </h2>
        <form action={removeLine}>
          <input type="hidden" name="slug" value={line.slug} />
          <SubmitButton className="link" pending="Removing…">
            Remove
          </SubmitButton>
        </form>
      </div>
      <form action={changeLine} className="stepper" aria-label={`Seats for ${line.title}`}>
        <input type="hidden" name="slug" value={line.slug} />
        <SubmitButton className="step" name="by" value="-1" aria-label={`One seat less of ${line.title}`}>
          −
        </SubmitButton>
        <output>
          {line.seats}
          <span className="visually-hidden">{line.seats === 1 ? " seat" : " seats"}</span>
        </output>
        <SubmitButton
          className="step"
          name="by"
          value="1"
          aria-label={`One seat more of ${line.title}`}
          disabled={line.seats >= mostSeats}
        >
          +
        </SubmitButton>
      </form>
      <div className="line-price">
        <Price price={line.price} />
      </div>
    </li>
  );
}
