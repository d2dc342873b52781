import type { Purchase } from "coatcheck/extensions/commerce";
import { findInvoice, type Invoice, invoicesOf } from "./invoices";
import type { UserSession } from "./session";

export type OrderStatus = "paid" | "refunded" | "declined" | "awaiting payment";

/** An order: its invoice, and what has become of it. */
export interface Order extends Invoice {
  readonly status: OrderStatus;
  /** What it has brought; empty until it is paid. */
  readonly purchases: readonly Purchase[];
}

/** The orders of whoever is signed in, the newest first. */
export async function ordersOf({ userId, commerce }: UserSession): Promise<Order[]> {
  const purchases = await commerce.purchases();
  return invoicesOf(userId).map((invoice) => orderOf(invoice, purchases));
}

/** An order of whoever is signed in: somebody else's is not found. */
export async function findOrder({ userId, commerce }: UserSession, number: number): Promise<Order | null> {
  const invoice = findInvoice(userId, number);
  return invoice && orderOf(invoice, await commerce.purchases());
}

/** Where it is paid, as long as it is not. */
export function paymentPath({ orderId, number }: Invoice): string {
  return `/checkout/pay?${new URLSearchParams({ order: orderId, returnTo: `/orders/${number}` })}`;
}

function orderOf(invoice: Invoice, all: readonly Purchase[]): Order {
  const purchases = all.filter(({ orderId }) => orderId === invoice.orderId);
  return { ...invoice, purchases, status: statusOf(invoice, purchases) };
}

function statusOf({ declinedAt }: Invoice, purchases: readonly Purchase[]): OrderStatus {
  if (purchases.length === 0) return declinedAt === null ? "awaiting payment" : "declined";
  return purchases.every(({ status }) => status === "Refunded") ? "refunded" : "paid";
}
