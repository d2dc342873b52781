"use server";

import { notFound, redirect } from "next/navigation";
import { type Cart, mergeCarts, priceCart } from "@/lib/cart";
import { isStepName, nextStep, readStep, type StepName } from "@/lib/checkout";
import { goSaying } from "@/lib/go";
import { placeOrder } from "@/lib/orders";
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

/** Places the order for exactly the cart that the visitor has reviewed, and at most once. */
export async function submitOrder(reviewed: string): Promise<void> {
  const { userId } = await requireUser({ returnTo: pages.review });
  const session = await openSession();
  const { checkout } = session.data;
  const missing = nextStep(checkout);
  if (missing) redirect(pages[missing]);
  // Taken, not read: of two tabs that press the button at once, one gets the cart and the other gets nothing.
  const cart = await session.pluck("cart");
  if (!cart) return goSaying("There was nothing left to order.", "/cart", "bad");
  if (JSON.stringify(cart) !== reviewed) {
    await giveBack(cart);
    return goSaying("Your cart has changed in another tab. Please look again.", pages.review, "bad");
  }
  const number = await orderOrGiveBack(userId, cart, checkout.contact?.values ?? {});
  await session.set({ checkout: undefined });
  return goSaying("Thank you. Your order is placed.", `/orders/${number}`);
}

async function orderOrGiveBack(userId: string, cart: Cart, contact: Record<string, string>): Promise<number> {
  try {
    return placeOrder(userId, priceCart(cart), contact);
  } catch (error) {
    await giveBack(cart);
    throw error;
  }
}

// Merged, since something may have been added while the cart was away.
async function giveBack(cart: Cart): Promise<void> {
  const session = await openSession();
  await session.update("cart", (added) => mergeCarts(cart, added));
}
