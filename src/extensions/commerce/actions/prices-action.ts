import { type Asked, refusal } from "./acting.ts";
import { code, fields, maybeCode, quantity } from "./input.ts";

/** What `prices` takes. */
export interface PricesInput {
  readonly productId: string;
  readonly quantity: number;
  readonly coupon: string | null;
  readonly upgradeFrom: string | null;
}

/** `POST prices`: what a product costs the viewer, in their country. Without a `coupon` that of the visit counts. */
export const pricesAction = {
  auth: "anyone",
  input: fields<PricesInput>({ productId: code, quantity, coupon: maybeCode, upgradeFrom: maybeCode }),
  async handler({ session, input }: Asked<PricesInput>) {
    const { productId, coupon, ...options } = input;
    const price = await session.commerce.price(productId, { ...options, ...(coupon !== null && { coupon }) });
    return price ?? refusal(404, "not_found");
  },
} as const;
