import type { SqlSteps, SqlWork } from "../../sql/steps.ts";

/** What an order holds, or uses up: a use of a coupon, or the credit of a purchase. */
export interface Held {
  readonly kind: "coupon" | "credit";
  readonly targetId: string;
  readonly userId: string;
}

/** Holds something for an order until an instant, and tells whether it did. An earlier order of the same user loses it. */
export function* hold(sql: SqlSteps, held: Held, orderId: string, until: number, now: number): SqlWork<boolean> {
  const left = yield* leftOf(sql, held, now);
  if (left < 1) return false;
  if (left === Number.POSITIVE_INFINITY) return true; // nobody can take it from anybody
  yield* release(sql, held);
  yield* forgetEnded(sql, held, now);
  const { kind, targetId, userId } = held;
  return yield* sql.add(
    "INSERT INTO {commerce_holds} (kind, target_id, user_id, order_id, expires_at) VALUES (?, ?, ?, ?, ?)",
    [kind, targetId, userId, orderId, until],
  );
}

/** Uses a coupon once, and tells whether it did: not where it is used up, and others hold what is left. */
export function* takeUse(sql: SqlSteps, couponId: string, userId: string, now: number): SqlWork<boolean> {
  const held = { kind: "coupon", targetId: couponId, userId } as const;
  if ((yield* leftOf(sql, held, now)) < 1) return false;
  yield* release(sql, held);
  return (yield* sql.write("UPDATE {commerce_coupons} SET used = used + 1 WHERE id = ?", [couponId])) === 1;
}

/** Uses the credit of a purchase, which one of another id has taken the place of: once, and of the user's own only. */
export function* takeCredit(sql: SqlSteps, purchaseId: string, userId: string, by: string): SqlWork<boolean> {
  const taken = yield* sql.write(
    `UPDATE {commerce_purchases} SET upgraded_to = ? WHERE id = ? AND user_id = ?${isUnspent}`,
    [by, purchaseId, userId],
  );
  if (taken === 0) return false;
  yield* release(sql, { kind: "credit", targetId: purchaseId, userId });
  return true;
}

const isUnspent = " AND upgraded_to IS NULL AND status <> 'Refunded'";

// The row of the coupon or of the purchase is kept from others until the end of the transaction: what is decided here holds.
function* leftOf(sql: SqlSteps, held: Held, now: number): SqlWork<number> {
  const { kind, targetId, userId } = held;
  if (kind === "coupon") return yield* usesLeft(sql, held, now);
  const own = `SELECT id FROM {commerce_purchases} WHERE id = ? AND user_id = ?${isUnspent} {lock}`;
  return (yield* sql.read(own, [targetId, userId])).length;
}

function* usesLeft(sql: SqlSteps, { targetId, userId }: Held, now: number): SqlWork<number> {
  const [coupon] = yield* sql.read("SELECT max_uses, used FROM {commerce_coupons} WHERE id = ? {lock}", [targetId]);
  if (!coupon) return 0;
  if (coupon.max_uses === null) return Number.POSITIVE_INFINITY;
  // With a lock, since a read without one would see in MySQL what was true when the transaction began.
  const others =
    "SELECT COUNT(*) AS held FROM (SELECT order_id FROM {commerce_holds} " +
    "WHERE kind = 'coupon' AND target_id = ? AND user_id <> ? AND expires_at > ? {lock}) AS live";
  const [row] = yield* sql.read(others, [targetId, userId, now]);
  return Number(coupon.max_uses) - Number(coupon.used) - Number(row?.held);
}

// Whatever order of the user held it: where it is not paid yet, it has expired.
function* release(sql: SqlSteps, { kind, targetId, userId }: Held): SqlWork<void> {
  const own = "FROM {commerce_holds} WHERE kind = ? AND target_id = ? AND user_id = ?";
  const values = [kind, targetId, userId];
  for (const { order_id } of yield* sql.read(`SELECT order_id ${own} {lock}`, values)) {
    const expire = "UPDATE {commerce_orders} SET status = 'expired' WHERE id = ? AND status = 'open'";
    yield* sql.write(expire, [order_id ?? null]);
  }
  yield* sql.write(`DELETE ${own}`, values);
}

function* forgetEnded(sql: SqlSteps, { kind, targetId }: Held, now: number): SqlWork<void> {
  const ended = "DELETE FROM {commerce_holds} WHERE kind = ? AND target_id = ? AND expires_at <= ?";
  yield* sql.write(ended, [kind, targetId, now]);
}
