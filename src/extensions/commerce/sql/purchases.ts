import type { SqlTables } from "../../sql/database.ts";
import type { SqlSteps, SqlWork } from "../../sql/steps.ts";
import type { CommerceData, NewPurchase } from "../commerce-data.ts";
import { entitlementOf, purchaseColumns, purchaseOf, purchaseValues } from "./rows.ts";

type Purchases = Pick<CommerceData, "purchasesOf" | "entitlementsOf" | "transfer">;

/** What users own. */
export function createPurchases(tables: SqlTables): Purchases {
  return {
    async purchasesOf(userId) {
      const sql = "SELECT * FROM {commerce_purchases} WHERE user_id = ? ORDER BY created_at, id";
      return (await tables.read("list purchases", sql, [userId])).map(purchaseOf);
    },
    async entitlementsOf(userId) {
      const sql = "SELECT * FROM {commerce_entitlements} WHERE user_id = ? AND deleted_at IS NULL ORDER BY id";
      return (await tables.read("list entitlements", sql, [userId])).map(entitlementOf);
    },
    transfer: (purchaseId, from, to) => {
      return tables.transact("transfer a purchase", function* (sql) {
        const moved = yield* sql.write(
          "UPDATE {commerce_purchases} SET user_id = ? WHERE id = ? AND user_id = ? " +
            "AND status <> 'Refunded' AND seat_of IS NULL AND redeemed IS NULL AND upgraded_to IS NULL",
          [to, purchaseId, from],
        );
        if (moved === 0) return "missing";
        yield* sql.write("UPDATE {commerce_entitlements} SET user_id = ? WHERE purchase_id = ? AND user_id = ?", [
          to,
          purchaseId,
          from,
        ]);
        return "transferred";
      });
    },
  };
}

/**
 * Keeps a purchase with its rights, and tells whether it did: not where the user has a seat of that team already, or has
 * redeemed that coupon.
 */
export function* addPurchase(
  sql: SqlSteps,
  { purchase, entitlements }: NewPurchase,
  redeemed: string | null = null,
): SqlWork<boolean> {
  const values = purchaseValues(purchase, redeemed);
  const marks = values.map(() => "?").join(", ");
  const added = yield* sql.add(`INSERT INTO {commerce_purchases} (${purchaseColumns}) VALUES (${marks})`, values);
  if (!added) return false;
  for (const [at, entitlement] of entitlements.entries()) {
    const { type, contentIds, expiresAt, purchaseId, country } = entitlement;
    yield* sql.add(
      "INSERT INTO {commerce_entitlements} (id, user_id, type, content_ids, expires_at, purchase_id, country) " +
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
      [`${purchase.id}.${at}`, purchase.userId, type, JSON.stringify(contentIds), expiresAt, purchaseId, country],
    );
  }
  return true;
}
