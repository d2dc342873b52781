"use server";

import { onlyWithOwnSignIn } from "@/lib/entrance";
import { goSaying } from "@/lib/go";
import { openSession, requireUser } from "@/lib/session";
import { signOutDevice } from "@/lib/sign-out";

const here = "/account/access";

export async function endSession(form: FormData): Promise<void> {
  await signOutDevice(form, here);
}

/** Ends refresh tokens of the user, and with them the session of the program that has them. */
export async function endTokens(form: FormData): Promise<void> {
  onlyWithOwnSignIn();
  await requireUser({ returnTo: here });
  const session = await openSession();
  await session.revokeTokens(String(form.get("id")));
  await goSaying("Its keys are worth nothing any more.", here);
}
