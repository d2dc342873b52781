const euros = new Intl.NumberFormat("en-IE", {
  style: "currency",
  currency: "EUR",
  trailingZeroDisplay: "stripIfInteger",
});

/** Prices are whole cents. */
export function formatPrice(cents: number): string {
  return euros.format(cents / 100);
}
