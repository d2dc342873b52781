import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { submitOrder } from "@/app/checkout/actions";
import { addressLines } from "@/components/address";
import { CheckoutFrame } from "@/components/checkout-frame";
import { SubmitButton } from "@/components/submit-button";
import { fingerprint } from "@/lib/cart";
import { nextStep } from "@/lib/checkout";
import { formatPrice } from "@/lib/money";
import { requireUser } from "@/lib/session";

export const metadata: Metadata = { title: "Checkout: review" };

export default async function ReviewPage() {
  const session = await requireUser({ returnTo: "/checkout/review" });
  const { data } = session;
  const basket = await session.basket;
  if (basket.lines.length === 0) redirect("/cart");
  const missing = nextStep(data.checkout);
  if (missing) redirect(`/checkout/${missing}`);
  const { contact, billing } = data.checkout;
  return (
    <CheckoutFrame step="Review" title="All as it should be?" basket={basket}>
      <Answers heading="Contact" edit="/checkout/contact" lines={Object.values(contact?.values ?? {})} />
      <Answers heading="Billing" edit="/checkout/billing" lines={addressLines(billing?.values ?? {})} />
      <form action={submitOrder.bind(null, fingerprint(basket))} className="form">
        <SubmitButton className="button wide" pending="Placing your order…">
          Place the order · {formatPrice(basket.total)}
        </SubmitButton>
        <p className="muted small">The payment is next. This is a demonstration: nothing is charged.</p>
      </form>
    </CheckoutFrame>
  );
}

type Props = { heading: string; edit: string; lines: readonly (string | undefined)[] };

function Answers({ heading, edit, lines }: Props) {
  return (
    <section className="answers">
      <h2>{heading}</h2>
      <Link href={edit}>
        Change<span className="visually-hidden"> {heading.toLowerCase()}</span>
      </Link>
      <p>
        {lines.filter(Boolean).map((line) => (
          <span key={line}>{line}</span>
        ))}
      </p>
    </section>
  );
}
