import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { Page } from "@/components/page";
import { SubmitButton } from "@/components/submit-button";
import { invoiceOfOrder } from "@/lib/invoices";
import { formatPrice } from "@/lib/money";
import { findOrder } from "@/lib/orders";
import { requireUser } from "@/lib/session";
import { decline, pay } from "./actions";

export const metadata: Metadata = { title: "Test payment" };

/** Plays the page of a provider of payments. */
export default async function PayPage({ searchParams }: PageProps<"/checkout/pay">) {
  const orderId = String((await searchParams).order ?? "");
  const session = await requireUser({ returnTo: `/checkout/pay?order=${encodeURIComponent(orderId)}` });
  const invoice = invoiceOfOrder(session.userId, orderId);
  const order = invoice && (await findOrder(session, invoice.number));
  if (!order) notFound();
  if (order.status === "paid" || order.status === "refunded") redirect(`/orders/${order.number}`);
  return (
    <Page
      title="Test payment"
      lead="A real shop would hand you over to its bank here. This page plays the bank."
      narrow
    >
      <div className="panel">
        <dl className="facts-list">
          <div>
            <dt>Order</dt>
            <dd>{order.number}</dd>
          </div>
          <div>
            <dt>To be paid to Vesper</dt>
            <dd>
              <strong>{formatPrice(order.total)}</strong>
            </dd>
          </div>
        </dl>
        <form action={pay}>
          <input type="hidden" name="order" value={order.orderId} />
          <SubmitButton className="button wide" pending="Paying…">
            Pay {formatPrice(order.total)}
          </SubmitButton>
        </form>
        <form action={decline}>
          <input type="hidden" name="order" value={order.orderId} />
          <SubmitButton className="button quiet wide" pending="One moment…">
            Decline
          </SubmitButton>
        </form>
        <p className="muted small">Nothing is charged, whichever you press.</p>
      </div>
    </Page>
  );
}
