"use server";

import { confirmSubscriber, forgetSubscriber } from "coatcheck/extensions/visitor";
import { z } from "zod";
import { goSaying } from "@/lib/go";
import { makeTicket, redeemTicket } from "@/lib/letter";
import { openSession } from "@/lib/session";
import { origin } from "@/lib/settings";
import { letterCoupon } from "@/lib/shop";

/** What the form shows after an attempt. */
export interface LetterState {
  readonly link?: string;
  readonly email?: string;
  readonly message?: string;
}

const address = z.email().max(254);

/** A real shop would send the link, and show nobody. */
export async function askForLetter(_before: LetterState, form: FormData): Promise<LetterState> {
  const typed = String(form.get("email") ?? "").slice(0, 254);
  const email = address.safeParse(typed);
  if (!email.success) return { email: typed, message: "That does not look like an e-mail address." };
  return { email: email.data, link: `${origin}/letter?ticket=${makeTicket(email.data)}` };
}

/** Confirms the reader in this session, under a new token, and gives them their coupon. */
export async function confirmLetter(form: FormData): Promise<void> {
  const reader = redeemTicket(String(form.get("ticket")));
  if (!reader) return goSaying("That link was used before, or is too old. Ask for another one.", "/letter", "bad");
  const session = await openSession();
  await confirmSubscriber(session, reader);
  await session.commerce.attribute({ coupon: letterCoupon });
  return goSaying(`Welcome. Your coupon ${letterCoupon} takes 15 % off whatever you choose.`, "/letter");
}

export async function leaveLetter(): Promise<void> {
  await forgetSubscriber(await openSession());
  return goSaying("This browser no longer knows you as a reader.", "/letter");
}
