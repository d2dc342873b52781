import type { SqlDatabase } from "../../sql/database.ts";
import type { CommerceData, NewPurchase } from "../commerce-data.ts";
import { createCarts } from "./carts.ts";
import { commerceSchema } from "./commerce-schema.ts";
import { createCoupons, type NewCoupon } from "./coupons.ts";
import { createOrders } from "./orders.ts";
import { addPurchase, createPurchases } from "./purchases.ts";
import { createRefunds } from "./refunds.ts";
import { createSeats } from "./seats.ts";

/** Commerce in a SQL database, with what an administration needs beside. */
export interface SqlCommerce extends CommerceData {
  /** Keeps a coupon. `"taken"` where its id or its code is. */
  addCoupon(coupon: NewCoupon): Promise<"added" | "taken">;
  /** Keeps a purchase that was made elsewhere, with its rights: what an import does. `"taken"` where its id is. */
  addPurchase(bought: NewPurchase): Promise<"added" | "taken">;
}

/**
 * Keeps purchases, orders and carts in a SQL database: SQLite, PostgreSQL, MySQL or MariaDB.
 *
 * Its tables are made at the first call (`commerce_…` after the prefix of the database). Everything is exact among any number of
 * processes: conditions are part of the statements that change something, in one transaction.
 *
 * @example
 * const database = sqlDatabase(new Pool({ connectionString }))
 * commerce({ data: sqlCommerce(database), … })
 */
export function sqlCommerce(database: SqlDatabase): SqlCommerce {
  const tables = database.tables(commerceSchema);
  return {
    ...createPurchases(tables),
    ...createCarts(tables),
    ...createOrders(tables),
    ...createRefunds(tables),
    ...createSeats(tables),
    ...createCoupons(tables),
    async addPurchase(bought) {
      const added = await tables.transact("keep a purchase", (sql) => addPurchase(sql, bought));
      return added ? "added" : "taken";
    },
  };
}
