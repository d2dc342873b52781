"use server";

import { notFound } from "next/navigation";
import { goSaying, goTo } from "@/lib/go";
import { invoiceOfOrder, noteDeclined } from "@/lib/invoices";
import { openSession, requireUser } from "@/lib/session";

/** What a provider's page does when a card is good: here it always is. */
export async function pay(form: FormData): Promise<void> {
  const { orderId, number } = await requireInvoice(form);
  const { commerce } = await openSession();
  const settlement = await commerce.confirm(orderId);
  const page = `/orders/${number}`;
  if (settlement === "already") goTo(page);
  if (settlement !== "fulfilled") return goSaying("The payment could not be confirmed.", page, "bad");
  await commerce.attribute({ coupon: null });
  return goSaying("Thank you. Your order is paid.", page);
}

/** What it does when a card is not. */
export async function decline(form: FormData): Promise<void> {
  const { orderId, number, userId } = await requireInvoice(form);
  noteDeclined(userId, orderId);
  return goSaying("The payment was declined. Nothing was charged.", `/orders/${number}`, "bad");
}

async function requireInvoice(form: FormData) {
  const orderId = String(form.get("order"));
  const { userId } = await requireUser({ returnTo: `/checkout/pay?order=${encodeURIComponent(orderId)}` });
  const invoice = invoiceOfOrder(userId, orderId);
  if (!invoice) notFound();
  return { ...invoice, userId };
}
