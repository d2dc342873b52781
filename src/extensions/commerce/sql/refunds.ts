import type { SqlTables } from "../../sql/database.ts";
import type { SqlSteps, SqlWork } from "../../sql/steps.ts";
import type { CommerceData } from "../commerce-data.ts";
import { addPayment } from "./orders.ts";
import { purchaseOf } from "./rows.ts";
import { transactOrUndo, Undo } from "./undo.ts";

type Refunded = "refunded" | "already" | "missing";

/** What is paid back. */
export function createRefunds(tables: SqlTables): Pick<CommerceData, "refund"> {
  return {
    refund: (orderId, eventId, now) =>
      transactOrUndo<Refunded>(tables, "refund an order", (sql) => refund(sql, orderId, eventId, now)),
  };
}

function* refund(sql: SqlSteps, orderId: string, eventId: string, now: number): SqlWork<Refunded> {
  if (!(yield* addPayment(sql, eventId, orderId, now))) return "already";
  const refunded = yield* sql.write(
    "UPDATE {commerce_orders} SET status = 'refunded' WHERE id = ? AND status IN ('paid', 'unfulfilled')",
    [orderId],
  );
  if (refunded === 0) {
    const [row] = yield* sql.read("SELECT status FROM {commerce_orders} WHERE id = ?", [orderId]);
    if (row?.status === "refunded") return "already";
    throw new Undo("missing"); // the event may come before the payment does: it is to count when it is told again
  }
  // The team purchases first: a claim that comes later finds them refunded, one that came before has its seat below.
  yield* sql.write("UPDATE {commerce_purchases} SET status = 'Refunded' WHERE order_id = ?", [orderId]);
  const rows = yield* sql.read("SELECT * FROM {commerce_purchases} WHERE order_id = ?", [orderId]);
  for (const { id, upgradedFrom } of rows.map(purchaseOf)) {
    yield* takeAway(sql, id, now);
    if (upgradedFrom === null) continue;
    const statement = "UPDATE {commerce_purchases} SET upgraded_to = NULL WHERE id = ? AND upgraded_to = ?";
    yield* sql.write(statement, [upgradedFrom, id]);
  }
  return "refunded";
}

function* takeAway(sql: SqlSteps, purchaseId: string, now: number): SqlWork<void> {
  yield* sql.write("UPDATE {commerce_purchases} SET status = 'Refunded' WHERE seat_of = ?", [purchaseId]);
  const end = "UPDATE {commerce_entitlements} SET deleted_at = ? WHERE deleted_at IS NULL AND purchase_id";
  yield* sql.write(`${end} = ?`, [now, purchaseId]);
  yield* sql.write(`${end} IN (SELECT id FROM {commerce_purchases} WHERE seat_of = ?)`, [now, purchaseId]);
}
