import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { Page } from "@/components/page";
import { formatInstant } from "@/lib/dates";
import { formatPrice } from "@/lib/money";
import { findOrder } from "@/lib/orders";
import { requireUser } from "@/lib/session";

export const metadata: Metadata = { title: "Your order" };

export default async function OrderPage({ params }: PageProps<"/orders/[number]">) {
  const { number } = await params;
  const { userId } = await requireUser({ returnTo: `/orders/${number}` });
  const order = findOrder(userId, Number(number));
  if (!order) notFound();
  return (
    <Page title={`Order ${order.number}`} lead={`Placed on ${formatInstant(order.placedAt)}.`} narrow>
      <div className="panel receipt">
        <dl className="sum">
          {order.lines.map(({ slug, title, seats, price }) => (
            <div key={slug}>
              <dt>
                {title}
                {seats > 1 ? <span className="muted"> × {seats}</span> : null}
              </dt>
              <dd>{formatPrice(price)}</dd>
            </div>
          ))}
          <div className="total">
            <dt>Total</dt>
            <dd>{formatPrice(order.total)}</dd>
          </div>
        </dl>
      </div>
      <p className="after">
        In a real shop a receipt would now be on its way to <strong>{order.email}</strong>.
      </p>
      <div className="actions start after">
        <Link className="button" href="/">
          Back to the courses
        </Link>
        <Link className="button quiet" href="/account">
          All your orders
        </Link>
      </div>
    </Page>
  );
}
