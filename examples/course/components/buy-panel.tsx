import type { ProductPrice } from "coatcheck/extensions/commerce";
import Link from "next/link";
import { addToCart } from "@/app/cart/actions";
import { mostSeats } from "@/lib/cart";
import type { Course } from "@/lib/catalogue";
import { countryName } from "@/lib/countries";
import { formatPrice } from "@/lib/money";
import { getSession } from "@/lib/session";
import { CourseFacts } from "./course-facts";
import { SubmitButton } from "./submit-button";

/** What the course costs this visitor, or that they have it, and the way into the cart. */
export async function BuyPanel({ course }: { course: Course }) {
  const session = await getSession();
  const { commerce } = session;
  const price = await commerce.price(course.slug);
  const { lines } = await session.basket;
  const seats = lines.find((line) => line.slug === course.slug)?.seats ?? 0;
  const isOwned = await commerce.has("course", course.slug);
  const purchases = await commerce.purchases();
  const elsewhere = purchases.find(({ productId, status }) => productId === course.slug && status === "Restricted");
  return (
    <aside className="panel buy" aria-label="Buy this course">
      {isOwned ? <p className="tag">This course is yours</p> : null}
      {elsewhere && !isOwned ? (
        <p className="notice bad small">
          You bought this course at the price for {countryName(elsewhere.country)}, and it is open there. In{" "}
          {countryName(commerce.country)} it is not.
        </p>
      ) : null}
      {price ? <ForOne price={price} /> : null}
      <form action={addToCart} className="seats">
        <input type="hidden" name="slug" value={course.slug} />
        <label htmlFor="seats">Seats</label>
        <input
          id="seats"
          name="seats"
          type="number"
          inputMode="numeric"
          min={1}
          max={mostSeats}
          defaultValue={1}
          required
          aria-describedby="seats-note"
        />
        <SubmitButton className={isOwned ? "button quiet wide" : "button wide"} pending="Adding…">
          {seats > 0 ? "Add to the cart again" : "Add to cart"}
        </SubmitButton>
        <p id="seats-note" className="hint">
          Five seats or more cost 15 % less, ten or more 25 % less.
        </p>
      </form>
      {seats > 0 ? (
        <p className="in-cart">
          {seats === 1 ? "One seat is" : `${seats} seats are`} in <Link href="/cart">your cart</Link>.
        </p>
      ) : null}
      <CourseFacts course={course} />
    </aside>
  );
}

function ForOne({ price }: { price: ProductPrice }) {
  const { fullPrice, calculatedPrice, isRestricted, country, couponStatus } = price;
  return (
    <>
      <p className="price">
        {calculatedPrice < fullPrice ? (
          <s>
            <span className="visually-hidden">Instead of </span>
            {formatPrice(fullPrice)}
          </s>
        ) : null}{" "}
        {formatPrice(calculatedPrice)}
      </p>
      <p className="muted">for one person, for good</p>
      {isRestricted ? <p className="in-cart">Price for {countryName(country)}: it can be taken there.</p> : null}
      {couponStatus === "applied" ? <p className="in-cart">With your coupon.</p> : null}
    </>
  );
}
