import type { SqlTables } from "../../sql/database.ts";
import type { SqlSteps, SqlWork } from "../../sql/steps.ts";
import type { CommerceData, Fulfilment } from "../commerce-data.ts";
import type { Order } from "../order.ts";
import { hold, takeCredit, takeUse } from "./holds.ts";
import { addPurchase } from "./purchases.ts";
import { orderOf } from "./rows.ts";
import { transactOrUndo, Undo } from "./undo.ts";

type Orders = Pick<CommerceData, "addOrder" | "findOrder" | "ordersOf" | "fulfil">;

/** Orders, and what is paid for them. */
export function createOrders(tables: SqlTables): Orders {
  return {
    addOrder: (order, heldUntil) =>
      transactOrUndo<Added>(tables, "keep an order", (sql) => addOrder(sql, order, heldUntil)),
    async findOrder(orderId) {
      const [row] = await tables.read("find an order", "SELECT * FROM {commerce_orders} WHERE id = ?", [orderId]);
      return row ? orderOf(row) : null;
    },
    async ordersOf(userId) {
      const sql = "SELECT * FROM {commerce_orders} WHERE user_id = ? ORDER BY created_at, id";
      return (await tables.read("list orders", sql, [userId])).map(orderOf);
    },
    async fulfil(fulfilment) {
      const result = await transactOrUndo<Fulfilled>(tables, "fulfil an order", (sql) => fulfil(sql, fulfilment));
      if (result !== "used" || !fulfilment.isPaid) return result;
      return tables.transact("note a payment", (sql) => noteUnfulfilled(sql, fulfilment));
    },
  };
}

type Added = "added" | "coupon-used" | "credit-used";

function* addOrder(sql: SqlSteps, order: Order, heldUntil: number): SqlWork<Added> {
  const { id, userId, status, currency, total, lines, country, referral, createdAt } = order;
  for (const targetId of idsOf(lines.map(({ couponId }) => couponId))) {
    const coupon = { kind: "coupon", targetId, userId } as const;
    if (!(yield* hold(sql, coupon, id, heldUntil, createdAt))) throw new Undo("coupon-used");
  }
  for (const targetId of idsOf(lines.map(({ upgradeFrom }) => upgradeFrom))) {
    const credit = { kind: "credit", targetId, userId } as const;
    if (!(yield* hold(sql, credit, id, heldUntil, createdAt))) throw new Undo("credit-used");
  }
  yield* sql.add(
    "INSERT INTO {commerce_orders} (id, user_id, status, currency, total, items, country, referral, created_at) " +
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [id, userId, status, currency, total, JSON.stringify(lines), country, referral, createdAt],
  );
  return "added";
}

// In one order, so that two orders do not wait for each other in a circle.
function idsOf(ids: readonly (string | null)[]): readonly string[] {
  return [...new Set(ids.filter((id) => id !== null))].sort();
}

type Fulfilled = "fulfilled" | "already" | "missing" | "used";

// The row of the event keeps two messages of the same event apart, the status of the order two different events. Coupons and
// credits are locked before orders, here and in addOrder: nobody waits for each other in a circle.
function* fulfil(sql: SqlSteps, fulfilment: Fulfilment): SqlWork<Fulfilled> {
  const { orderId, eventId, userId, bought, now } = fulfilment;
  if (!(yield* addPayment(sql, eventId, orderId, now))) return "already";
  const [order] = yield* sql.read("SELECT status FROM {commerce_orders} WHERE id = ?", [orderId]);
  if (!order) throw new Undo("missing");
  if (order.status !== "open" && order.status !== "expired") return "already";
  yield* takeAll(sql, fulfilment);
  if (!(yield* settle(sql, orderId, "paid"))) throw new Undo("already");
  for (const one of bought) {
    yield* addPurchase(sql, one);
    const productId = one.purchase.productId;
    yield* sql.write("DELETE FROM {commerce_carts} WHERE user_id = ? AND product_id = ?", [userId, productId]);
  }
  return "fulfilled";
}

function* takeAll(sql: SqlSteps, { userId, bought, now }: Fulfilment): SqlWork<void> {
  const purchases = bought.map(({ purchase }) => purchase);
  for (const couponId of idsOf(purchases.map(({ couponId }) => couponId))) {
    if (!(yield* takeUse(sql, couponId, userId, now))) throw new Undo("used");
  }
  for (const upgradedFrom of idsOf(purchases.map((purchase) => purchase.upgradedFrom))) {
    const by = purchases.find((purchase) => purchase.upgradedFrom === upgradedFrom);
    if (by && !(yield* takeCredit(sql, upgradedFrom, userId, by.id))) throw new Undo("used");
  }
}

function* noteUnfulfilled(sql: SqlSteps, { orderId, eventId, now }: Fulfilment): SqlWork<"unfulfilled" | "already"> {
  if (!(yield* addPayment(sql, eventId, orderId, now))) return "already";
  return (yield* settle(sql, orderId, "unfulfilled")) ? "unfulfilled" : "already";
}

function* settle(sql: SqlSteps, orderId: string, status: Order["status"]): SqlWork<boolean> {
  const statement = "UPDATE {commerce_orders} SET status = ? WHERE id = ? AND status IN ('open', 'expired')";
  return (yield* sql.write(statement, [status, orderId])) === 1;
}

/** Notes an event, and tells whether it is new. */
export function addPayment(sql: SqlSteps, eventId: string, orderId: string, now: number): SqlWork<boolean> {
  const statement = "INSERT INTO {commerce_payments} (event_id, order_id, created_at) VALUES (?, ?, ?)";
  return sql.add(statement, [eventId, orderId, now]);
}
