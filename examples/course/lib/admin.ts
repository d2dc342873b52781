import { notFound } from "next/navigation";
import { requireUser } from "./session";

/**
 * Lets administrators in. For everybody else there is no such page, also for an administrator who acts as a customer: every
 * check is the customer's then.
 */
export async function requireAdmin(options: { freshFor?: "10m" } = {}) {
  const session = await requireUser({ returnTo: "/admin", ...options });
  if (session.user.role !== "admin") notFound();
  return session;
}
