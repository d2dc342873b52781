import type { SqlTables } from "../../sql/database.ts";
import type { SqlSteps, SqlWork } from "../../sql/steps.ts";
import type { CommerceData, Fulfilment } from "../commerce-data.ts";
import type { Purchase } from "../purchase.ts";
import { addPurchase } from "./purchases.ts";
import { orderOf } from "./rows.ts";
import { transactOrUndo, Undo } from "./undo.ts";

type Orders = Pick<CommerceData, "addOrder" | "findOrder" | "fulfil">;

/** Orders, and what is paid for them. */
export function createOrders(tables: SqlTables): Orders {
  return {
    async addOrder({ id, userId, status, currency, total, lines, country, referral, createdAt }) {
      await tables.add(
        "keep an order",
        "INSERT INTO {commerce_orders} (id, user_id, status, currency, total, items, country, referral, created_at) " +
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [id, userId, status, currency, total, JSON.stringify(lines), country, referral, createdAt],
      );
    },
    async findOrder(orderId) {
      const [row] = await tables.read("find an order", "SELECT * FROM {commerce_orders} WHERE id = ?", [orderId]);
      return row ? orderOf(row) : null;
    },
    fulfil: (fulfilment) => transactOrUndo(tables, "fulfil an order", (sql) => fulfil(sql, fulfilment)),
  };
}

type Fulfilled = "fulfilled" | "already" | "missing" | "used";

// The row of the event keeps two messages of the same event apart, the status of the order two different events.
function* fulfil(sql: SqlSteps, { orderId, eventId, userId, bought, coupons, now }: Fulfilment): SqlWork<Fulfilled> {
  if (!(yield* addPayment(sql, eventId, orderId, now))) return "already";
  const paid = yield* sql.write("UPDATE {commerce_orders} SET status = 'paid' WHERE id = ? AND status = 'open'", [
    orderId,
  ]);
  if (paid === 0) {
    const [row] = yield* sql.read("SELECT id FROM {commerce_orders} WHERE id = ?", [orderId]);
    if (row) return "already";
    throw new Undo("missing");
  }
  for (const couponId of new Set(bought.flatMap(({ purchase }) => purchase.couponId ?? []))) {
    yield* countCoupon(sql, couponId, coupons, now);
  }
  for (const one of bought) {
    yield* addPurchase(sql, one);
    yield* finish(sql, userId, one.purchase);
  }
  return "fulfilled";
}

/** Notes an event, and tells whether it is new. */
export function addPayment(sql: SqlSteps, eventId: string, orderId: string, now: number): SqlWork<boolean> {
  const statement = "INSERT INTO {commerce_payments} (event_id, order_id, created_at) VALUES (?, ?, ?)";
  return sql.add(statement, [eventId, orderId, now]);
}

function* countCoupon(sql: SqlSteps, couponId: string, rule: Fulfilment["coupons"], now: number): SqlWork<void> {
  const statement = "UPDATE {commerce_coupons} SET used = used + 1 WHERE id = ?";
  if (rule === "counted") {
    yield* sql.write(statement, [couponId]);
    return;
  }
  if ((yield* sql.write(statement + isLeft, [couponId, now])) === 0) throw new Undo("used");
}

/** The condition that a coupon may be used once more at an instant. */
export const isLeft = " AND (max_uses IS NULL OR used < max_uses) AND (expires_at IS NULL OR expires_at > ?)";

function* finish(sql: SqlSteps, userId: string, { id, productId, upgradedFrom }: Purchase): SqlWork<void> {
  yield* sql.write("DELETE FROM {commerce_carts} WHERE user_id = ? AND product_id = ?", [userId, productId]);
  if (upgradedFrom === null) return;
  const mark = "UPDATE {commerce_purchases} SET upgraded_to = ? WHERE id = ? AND user_id = ? AND upgraded_to IS NULL";
  yield* sql.write(mark, [id, upgradedFrom, userId]);
}
