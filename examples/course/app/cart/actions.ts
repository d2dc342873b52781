"use server";

import { changeSeats, mostSeats } from "@/lib/cart";
import { findCourse } from "@/lib/catalogue";
import { goSaying, goTo } from "@/lib/go";
import { openSession } from "@/lib/session";

/** Puts seats into the cart. A visitor without a session gets one here, at the first thing worth keeping. */
export async function addToCart(form: FormData): Promise<void> {
  const course = findCourse(String(form.get("slug")));
  if (!course) goTo("/");
  const seats = Number(form.get("seats") ?? 1);
  const page = `/courses/${course.slug}`;
  if (!Number.isInteger(seats) || seats < 1 || seats > mostSeats) {
    return goSaying(`From 1 to ${mostSeats} seats fit into a cart. For more of them, write to us.`, page, "bad");
  }
  const { commerce } = await openSession();
  await changeSeats(commerce.cart, course.slug, seats);
  await goSaying(`“${course.title}” is in your cart.`, page);
}

/** Adds or takes away seats. */
export async function changeLine(form: FormData): Promise<void> {
  const slug = String(form.get("slug"));
  const by = Number(form.get("by"));
  const { commerce } = await openSession();
  if (Number.isInteger(by) && findCourse(slug)) await changeSeats(commerce.cart, slug, by);
  goTo("/cart");
}

export async function removeLine(form: FormData): Promise<void> {
  const slug = String(form.get("slug"));
  const { commerce } = await openSession();
  await commerce.cart.remove(slug);
  await goSaying(`“${findCourse(slug)?.title ?? "That course"}” is no longer in your cart.`, "/cart");
}

/** Holds a coupon for the visit, if it is good for something in the cart. */
export async function applyCoupon(form: FormData): Promise<void> {
  const code = String(form.get("coupon") ?? "")
    .trim()
    .toUpperCase()
    .slice(0, 40);
  if (code === "") return goSaying("Type the code of your coupon first.", "/cart", "bad");
  const { commerce } = await openSession();
  const lines = await commerce.cart.lines();
  const prices = await Promise.all(
    lines.map(({ productId, quantity }) => commerce.price(productId, { quantity, coupon: code })),
  );
  const statuses = prices.map((price) => price?.couponStatus);
  if (statuses.every((status) => status === undefined || status === "unusable")) {
    return goSaying(`“${code}” is no coupon of ours, or it has ended.`, "/cart", "bad");
  }
  await commerce.attribute({ coupon: code });
  const isApplied = statuses.includes("applied");
  await goSaying(
    isApplied ? `Your coupon ${code} is applied.` : `We keep ${code} for you. What you have now is already cheaper.`,
    "/cart",
  );
}

export async function removeCoupon(): Promise<void> {
  const { commerce } = await openSession();
  await commerce.attribute({ coupon: null });
  await goSaying("The coupon is taken off.", "/cart");
}
