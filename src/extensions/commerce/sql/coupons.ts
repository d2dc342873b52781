import type { SqlTables } from "../../sql/database.ts";
import type { SqlSteps, SqlWork } from "../../sql/steps.ts";
import type { CommerceData, NewPurchase } from "../commerce-data.ts";
import type { Coupon } from "../coupon.ts";
import { takeUse } from "./holds.ts";
import { addPurchase } from "./purchases.ts";
import { couponOf } from "./rows.ts";
import { transactOrUndo, Undo } from "./undo.ts";

/** A coupon to be kept. */
export type NewCoupon = Omit<Coupon, "used">;

type Coupons = Pick<CommerceData, "findCoupon" | "redeem"> & {
  /** Keeps a coupon. `"taken"` where its id or its code is. */
  addCoupon(coupon: NewCoupon): Promise<"added" | "taken">;
};

type Redeemed = "redeemed" | "already" | "used";

/** Coupons. */
export function createCoupons(tables: SqlTables): Coupons {
  return {
    async addCoupon({ id, code, discount, productId, maxUses, expiresAt }) {
      const size = discount.kind === "fixed" ? discount.amount : Math.round(discount.percent * 100);
      const added = await tables.add(
        "keep a coupon",
        "INSERT INTO {commerce_coupons} (id, code, kind, size, product_id, max_uses, used, expires_at) " +
          "VALUES (?, ?, ?, ?, ?, ?, 0, ?)",
        [id, code, discount.kind, size, productId, maxUses, expiresAt],
      );
      return added ? "added" : "taken";
    },
    async findCoupon(code) {
      const [row] = await tables.read("find a coupon", "SELECT * FROM {commerce_coupons} WHERE code = ?", [code]);
      return row ? couponOf(row) : null;
    },
    async redeem(couponId, bought) {
      const result = await transactOrUndo<Redeemed>(tables, "redeem a coupon", (sql) => redeem(sql, couponId, bought));
      return result === "used" && (await hasRedeemed(tables, couponId, bought)) ? "already" : result;
    },
  };
}

function* redeem(sql: SqlSteps, couponId: string, bought: NewPurchase): SqlWork<Redeemed> {
  const { userId, createdAt } = bought.purchase;
  const lasts = "SELECT id FROM {commerce_coupons} WHERE id = ? AND (expires_at IS NULL OR expires_at > ?)";
  if ((yield* sql.read(`${lasts} {lock}`, [couponId, createdAt])).length === 0) return "used";
  if (!(yield* takeUse(sql, couponId, userId, createdAt))) return "used";
  if (!(yield* addPurchase(sql, bought, couponId))) throw new Undo("already");
  return "redeemed";
}

async function hasRedeemed(tables: SqlTables, couponId: string, { purchase }: NewPurchase): Promise<boolean> {
  const sql = "SELECT id FROM {commerce_purchases} WHERE redeemed = ? AND user_id = ?";
  return (await tables.read("find a redemption", sql, [couponId, purchase.userId])).length > 0;
}
