import type { SqlTables } from "../../sql/database.ts";
import type { CommerceData } from "../commerce-data.ts";
import { cartLineOf } from "./rows.ts";

type Carts = Pick<CommerceData, "cartOf" | "mergeCart" | "addToCart" | "takeFromCart" | "setInCart">;

const upsert =
  "INSERT INTO {commerce_carts} AS kept (user_id, product_id, quantity) VALUES (?, ?, ?) " +
  "ON CONFLICT (user_id, product_id) DO UPDATE SET quantity = ";

/** The carts of users. Each line is changed by one statement, so that none of two devices overwrites the other. */
export function createCarts(tables: SqlTables): Carts {
  return {
    async cartOf(userId) {
      const sql = "SELECT * FROM {commerce_carts} WHERE user_id = ? ORDER BY product_id";
      return (await tables.read("read a cart", sql, [userId])).map(cartLineOf);
    },
    mergeCart: (userId, lines) => {
      const greater = "CASE WHEN excluded.quantity > kept.quantity THEN excluded.quantity ELSE kept.quantity END";
      return tables.transact("merge carts", function* (sql) {
        // In one order, so that two sign-ins at once do not wait for each other in a circle.
        for (const { productId, quantity } of sorted(lines)) {
          yield* sql.write(upsert + greater, [userId, productId, quantity]);
        }
      });
    },
    async addToCart(userId, { productId, quantity }, most) {
      const sum = "CASE WHEN excluded.quantity + kept.quantity < ? THEN excluded.quantity + kept.quantity ELSE ? END";
      await tables.write("add to a cart", upsert + sum, [userId, productId, quantity, most, most]);
    },
    takeFromCart: (userId, { productId, quantity }) => {
      return tables.transact("take out of a cart", function* (sql) {
        const where = "WHERE user_id = ? AND product_id = ? AND quantity";
        const less = `UPDATE {commerce_carts} SET quantity = quantity - ? ${where} > ?`;
        if ((yield* sql.write(less, [quantity, userId, productId, quantity])) > 0) return;
        yield* sql.write(`DELETE FROM {commerce_carts} ${where} <= ?`, [userId, productId, quantity]);
      });
    },
    async setInCart(userId, { productId, quantity }) {
      if (quantity > 0) {
        await tables.write("change a cart", `${upsert}excluded.quantity`, [userId, productId, quantity]);
        return;
      }
      const sql = "DELETE FROM {commerce_carts} WHERE user_id = ? AND product_id = ?";
      await tables.write("take out of a cart", sql, [userId, productId]);
    },
  };
}

function sorted<Line extends { readonly productId: string }>(lines: readonly Line[]): Line[] {
  return [...lines].sort((one, other) => (one.productId < other.productId ? -1 : 1));
}
