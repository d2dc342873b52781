"use server";

import { notFound, redirect } from "next/navigation";
import { fingerprint, type PricedCart, priceCart } from "@/lib/cart";
import { type Checkout, isStepName, nextStep, readStep, type StepName } from "@/lib/checkout";
import { goSaying, goTo } from "@/lib/go";
import { addInvoice } from "@/lib/invoices";
import { openSession, requireUser } from "@/lib/session";

const pages = { contact: "/checkout/contact", billing: "/checkout/billing", review: "/checkout/review" };
const following = { contact: pages.billing, billing: pages.review };
const preceding = { contact: "/cart", billing: pages.contact };

/** Keeps what was typed, right or wrong, and goes on, back, or to the same form with its errors. */
export async function submitStep(step: StepName, form: FormData): Promise<void> {
  // The argument travels through the browser.
  if (!isStepName(step)) notFound();
  await requireUser({ returnTo: pages[step] });
  const goesBack = form.get("then") === "back";
  const { values, errors } = readStep(step, form);
  const session = await openSession();
  // One key, changed and not replaced: the other step, saved in another tab just now, stays.
  await session.update("checkout", (checkout) => ({ ...checkout, [step]: { values, errors: goesBack ? {} : errors } }));
  if (goesBack) redirect(preceding[step]);
  redirect(Object.keys(errors).length > 0 ? pages[step] : following[step]);
}

/** Places the order for exactly the cart that the visitor has reviewed, and goes on to its payment. */
export async function submitOrder(reviewed: string): Promise<void> {
  await requireUser({ returnTo: pages.review });
  const session = await openSession();
  // Taken, not read: of two tabs that press the button at once, one gets what was typed and the other gets nothing.
  const checkout = await session.pluck("checkout");
  if (!checkout) return goSaying("There was nothing left to order.", "/cart", "bad");
  const next = await placeOrGiveBack(checkout, reviewed);
  if (typeof next === "string") goTo(next);
  return goSaying(...next);
}

type Message = Parameters<typeof goSaying>;

async function placeOrGiveBack(checkout: Checkout, reviewed: string): Promise<string | Message> {
  let isPlaced = false;
  try {
    const next = await place(checkout, reviewed);
    isPlaced = next.isPlaced;
    return next.to;
  } finally {
    if (!isPlaced) await giveBack(checkout);
  }
}

async function place(checkout: Checkout, reviewed: string): Promise<{ isPlaced: boolean; to: string | Message }> {
  const missing = nextStep(checkout);
  if (missing) return { isPlaced: false, to: pages[missing] };
  const { commerce } = await openSession();
  const basket = await priceCart(commerce);
  if (fingerprint(basket) !== reviewed) return { isPlaced: false, to: changed };
  const result = await commerce.checkout();
  switch (result.status) {
    case "started":
      await keep(result.orderId, basket, checkout);
      return { isPlaced: true, to: `/checkout/pay?order=${result.orderId}` };
    case "paid": {
      const number = await keep(result.orderId, basket, checkout);
      return { isPlaced: true, to: ["Thank you. There was nothing to pay.", `/orders/${number}`] };
    }
    case "coupon-used-up":
      return { isPlaced: false, to: ["Somebody has just used that coupon up.", "/cart", "bad"] };
    default:
      return { isPlaced: false, to: ["There was nothing left to order.", "/cart", "bad"] };
  }
}

const changed: Message = ["Your cart has changed in another tab. Please look again.", pages.review, "bad"];

async function keep(orderId: string, basket: PricedCart, { contact, billing }: Checkout): Promise<number> {
  const { userId, commerce } = await requireUser({ returnTo: pages.review });
  const answers = { contact: contact?.values ?? {}, billing: billing?.values ?? {} };
  return addInvoice({ orderId, userId, basket, answers, referral: commerce.attribution.referral });
}

// Under what was typed meanwhile.
async function giveBack(taken: Checkout): Promise<void> {
  const session = await openSession();
  await session.update("checkout", (checkout) => ({ ...taken, ...checkout }));
}
