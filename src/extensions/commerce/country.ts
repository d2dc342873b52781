/** What a function that tells the country is given. */
export interface CountryRequest {
  header(name: string): string | null;
  /** The application's own data in the session. A visitor has chosen what is in it as far as the application lets them. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Where the visitor's country is read: a header that a trusted proxy sets, a function, or a fixed country. */
export type CountrySource =
  | { readonly header: string }
  | ((request: CountryRequest) => string | null)
  | { readonly always: string };

/** A source, or several in the order in which they are believed. */
export type CountrySources = CountrySource | readonly CountrySource[];

/**
 * The first country that a source knows: two letters, in capitals (ISO 3166), or `null`. What is no such code is passed over. So is
 * `XX`, and `T1`, which some proxies say where they do not know.
 */
export function countryOf(sources: CountrySources, request: CountryRequest): string | null {
  const list = isList(sources) ? sources : [sources];
  for (const source of list) {
    const country = read(source, request)?.trim().toUpperCase();
    if (country !== undefined && /^[A-Z]{2}$/.test(country) && country !== "XX") return country;
  }
  return null;
}

function read(source: CountrySource, request: CountryRequest): string | null {
  if (typeof source === "function") return source(request);
  return "header" in source ? request.header(source.header) : source.always;
}

function isList(sources: CountrySources): sources is readonly CountrySource[] {
  return Array.isArray(sources);
}
