/** How many pieces of one product are in a cart. */
export interface CartLine {
  readonly productId: string;
  /** A whole number from 1 to {@link mostPieces}. */
  readonly quantity: number;
}

/** How many pieces of one product a cart may hold. */
export const mostPieces = 10_000;

/** How many products a cart may hold. */
export const mostLines = 100;

/**
 * Joins two carts: every product of either, and of one that is in both the greater quantity. So merging twice changes nothing,
 * and neither does the order. The lines of the first come first.
 */
export function mergeLines(one: readonly CartLine[], other: readonly CartLine[]): CartLine[] {
  const quantities = new Map(one.map(({ productId, quantity }) => [productId, quantity]));
  for (const { productId, quantity } of other) {
    quantities.set(productId, Math.max(quantities.get(productId) ?? 0, quantity));
  }
  return [...quantities].map(([productId, quantity]) => ({ productId, quantity }));
}

/** Sets the quantity of one product; 0 takes it out. */
export function setLine(lines: readonly CartLine[], { productId, quantity }: CartLine): CartLine[] {
  if (quantity === 0) return lines.filter((line) => line.productId !== productId);
  if (!lines.some((line) => line.productId === productId)) return [...lines, { productId, quantity }];
  return lines.map((line) => (line.productId === productId ? { productId, quantity } : line));
}

/** Takes pieces away; without any left the product is out. */
export function reduceLine(lines: readonly CartLine[], { productId, quantity }: CartLine): CartLine[] {
  const present = lines.find((line) => line.productId === productId)?.quantity ?? 0;
  return setLine(lines, { productId, quantity: Math.max(0, present - quantity) });
}

/** Adds pieces to those that are there, up to {@link mostPieces}. */
export function addLine(lines: readonly CartLine[], { productId, quantity }: CartLine): CartLine[] {
  const present = lines.find((line) => line.productId === productId)?.quantity ?? 0;
  return setLine(lines, { productId, quantity: Math.min(present + quantity, mostPieces) });
}
