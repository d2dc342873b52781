import type { ProductPrice } from "coatcheck/extensions/commerce";
import { formatPrice } from "@/lib/money";

/** What it costs, and what it would cost where that is more. */
export function Price({ price: { calculatedPrice, fullPrice } }: { price: ProductPrice }) {
  if (calculatedPrice === fullPrice) return <strong>{formatPrice(fullPrice)}</strong>;
  return (
    <strong className="lower">
      <s className="muted">
        <span className="visually-hidden">Instead of </span>
        {formatPrice(fullPrice)}
      </s>{" "}
      {formatPrice(calculatedPrice)}
    </strong>
  );
}
