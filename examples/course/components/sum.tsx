import type { DiscountKind } from "coatcheck/extensions/commerce";
import { discountsOf, type PricedCart, type PricedLine } from "@/lib/cart";
import { countryName } from "@/lib/countries";
import { formatPrice } from "@/lib/money";

type Props = { basket: Pick<PricedCart, "lines" | "total"> & { readonly coupon: string | PricedCart["coupon"] } };

/** Every course with its full price, what is taken off it and why, and the total. */
export function Sum({ basket: { lines, total, coupon } }: Props) {
  const code = typeof coupon === "string" ? coupon : (coupon?.code ?? null);
  return (
    <dl className="sum">
      {lines.map(({ slug, title, seats, price }) => (
        <div key={slug}>
          <dt>
            {title}
            {seats > 1 ? <span className="muted"> × {seats}</span> : null}
          </dt>
          <dd>{formatPrice(price.fullPrice)}</dd>
        </div>
      ))}
      {reductionsOf(lines, code).map(({ label, amount }) => (
        <div key={label} className="off">
          <dt>{label}</dt>
          <dd>−{formatPrice(amount)}</dd>
        </div>
      ))}
      <div className="total">
        <dt>Total</dt>
        <dd>{formatPrice(total)}</dd>
      </div>
    </dl>
  );
}

/** One row for each reason. What several of them take off one line together is less than their sum: the last one has the rest. */
function reductionsOf(lines: readonly PricedLine[], code: string | null) {
  const amounts = new Map<string, number>();
  for (const { price } of lines) {
    let left = price.fullPrice - price.calculatedPrice;
    const discounts = discountsOf(price);
    for (const [index, { kind, amount }] of discounts.entries()) {
      const share = index === discounts.length - 1 ? left : Math.min(amount, left);
      const label = labelOf(kind, price.country, code);
      amounts.set(label, (amounts.get(label) ?? 0) + share);
      left -= share;
    }
  }
  return [...amounts].map(([label, amount]) => ({ label, amount }));
}

function labelOf(kind: DiscountKind, country: string | null, code: string | null): string {
  if (kind === "ppp") return `Price for ${countryName(country)}`;
  return kind === "bulk" ? "Team of five or more" : `Coupon ${code ?? ""}`.trim();
}
