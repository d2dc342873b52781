import type { PricedCart, PricedLine } from "./cart";
import type { StepName } from "./checkout";
import { database } from "./database";

type Answers = Readonly<Record<string, string>>;

/** The shop's own paper of an order: its number, what it was for, and whom it is made out to. */
export interface Invoice {
  readonly number: number;
  /** The order of the payment, as `session.commerce` knows it. */
  readonly orderId: string;
  readonly lines: readonly PricedLine[];
  readonly total: number;
  readonly coupon: string | null;
  /** Who has sent the visitor. */
  readonly referral: string | null;
  readonly contact: Answers;
  readonly billing: Answers;
  readonly placedAt: number;
  readonly declinedAt: number | null;
}

/** What is put on paper when an order is placed. */
export interface NewInvoice extends Pick<Invoice, "orderId" | "referral"> {
  readonly userId: string;
  readonly basket: PricedCart;
  readonly answers: Readonly<Record<StepName, Answers>>;
}

const firstNumber = 1001;

/** Answers its number. */
export function addInvoice({ orderId, userId, basket, answers, referral }: NewInvoice): number {
  const { lines, total, coupon } = basket;
  const row = database()
    .prepare(
      `INSERT INTO invoices (number, order_id, user_id, lines, total, coupon, referral, contact, billing, placed_at)
       SELECT COALESCE(MAX(number) + 1, ?), ?, ?, ?, ?, ?, ?, ?, ?, ? FROM invoices RETURNING number`,
    )
    .get(
      ...[firstNumber, orderId, userId, JSON.stringify(lines), total],
      ...[coupon?.isApplied ? coupon.code : null, referral],
      ...[JSON.stringify(answers.contact), JSON.stringify(answers.billing), Date.now()],
    );
  return (row as { number: number }).number;
}

/** The newest first. */
export function invoicesOf(userId: string): Invoice[] {
  const rows = database().prepare("SELECT * FROM invoices WHERE user_id = ? ORDER BY number DESC").all(userId);
  return (rows as InvoiceRow[]).map(toInvoice);
}

/** An invoice of this user: somebody else's is not found. */
export function findInvoice(userId: string, number: number): Invoice | null {
  const row = database().prepare("SELECT * FROM invoices WHERE user_id = ? AND number = ?").get(userId, number);
  return row ? toInvoice(row as InvoiceRow) : null;
}

/** The same by its order. */
export function invoiceOfOrder(userId: string, orderId: string): Invoice | null {
  const row = database().prepare("SELECT * FROM invoices WHERE user_id = ? AND order_id = ?").get(userId, orderId);
  return row ? toInvoice(row as InvoiceRow) : null;
}

/** Notes that a payment was declined; the order can still be paid. */
export function noteDeclined(userId: string, orderId: string): void {
  database()
    .prepare("UPDATE invoices SET declined_at = ? WHERE user_id = ? AND order_id = ?")
    .run(Date.now(), userId, orderId);
}

interface InvoiceRow {
  readonly number: number;
  readonly order_id: string;
  readonly lines: string;
  readonly total: number;
  readonly coupon: string | null;
  readonly referral: string | null;
  readonly contact: string;
  readonly billing: string;
  readonly placed_at: number;
  readonly declined_at: number | null;
}

function toInvoice(row: InvoiceRow): Invoice {
  const { number, total, coupon, referral } = row;
  return {
    ...{ number, total, coupon, referral },
    orderId: row.order_id,
    lines: JSON.parse(row.lines),
    contact: JSON.parse(row.contact),
    billing: JSON.parse(row.billing),
    placedAt: row.placed_at,
    declinedAt: row.declined_at,
  };
}
