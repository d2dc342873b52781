import type { Purchase } from "coatcheck/extensions/commerce";
import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { Address } from "@/components/address";
import { OrderTag } from "@/components/order-tag";
import { Page } from "@/components/page";
import { Sum } from "@/components/sum";
import { findCourse } from "@/lib/catalogue";
import { formatInstant } from "@/lib/dates";
import { findOrder, type Order, paymentPath } from "@/lib/orders";
import { requireUser } from "@/lib/session";

export const metadata: Metadata = { title: "Your order" };

export default async function OrderPage({ params }: PageProps<"/orders/[number]">) {
  const { number } = await params;
  const session = await requireUser({ returnTo: `/orders/${number}` });
  const order = await findOrder(session, Number(number));
  if (!order) notFound();
  const isPaid = order.status === "paid" || order.status === "refunded";
  return (
    <Page title={`Order ${order.number}`} lead={`Placed on ${formatInstant(order.placedAt)}.`} narrow>
      <div className="stack">
        {isPaid ? <Bought purchases={order.purchases} /> : <Unpaid order={order} />}
        <section className="panel receipt" aria-labelledby="receipt">
          <div className="receipt-head">
            <h2 id="receipt">{isPaid ? "Receipt" : "What you ordered"}</h2>
            <OrderTag status={order.status} />
          </div>
          <Sum basket={order} />
          <Address billing={order.billing} name={order.contact.name} />
          {order.referral ? <p className="muted small">You were sent here by {order.referral}.</p> : null}
        </section>
        {isPaid ? (
          <p>
            In a real shop a copy would now be on its way to <strong>{order.contact.email}</strong>.
          </p>
        ) : null}
      </div>
      <div className="actions start after">
        <Link className="button quiet" href="/">
          Back to the courses
        </Link>
        <Link className="button quiet" href="/account">
          All your orders
        </Link>
      </div>
    </Page>
  );
}

function Unpaid({ order }: { order: Order }) {
  return (
    <section className="panel" aria-label="Payment">
      <p>
        {order.status === "declined"
          ? "The payment was declined, and nothing was charged. Your courses are still in the cart."
          : "It has not been paid yet. Your courses are still in the cart."}
      </p>
      <div className="actions start">
        <Link className="button" href={paymentPath(order)}>
          {order.status === "declined" ? "Try the payment again" : "Go to the payment"}
        </Link>
        <Link className="button quiet" href="/cart">
          Change the cart
        </Link>
      </div>
    </section>
  );
}

function Bought({ purchases }: { purchases: readonly Purchase[] }) {
  return (
    <ul className="rows">
      {purchases.map(({ id, productId, quantity }) => (
        <li key={id}>
          <span>{findCourse(productId)?.title ?? productId}</span>
          {quantity > 1 ? (
            <Link href={`/seats/${id}`}>Give out {quantity} seats</Link>
          ) : (
            <Link href={`/courses/${productId}`}>Open the course</Link>
          )}
        </li>
      ))}
    </ul>
  );
}
