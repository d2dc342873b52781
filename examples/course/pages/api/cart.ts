import type { NextApiRequest, NextApiResponse } from "next";
import { z } from "zod";
import { changeSeats } from "@/lib/cart";
import { findCourse } from "@/lib/catalogue";
import { validateCSRFToken } from "@/lib/classic-session";
import { getSession, openSession } from "@/lib/session";

const change = z.object({
  token: z.string(),
  slug: z.string().refine((slug) => findCourse(slug) !== undefined),
  by: z.coerce.number().int().min(-9).max(9),
});

/** GET answers the priced cart; POST, from the form of `/classic-cart`, changes the seats of one course. */
export default async function handler(req: NextApiRequest, res: NextApiResponse): Promise<void> {
  if (req.method === "GET") {
    const session = await getSession(req, res);
    return void res.setHeader("Cache-Control", "private, no-store").json(await session.basket);
  }
  if (req.method !== "POST") return void res.setHeader("Allow", "GET, POST").status(405).end();
  const input = change.safeParse(req.body);
  if (!input.success) return void res.status(400).json({ error: "invalid_change" });
  const { token, slug, by } = input.data;
  // Next checks the origin of Server Actions, but not of API routes.
  if (!(await validateCSRFToken(req, res, token, "cart"))) return void res.status(403).json({ error: "stale_form" });
  const { commerce } = await openSession(req, res);
  await changeSeats(commerce.cart, slug, by);
  return void res.redirect(303, "/classic-cart");
}
