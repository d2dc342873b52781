import { addLine, type CartLine, mergeLines, mostPieces, reduceLine, setLine } from "./cart-line.ts";
import type { CartTotal, CartTotalOptions } from "./cart-total.ts";
import { isQuantity } from "./own-data.ts";
import type { Viewer } from "./viewer.ts";

/**
 * What the visitor has chosen. An anonymous visitor's cart is in their session, a user's in the data, and at sign-in the one
 * is merged into the other: every product of both, and of one that is in both the greater quantity.
 */
export interface Cart {
  /** What is in it. Reading it changes nothing, and asks the data once in a request. */
  lines(): Promise<readonly CartLine[]>;
  /** Adds pieces of a product (default 1). `"unknown"` where there is no such product. */
  add(productId: string, quantity?: number): Promise<"added" | "unknown">;
  /** Takes pieces of a product away (default 1), up to those that are there; without any left the product is out. */
  reduce(productId: string, quantity?: number): Promise<void>;
  /** Sets how many pieces there are; 0 takes the product out. */
  set(productId: string, quantity: number): Promise<"set" | "unknown">;
  /** Takes a product out. */
  remove(productId: string): Promise<void>;
  /** What a checkout of the cart would ask for now: each line at the visitor's price, and the sum. It asks for nothing twice. */
  total(options?: CartTotalOptions): Promise<CartTotal>;
}

/** The lines of a visitor's cart, without their prices. */
export interface CartLines extends Omit<Cart, "total"> {
  /** Forgets what was read, after a purchase. */
  forget(): void;
}

/** Makes the lines of a visitor's cart. */
export function createCart(viewer: Viewer): CartLines {
  const { userId, data, own, catalog } = viewer;
  let stored: Promise<readonly CartLine[]> | null = null;

  function read(of: string): Promise<readonly CartLine[]> {
    stored ??= data.cartOf(of);
    return stored;
  }

  type Change = (lines: readonly CartLine[]) => CartLine[];

  async function change(held: Change, kept: (userId: string) => Promise<void>): Promise<void> {
    if (userId === null) return own.changeCart(held);
    try {
      await mergeOwnCart(viewer);
      await kept(userId);
    } finally {
      stored = null; // also where it failed: it may have been done all the same
    }
  }

  const set = (line: CartLine) =>
    change(
      (lines) => setLine(lines, line),
      (of) => data.setInCart(of, line),
    );

  return {
    // What a sign-in could not merge is shown all the same.
    lines: async () => (userId === null ? own.cart : mergeLines(await read(userId), own.cart)),
    forget() {
      stored = null;
    },
    async add(productId, quantity = 1) {
      requireQuantity(quantity);
      if (!(await catalog.find(productId))) return "unknown";
      const line = { productId, quantity };
      await change(
        (lines) => addLine(lines, line),
        (of) => data.addToCart(of, line, mostPieces),
      );
      return "added";
    },
    async reduce(productId, quantity = 1) {
      requireQuantity(quantity);
      const line = { productId, quantity };
      await change(
        (lines) => reduceLine(lines, line),
        (of) => data.takeFromCart(of, line),
      );
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
