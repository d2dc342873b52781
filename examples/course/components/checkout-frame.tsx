import type { PricedCart } from "@/lib/cart";
import { formatPrice } from "@/lib/money";
import { Page } from "./page";

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
      <dl className="sum">
        {basket.lines.map(({ slug, title, seats, price }) => (
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
          <dd>{formatPrice(basket.total)}</dd>
        </div>
      </dl>
    </aside>
  );
}
