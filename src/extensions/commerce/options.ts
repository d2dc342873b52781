import { type Duration, toMilliseconds } from "../../duration.ts";
import { SessionConfigError } from "../../errors.ts";
import type { Maybe } from "../../maybe.ts";
import type { Runtime } from "../../runtime.ts";
import type { Products } from "./catalog.ts";
import type { CommerceData } from "./commerce-data.ts";
import type { CountrySources } from "./country.ts";
import type { Order } from "./order.ts";
import type { Payments } from "./payment/payments.ts";
import type { PricePolicy } from "./pricing/price.ts";

/** What {@link commerce} needs to know. */
export interface CommerceOptions {
  /** Where purchases, orders and carts are kept: `sqlCommerce(database)`, or your own. */
  readonly data: CommerceData;
  /** What is sold: a list, or a function that finds a product by its id. */
  readonly products: Products;
  /**
   * Where the visitor's country is read, in the order in which the sources are believed. A header is only as good as the proxy
   * that sets it: name one that yours overwrites. Nothing a visitor sends in a body is ever looked at.
   */
  readonly country: CountrySources;
  /** Who is paid. */
  readonly payment: Payments;
  /** How prices are made (default `standardPrices()`). */
  readonly prices?: PricePolicy;
  /**
   * For purchasing-power parity: how many percent less the same money buys in a country, by its code in capitals (default: no
   * country has a discount).
   */
  readonly parity?: Readonly<Record<string, number>> | ((country: string) => number);
  /**
   * Finds the user whom a purchase is given to: what the giver has typed (an address) becomes the id of a user, or `null`.
   * Without it nothing can be transferred.
   */
  readonly recipient?: (to: string) => Maybe<string | null>;
  /**
   * How long an order is open (default `"24h"`). So long it holds its coupon and the credit of its upgrades; a payment that comes later
   * counts only where they are still to be had.
   */
  readonly orderLifetime?: Duration;
  /**
   * Whether the viewer may have an order of theirs paid back by themselves (default: nobody may; the provider and the administration
   * do it). What it answers is looked at each time; anything but `true` refuses.
   */
  readonly mayRefund?: (order: Order) => Maybe<boolean>;
  /**
   * Whether an actor may spend and give away what is the user's, while impersonating: check out, confirm, redeem, refund, transfer,
   * invite and claim (default `"refuse"`: `IMPERSONATION_REFUSED`).
   */
  readonly impersonation?: "refuse" | "allow";
  /** Opens the action `lookup` to a machine that sends `Authorization: Bearer <lookupSecret>`, at least 32 bytes. While it is `undefined` everybody is refused. */
  readonly lookupSecret?: string | undefined;
  /** Where ids and codes come from (default: the generator of the machine). */
  readonly runtime?: Runtime;
}

/** Checks what can be checked before anybody comes. @throws {@link SessionConfigError} */
export function checkOptions({ products, lookupSecret, orderLifetime = "24h" }: CommerceOptions): void {
  toMilliseconds(orderLifetime, "commerce.orderLifetime");
  if (lookupSecret !== undefined && new TextEncoder().encode(lookupSecret).length < 32) {
    throw new SessionConfigError("CONFIG_SECRET_WEAK", "commerce: lookupSecret is shorter than 32 bytes.", {
      hint: "Make one with: openssl rand -base64 32",
    });
  }
  if (typeof products === "function") return;
  const problems = products.flatMap(({ id, unitPrice, currency }) => {
    const found: string[] = [];
    if (!Number.isSafeInteger(unitPrice) || unitPrice < 0) found.push(`the unitPrice of "${id}" is no whole number`);
    if (!/^[a-z]{3}$/.test(currency)) found.push(`the currency of "${id}" must be three small letters`);
    return found;
  });
  if (new Set(products.map(({ id }) => id)).size < products.length) problems.push("two products have the same id");
  if (problems.length === 0) return;
  throw new SessionConfigError("CONFIG_INVALID", `commerce: ${problems.join("; ")}.`, {
    hint: 'A price is in minor units: 4900 with "eur" is 49 €.',
  });
}
