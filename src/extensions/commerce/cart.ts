import { addLine, type CartLine, mergeLines, mostPieces, setLine } from "./cart-line.ts";
import { isQuantity } from "./own-data.ts";
import type { Viewer } from "./viewer.ts";

/**
 * What the visitor has chosen. An anonymous visitor's cart is in their session, a user's in the data, and at sign-in the one
 * is merged into the other: every product of both, and of one that is in both the greater quantity.
 */
export interface Cart {
  /** What is in it. Reading it changes nothing. */
  lines(): Promise<readonly CartLine[]>;
  /** Adds pieces of a product (default 1). `"unknown"` where there is no such product. */
  add(productId: string, quantity?: number): Promise<"added" | "unknown">;
  /** Sets how many pieces there are; 0 takes the product out. */
  set(productId: string, quantity: number): Promise<"set" | "unknown">;
  /** Takes a product out. */
  remove(productId: string): Promise<void>;
}

/** Makes the cart of a visitor. */
export function createCart(viewer: Viewer): Cart {
  const { userId, data, own, catalog } = viewer;

  async function add(line: CartLine): Promise<void> {
    if (userId === null) return own.changeCart((lines) => addLine(lines, line));
    await mergeOwnCart(viewer);
    return data.addToCart(userId, line, mostPieces);
  }

  async function set(line: CartLine): Promise<void> {
    if (userId === null) return own.changeCart((lines) => setLine(lines, line));
    await mergeOwnCart(viewer);
    return data.setInCart(userId, line);
  }

  return {
    // What a sign-in could not merge is shown all the same.
    lines: async () => (userId === null ? own.cart : mergeLines(await data.cartOf(userId), own.cart)),
    async add(productId, quantity = 1) {
      requireQuantity(quantity);
      if (!(await catalog.find(productId))) return "unknown";
      await add({ productId, quantity });
      return "added";
    },
    async set(productId, quantity) {
      if (quantity !== 0) requireQuantity(quantity);
      if (quantity !== 0 && !(await catalog.find(productId))) return "unknown";
      await set({ productId, quantity });
      return "set";
    },
    remove: (productId) => set({ productId, quantity: 0 }),
  };
}

/**
 * Puts the cart of the session into the user's. First the one, then the other is changed: where this ends half-way, it is done
 * again, and merging twice changes nothing.
 */
export async function mergeOwnCart({ userId, data, own }: Viewer): Promise<void> {
  if (userId === null || own.cart.length === 0) return;
  await data.mergeCart(userId, own.cart);
  await own.forgetCart();
}

function requireQuantity(quantity: number): void {
  if (!isQuantity(quantity)) throw new RangeError(`quantity must be a whole number from 1 to ${mostPieces}.`);
}
