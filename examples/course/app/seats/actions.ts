"use server";

import { notFound } from "next/navigation";
import { z } from "zod";
import { findCourse } from "@/lib/catalogue";
import { goSaying } from "@/lib/go";
import { openSession, requireUser } from "@/lib/session";
import { origin } from "@/lib/settings";

/** What the form of invitations shows after an attempt. */
export interface InviteState {
  readonly link?: string;
  readonly email?: string;
  readonly message?: string;
}

const invitation = z.object({ purchase: z.string().max(64), email: z.union([z.literal(""), z.email().max(254)]) });

/** Makes a link to a seat. Whether the seats are the visitor's, `session.commerce` decides. */
export async function invite(_before: InviteState, form: FormData): Promise<InviteState> {
  const input = invitation.safeParse(Object.fromEntries(form));
  if (!input.success) return { message: "That does not look like an e-mail address." };
  const { purchase, email } = input.data;
  const { commerce } = await requireUser({ returnTo: `/seats/${purchase}` });
  const team = (await commerce.seats.list()).find(({ purchaseId }) => purchaseId === purchase);
  if (!team) notFound();
  const invited = await commerce.seats.invite(purchase, email === "" ? { uses: Math.max(team.left, 1) } : { email });
  if (invited.status === "missing") notFound();
  const query = new URLSearchParams({ course: team.productId, code: invited.code });
  return { link: `${origin}/seats/claim?${query}`, email };
}

/** Gives the owner one of their own seats. */
export async function takeSeat(form: FormData): Promise<void> {
  const purchase = String(form.get("purchase"));
  const page = `/seats/${purchase}`;
  await requireUser({ returnTo: page });
  const { commerce } = await openSession();
  const invited = await commerce.seats.invite(purchase, { uses: 1 });
  if (invited.status === "missing") notFound();
  const claimed = await commerce.seats.claim(invited.code);
  if (claimed.status === "claimed") return goSaying("You have a seat.", page);
  return goSaying(claimed.status === "already" ? "You have a seat already." : "No seat is left.", page, "bad");
}

/** Gives whoever is signed in the seat that they were invited to. */
export async function claimSeat(form: FormData): Promise<void> {
  const [course, code] = [String(form.get("course")), String(form.get("code"))];
  const query = new URLSearchParams({ course, code });
  await requireUser({ returnTo: `/seats/claim?${query}` });
  const { commerce } = await openSession();
  const claimed = await commerce.seats.claim(code);
  if (claimed.status === "claimed") {
    const title = findCourse(claimed.productId)?.title ?? claimed.productId;
    return goSaying(`“${title}” is yours.`, `/courses/${claimed.productId}`);
  }
  return goSaying(refusals[claimed.status], `/seats/claim?${query}`, "bad");
}

const refusals = {
  already: "You have a seat in this team already.",
  used: "Every seat of this invitation is taken. Ask whoever sent it for another one.",
  full: "Every seat of this team is taken. Ask whoever invited you to buy another one.",
  unknown: "This is no invitation of ours. Was the link copied as a whole?",
};
