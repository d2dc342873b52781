import type { Duration } from "../../duration.ts";
import type { Maybe } from "../../maybe.ts";

/** A right that whoever owns a product has. */
export interface Grant {
  /** What may be done, in the words of the application: `"course_access"`. */
  readonly type: string;
  /** What it may be done to; empty for everything. */
  readonly contentIds?: readonly string[];
  /** How long (default: for good). */
  readonly lasts?: Duration;
}

/** What is sold. */
export interface Product {
  readonly id: string;
  readonly name: string;
  /** The price of one piece, in minor units of `currency` (cents). */
  readonly unitPrice: number;
  /** ISO 4217, in lower case: `"eur"`. */
  readonly currency: string;
  /** The rights of whoever owns it. Of several pieces each is a seat, and whoever claims one has them. */
  readonly grants?: readonly Grant[];
  /** The products whose owners pay only the difference. */
  readonly upgradableFrom?: readonly string[];
}

/** The products: a list of all, or a function that finds one by its id. */
export type Products = readonly Product[] | ((id: string) => Maybe<Product | null>);

/** Finds products; each is asked for once. */
export interface Catalog {
  find(id: string): Promise<Product | null>;
  /** All of them, where they are given as a list. */
  readonly all: readonly Product[];
}

/** Makes a catalog for one request. */
export function createCatalog(products: Products): Catalog {
  if (typeof products !== "function") {
    return { find: async (id) => products.find((product) => product.id === id) ?? null, all: products };
  }
  const found = new Map<string, Promise<Product | null>>();
  return {
    all: [],
    find(id) {
      const known = found.get(id) ?? Promise.resolve(products(id));
      found.set(id, known);
      return known;
    },
  };
}
