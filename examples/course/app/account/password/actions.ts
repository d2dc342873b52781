"use server";

import { firstIssues } from "@/lib/checkout";
import { type AttemptState, changePasswordSchema } from "@/lib/credentials";
import { onlyWithOwnSignIn } from "@/lib/entrance";
import { goSaying } from "@/lib/go";
import { openSession, recent, requireUser } from "@/lib/session";
import { changePassword } from "@/lib/users";

/** The page has asked for a recent proof, and so does this: a Server Action is an address that anybody can post to. */
export async function savePassword(_before: AttemptState, form: FormData): Promise<AttemptState> {
  onlyWithOwnSignIn();
  const { userId } = await requireUser({ ...recent, returnTo: "/account/password" });
  const input = changePasswordSchema.safeParse(Object.fromEntries(form));
  if (!input.success) return { values: {}, errors: firstIssues(input.error) };
  await changePassword(userId, input.data.password);
  const session = await openSession();
  const ended = await session.credentialsChanged();
  return goSaying(`Your password is changed. ${inWords(ended)}`, "/account");
}

function inWords(ended: number): string {
  if (ended === 0) return "You were signed in nowhere else.";
  return ended === 1 ? "One other device is signed out." : `${ended} other devices are signed out.`;
}
