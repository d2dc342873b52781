"use server";

import { changeSeats } from "@/lib/cart";
import { findCourse } from "@/lib/catalogue";
import { goSaying, goTo } from "@/lib/go";
import { openSession } from "@/lib/session";

/** Puts one more seat into the cart. A visitor without a session gets one here, at the first thing worth keeping. */
export async function addToCart(form: FormData): Promise<void> {
  const course = findCourse(String(form.get("slug")));
  if (!course) goTo("/");
  const session = await openSession();
  await session.update("cart", (cart) => changeSeats(cart, course.slug, 1));
  await goSaying(`“${course.title}” is in your cart.`, `/courses/${course.slug}`);
}

/** Adds or takes away seats: by how many, not to how many, so that two tabs at once both count. */
export async function changeLine(form: FormData): Promise<void> {
  const slug = String(form.get("slug"));
  const by = Number(form.get("by"));
  const session = await openSession();
  if (Number.isInteger(by) && findCourse(slug)) {
    await session.update("cart", (cart) => changeSeats(cart, slug, by));
  }
  goTo("/cart");
}

export async function removeLine(form: FormData): Promise<void> {
  const slug = String(form.get("slug"));
  const session = await openSession();
  await session.update("cart", (cart) => cart.filter((line) => line.slug !== slug));
  await goSaying(`“${findCourse(slug)?.title ?? "That course"}” is no longer in your cart.`, "/cart");
}
