/** Where the visitor's country is read: a header that a trusted proxy sets, a function, or a fixed country. */
export type CountrySource =
  | { readonly header: string }
  | ((request: { header(name: string): string | null }) => string | null)
  | { readonly always: string };

/** A source, or several in the order in which they are believed. */
export type CountrySources = CountrySource | readonly CountrySource[];

/**
 * The first country that a source knows: two letters, in capitals (ISO 3166), or `null`. What is no such code is passed over. So is
 * `XX`, and `T1`, which some proxies say where they do not know.
 */
export function countryOf(sources: CountrySources, request: { header(name: string): string | null }): string | null {
  const list = isList(sources) ? sources : [sources];
  for (const source of list) {
    const country = read(source, request)?.trim().toUpperCase();
    if (country !== undefined && /^[A-Z]{2}$/.test(country) && country !== "XX") return country;
  }
  return null;
}

function read(source: CountrySource, request: { header(name: string): string | null }): string | null {
  if (typeof source === "function") return source(request);
  return "header" in source ? request.header(source.header) : source.always;
}

function isList(sources: CountrySources): sources is readonly CountrySource[] {
  return Array.isArray(sources);
}
