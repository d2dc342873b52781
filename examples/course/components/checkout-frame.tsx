import type { PricedCart } from "@/lib/cart";
import { Page } from "./page";
import { Sum } from "./sum";

const steps = ["Contact", "Billing", "Review"] as const;

type Props = { step: (typeof steps)[number]; title: string; basket: PricedCart; children: React.ReactNode };

export function CheckoutFrame({ step, title, basket, children }: Props) {
  const present = steps.indexOf(step);
  return (
    <Page title={title}>
      <ol className="steps" aria-label="Checkout">
        {steps.map((name, index) => (
          <li key={name} aria-current={index === present ? "step" : undefined} data-done={index < present || undefined}>
            {name}
          </li>
        ))}
      </ol>
      <div className="split">
        <div>{children}</div>
        <OrderSummary basket={basket} />
      </div>
    </Page>
  );
}

function OrderSummary({ basket }: { basket: PricedCart }) {
  return (
    <aside className="panel" aria-label="Your order">
      <h2>Your order</h2>
      <Sum basket={basket} />
    </aside>
  );
}
