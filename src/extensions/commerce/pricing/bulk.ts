/** From how many pieces on, how many percent. */
export type BulkTier = readonly [from: number, percent: number];

/** Up to 4 pieces: nothing; 5 to 9: 15 %; 10 to 29: 25 %; 30 and more: 35 %. */
export const standardTiers: readonly BulkTier[] = [
  [5, 15],
  [10, 25],
  [30, 35],
];

/** The discount for a number of pieces, in percent: that of the highest tier which is reached. */
export function bulkPercent(quantity: number, tiers: readonly BulkTier[] = standardTiers): number {
  let reached: BulkTier = [0, 0];
  for (const tier of tiers) if (quantity >= tier[0] && tier[0] >= reached[0]) reached = tier;
  return reached[1];
}
