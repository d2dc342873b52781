import { z } from "zod";
import { findCourse } from "./catalogue";

export const mostSeats = 9;

/** What the session holds: which courses, for how many people. Prices are looked up, never stored. */
export const cartSchema = z
  .array(z.object({ slug: z.string().max(64), seats: z.int().min(1).max(mostSeats) }))
  .max(40)
  .default([]);

export type Cart = z.output<typeof cartSchema>;

/** Adds seats of a course, or takes some away. Pure, so that `session.update` may run it again. */
export function changeSeats(cart: Cart, slug: string, by: number): Cart {
  const seats = seatsOf(cart, slug) + by;
  if (seats <= 0) return cart.filter((line) => line.slug !== slug);
  const line = { slug, seats: Math.min(seats, mostSeats) };
  return cart.some((other) => other.slug === slug)
    ? cart.map((other) => (other.slug === slug ? line : other))
    : [...cart, line];
}

export function mergeCarts(one: Cart, other: Cart): Cart {
  return other.reduce((cart, { slug, seats }) => changeSeats(cart, slug, seats), one);
}

export function seatsOf(cart: Cart, slug: string): number {
  return cart.find((line) => line.slug === slug)?.seats ?? 0;
}

/** The cart with its courses and prices, as pages show it and orders keep it. */
export function priceCart(cart: Cart) {
  const lines = cart.flatMap(({ slug, seats }) => {
    const course = findCourse(slug);
    return course ? [{ slug, title: course.title, seats, price: course.price * seats }] : [];
  });
  return {
    lines,
    seats: lines.reduce((sum, line) => sum + line.seats, 0),
    total: lines.reduce((sum, line) => sum + line.price, 0),
  };
}

export type PricedCart = ReturnType<typeof priceCart>;
export type PricedLine = PricedCart["lines"][number];
