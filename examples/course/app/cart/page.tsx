import type { Metadata } from "next";
import Link from "next/link";
import { CartLine } from "@/components/cart-line";
import { Page } from "@/components/page";
import { formatPrice } from "@/lib/money";
import { getSession } from "@/lib/session";

export const metadata: Metadata = { title: "Your cart" };

export default async function CartPage() {
  const { basket, userId } = await getSession();
  if (basket.lines.length === 0) return <EmptyCart />;
  return (
    <Page title="Your cart">
      <div className="split">
        <ul className="lines">
          {basket.lines.map((line) => (
            <CartLine key={line.slug} line={line} />
          ))}
        </ul>
        <aside className="panel" aria-label="Summary">
          <dl className="sum">
            <div>
              <dt>
                {count(basket.seats, "seat")} in {count(basket.lines.length, "course")}
              </dt>
              <dd>{formatPrice(basket.total)}</dd>
            </div>
            <div className="total">
              <dt>Total</dt>
              <dd>{formatPrice(basket.total)}</dd>
            </div>
          </dl>
          <Link className="button wide" href="/checkout/contact">
            Check out
          </Link>
          {userId === null ? (
            <p className="muted small">You will be asked to sign in. Your cart comes with you.</p>
          ) : null}
        </aside>
      </div>
    </Page>
  );
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
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
