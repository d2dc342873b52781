import type { CartLine } from "../cart-line.ts";
import { type Asked, refusal } from "./acting.ts";
import { code, fields, piecesOrNone, quantity } from "./input.ts";

/** A cart as its browser sees it. */
export interface ShownCart {
  readonly lines: readonly CartLine[];
}

/** What the actions that change a line take. */
export interface CartLineInput {
  readonly productId: string;
  readonly quantity: number;
}

/** `GET cart`: what is in the viewer's cart, anonymous or not. */
export const cartAction = {
  method: "GET",
  auth: "anyone",
  handler: async ({ session }: Asked<undefined>): Promise<ShownCart> => ({
    lines: await session.commerce.cart.lines(),
  }),
} as const;

/** `POST cart-add`: so many pieces more. */
export const cartAddAction = {
  auth: "anyone",
  input: fields<CartLineInput>({ productId: code, quantity }),
  async handler({ session: { commerce }, input }: Asked<CartLineInput>): Promise<ShownCart | Response> {
    const added = await commerce.cart.add(input.productId, input.quantity);
    return added === "added" ? { lines: await commerce.cart.lines() } : refusal(404, "not_found");
  },
} as const;

/** `POST cart-set`: so many pieces; 0 takes the product out. */
export const cartSetAction = {
  auth: "anyone",
  input: fields<CartLineInput>({ productId: code, quantity: piecesOrNone }),
  async handler({ session: { commerce }, input }: Asked<CartLineInput>): Promise<ShownCart | Response> {
    const set = await commerce.cart.set(input.productId, input.quantity);
    return set === "set" ? { lines: await commerce.cart.lines() } : refusal(404, "not_found");
  },
} as const;

/** `POST cart-remove`: the product is out, whether it was in or not. */
export const cartRemoveAction = {
  auth: "anyone",
  input: fields({ productId: code }),
  async handler({ session: { commerce }, input }: Asked<{ readonly productId: string }>): Promise<ShownCart> {
    await commerce.cart.remove(input.productId);
    return { lines: await commerce.cart.lines() };
  },
} as const;
