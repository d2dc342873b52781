import type { Purchase } from "coatcheck/extensions/commerce";
import type { Metadata } from "next";
import Link from "next/link";
import { Page } from "@/components/page";
import { findCourse } from "@/lib/catalogue";
import { countryName } from "@/lib/countries";
import { formatInstant } from "@/lib/dates";
import { invoicesOf } from "@/lib/invoices";
import { formatPrice } from "@/lib/money";
import { requireUser } from "@/lib/session";

export const metadata: Metadata = { title: "Your courses" };

export default async function PurchasesPage() {
  const { userId, commerce } = await requireUser({ returnTo: "/account/purchases" });
  const purchases = (await commerce.purchases()).toReversed();
  const numbers = new Map(invoicesOf(userId).map(({ orderId, number }) => [orderId, number]));
  if (purchases.length === 0) {
    return (
      <Page title="Your courses" lead="What you buy, and the seats you are given, will be here." narrow>
        <p className="blank">
          Nothing yet. <Link href="/">Find a course for this evening</Link>
        </p>
      </Page>
    );
  }
  return (
    <Page title="Your courses" lead="What you have bought, and the seats you were given.">
      <ul className="purchases">
        {purchases.map((purchase) => (
          <PurchaseRow
            key={purchase.id}
            purchase={purchase}
            invoice={numbers.get(purchase.orderId ?? "")}
            country={commerce.country}
          />
        ))}
      </ul>
    </Page>
  );
}

type RowProps = { purchase: Purchase; invoice: number | undefined; country: string | null };

function PurchaseRow({ purchase, invoice, country }: RowProps) {
  const { id, productId, quantity, seatOf, total, createdAt, status } = purchase;
  const isTeam = quantity > 1;
  return (
    <li className="panel purchase">
      <h2>{findCourse(productId)?.title ?? productId}</h2>
      <StatusTag purchase={purchase} country={country} />
      <p className="muted small">
        {seatOf ? "A seat you were given" : isTeam ? `${quantity} seats for ${formatPrice(total)}` : formatPrice(total)}{" "}
        · <time dateTime={new Date(createdAt).toISOString()}>{formatInstant(createdAt)}</time>
      </p>
      <p className="links">
        {status === "Refunded" ? null : isTeam ? (
          <Link href={`/seats/${id}`}>Give out seats</Link>
        ) : (
          <Link href={`/courses/${productId}`}>Open the course</Link>
        )}
        {invoice ? <Link href={`/orders/${invoice}`}>Receipt {invoice}</Link> : null}
      </p>
    </li>
  );
}

function StatusTag({ purchase, country }: { purchase: Purchase; country: string | null }) {
  const { status, quantity, seatsUsed } = purchase;
  if (status === "Refunded") return <span className="tag plain">Paid back</span>;
  if (quantity > 1) {
    return (
      <span className="tag">
        {seatsUsed} of {quantity} seats taken
      </span>
    );
  }
  if (status === "Restricted") {
    const isHere = purchase.country === country;
    return <span className={isHere ? "tag" : "tag bad"}>Only in {countryName(purchase.country)}</span>;
  }
  return <span className="tag">Yours</span>;
}
