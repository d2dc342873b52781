"use server";

import { goSaying } from "@/lib/go";
import { openSession, requireUser } from "@/lib/session";

const here = "/account/access";

/** Ends one of the user's own sessions; the store itself leaves other people's alone, whatever the id. */
export async function endSession(form: FormData): Promise<void> {
  await requireUser({ returnTo: here });
  const session = await openSession();
  await session.revoke(String(form.get("id")));
  await goSaying("It is signed out.", here);
}

/** Ends refresh tokens of the user, and with them the session of the program that has them. */
export async function endTokens(form: FormData): Promise<void> {
  await requireUser({ returnTo: here });
  const session = await openSession();
  await session.revokeTokens(String(form.get("id")));
  await goSaying("Its keys are worth nothing any more.", here);
}
