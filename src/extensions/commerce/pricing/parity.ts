const step = 5;
const least = 40;
const most = 75;

/**
 * The discount for purchasing-power parity, in percent, of the raw one of a country (how many percent less the same money
 * buys at home).
 *
 * It is rounded to 5 %, and then is 0 below 40 % and 75 % at most.
 */
export function parityPercent(raw: number): number {
  if (!(raw > 0)) return 0;
  const rounded = Math.round(raw / step) * step;
  return rounded < least ? 0 : Math.min(rounded, most);
}
