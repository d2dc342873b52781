/** Where Vesper sends invoices. */
export const countries = {
  AT: "Austria",
  BE: "Belgium",
  FR: "France",
  DE: "Germany",
  IE: "Ireland",
  IT: "Italy",
  NL: "Netherlands",
  PT: "Portugal",
  ES: "Spain",
} as const;

export type Country = keyof typeof countries;

export const countryCodes = Object.keys(countries) as [Country, ...Country[]];
