import type { ExtensionContext } from "../../core/extensions.ts";
import { toMilliseconds } from "../../duration.ts";
import { systemRuntime } from "../../runtime.ts";
import type { CartLine } from "./cart-line.ts";
import { createCatalog } from "./catalog.ts";
import { type CountryRequest, countryOf } from "./country.ts";
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

/** What commerce needs of the session. */
export interface Someone {
  readonly userId: string | null;
  readonly actor: object | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Makes the viewer of a request from what the session and its request say. */
export function viewerOf(options: CommerceOptions, session: Someone, context: CommerceContext): Viewer {
  const { userId, actor } = session;
  const { data, products, country, payment, prices = standardPrices(), runtime = systemRuntime } = options;
  return {
    userId,
    actor,
    country: countryOf(country, requestOf(session, context)),
    now: context.now,
    data,
    catalog: createCatalog(products),
    prices,
    parity: parityOf(options),
    payment,
    runtime,
    orderLifetime: toMilliseconds(options.orderLifetime ?? "24h", "commerce.orderLifetime"),
    mayActorSpend: options.impersonation === "allow",
    own: ownDataOf(context),
    emit: (event, details) => context.emit(event, details),
  };
}

// The data is decoded only if a source asks for it.
function requestOf(session: Someone, context: CommerceContext): CountryRequest {
  return {
    header: (name) => context.header(name),
    get data() {
      return session.data;
    },
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
