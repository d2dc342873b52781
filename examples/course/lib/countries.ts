import { z } from "zod";

/** Where Vesper sends invoices. */
export const countries = {
  AT: "Austria",
  BE: "Belgium",
  BR: "Brazil",
  FR: "France",
  DE: "Germany",
  IN: "India",
  IE: "Ireland",
  IT: "Italy",
  MX: "Mexico",
  NL: "Netherlands",
  PL: "Poland",
  PT: "Portugal",
  ES: "Spain",
} as const;

export type Country = keyof typeof countries;

export const countryCodes = Object.keys(countries) as [Country, ...Country[]];

/** What the session holds: where the visitor says they are. */
export const shoppingFromSchema = z.enum(countryCodes).optional();

/** Where a visitor is while nothing says otherwise. */
export const homeCountry: Country = "IE";

/** How many percent less the same money buys there. Prices follow it from 40 % on, and then by fives. */
export const parity: Readonly<Record<string, number>> = { BR: 54, IN: 73, MX: 48, PL: 43, PT: 28 };

export function countryName(code: string | null): string {
  return code !== null && Object.hasOwn(countries, code) ? countries[code as Country] : "your country";
}
