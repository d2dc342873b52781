import type { Metadata } from "next";
import Link from "next/link";
import { applyCoupon, removeCoupon } from "@/app/cart/actions";
import { CartLine } from "@/components/cart-line";
import { Page } from "@/components/page";
import { SubmitButton } from "@/components/submit-button";
import { Sum } from "@/components/sum";
import type { PricedCart } from "@/lib/cart";
import { countryName } from "@/lib/countries";
import { getSession } from "@/lib/session";

export const metadata: Metadata = { title: "Your cart" };

export default async function CartPage() {
  const session = await getSession();
  const basket = await session.basket;
  if (basket.lines.length === 0) return <EmptyCart />;
  const restricted = basket.lines.find(({ price }) => price.isRestricted);
  return (
    <Page title="Your cart">
      <div className="split">
        <ul className="lines">
          {basket.lines.map((line) => (
            <CartLine key={line.slug} line={line} />
          ))}
        </ul>
        <aside className="panel" aria-label="Summary">
          <Sum basket={basket} />
          <Coupon basket={basket} />
          <Link className="button wide" href="/checkout/contact">
            Check out
          </Link>
          {restricted ? (
            <p className="muted small">
              A course at the price for {countryName(restricted.price.country)} can be taken there, and not elsewhere.
            </p>
          ) : null}
          {session.userId === null ? (
            <p className="muted small">You will be asked to sign in. Your cart comes with you.</p>
          ) : null}
        </aside>
      </div>
    </Page>
  );
}

function Coupon({ basket: { coupon } }: { basket: PricedCart }) {
  if (coupon) {
    return (
      <form action={removeCoupon} className="coupon-held">
        <p className="small">
          <strong>{coupon.code}</strong>{" "}
          <span className="muted">{coupon.isApplied ? "is applied." : "takes nothing off at present."}</span>
        </p>
        <SubmitButton className="link" pending="Removing…" aria-label={`Remove the coupon ${coupon.code}`}>
          Remove
        </SubmitButton>
      </form>
    );
  }
  return (
    <form action={applyCoupon} className="coupon">
      <label htmlFor="coupon">Coupon</label>
      <input id="coupon" name="coupon" maxLength={40} autoComplete="off" autoCapitalize="characters" required />
      <SubmitButton className="button quiet small" pending="Looking…">
        Apply
      </SubmitButton>
    </form>
  );
}

function EmptyCart() {
  return (
    <Page title="Your cart is empty" lead="An evening is a good place to start. What would you like to learn?" narrow>
      <Link className="button" href="/">
        See all courses
      </Link>
    </Page>
  );
}
