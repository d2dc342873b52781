import type { PricedCart, PricedLine } from "./cart";
import { database } from "./database";

export interface Order {
  readonly number: number;
  readonly lines: readonly PricedLine[];
  readonly total: number;
  readonly email: string;
  readonly placedAt: number;
}

const firstNumber = 1001;

export function placeOrder(userId: string, cart: PricedCart, contact: Readonly<Record<string, string>>): number {
  const row = database()
    .prepare(
      `INSERT INTO orders (number, user_id, lines, total, contact, placed_at)
       SELECT COALESCE(MAX(number) + 1, ?), ?, ?, ?, ?, ? FROM orders RETURNING number`,
    )
    .get(firstNumber, userId, JSON.stringify(cart.lines), cart.total, JSON.stringify(contact), Date.now());
  return (row as { number: number }).number;
}

export function ordersOf(userId: string): Order[] {
  const rows = database().prepare("SELECT * FROM orders WHERE user_id = ? ORDER BY number DESC").all(userId);
  return (rows as OrderRow[]).map(toOrder);
}

/** An order of this user: somebody else's is not found. */
export function findOrder(userId: string, number: number): Order | null {
  const row = database().prepare("SELECT * FROM orders WHERE user_id = ? AND number = ?").get(userId, number);
  return row ? toOrder(row as OrderRow) : null;
}

interface OrderRow {
  readonly number: number;
  readonly lines: string;
  readonly total: number;
  readonly contact: string;
  readonly placed_at: number;
}

function toOrder(row: OrderRow): Order {
  const { email } = JSON.parse(row.contact) as { email: string };
  return { number: row.number, lines: JSON.parse(row.lines), total: row.total, email, placedAt: row.placed_at };
}
