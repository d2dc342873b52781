import type { ExtensionContext } from "../../core/extensions.ts";
import { systemRuntime } from "../../runtime.ts";
import type { CartLine } from "./cart-line.ts";
import { createCatalog } from "./catalog.ts";
import { countryOf } from "./country.ts";
import type { CommerceOptions } from "./options.ts";
import type { Attribution } from "./own-data.ts";
import { standardPrices } from "./pricing/standard-prices.ts";
import type { OwnData, Viewer } from "./viewer.ts";

/** The data that commerce keeps in a session. */
interface Kept {
  readonly cart: readonly CartLine[];
  readonly attribution: Attribution;
}

/** The context of the extension, with the types of its data. */
export type CommerceContext = ExtensionContext<Kept, Partial<Kept>>;

/** Makes the viewer of a request from what the session and its request say. */
export function viewerOf(options: CommerceOptions, userId: string | null, context: CommerceContext): Viewer {
  const { data, products, country, payment, prices = standardPrices(), runtime = systemRuntime } = options;
  return {
    userId,
    country: countryOf(country, { header: (name) => context.header(name) }),
    now: context.now,
    data,
    catalog: createCatalog(products),
    prices,
    parity: parityOf(options),
    payment,
    runtime,
    own: ownDataOf(context),
    emit: (event, details) => context.emit(event, details),
  };
}

function parityOf({ parity = {} }: CommerceOptions): Viewer["parity"] {
  if (typeof parity === "function") return parity;
  return (country) => (Object.hasOwn(parity, country) ? (parity[country] ?? 0) : 0);
}

function ownDataOf(context: CommerceContext): OwnData {
  return {
    get cart() {
      return context.data.cart;
    },
    get attribution() {
      return context.data.attribution;
    },
    async changeCart(change) {
      await context.update("cart", change);
    },
    forgetCart: () => context.set({ cart: undefined }),
    async attribute(change) {
      await context.update("attribution", change);
    },
  };
}
