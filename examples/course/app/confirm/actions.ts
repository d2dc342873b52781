"use server";

import { safeReturnTo } from "coatcheck";
import { type AttemptState, confirmSchema } from "@/lib/credentials";
import { goTo } from "@/lib/go";
import { openSession, requireUser } from "@/lib/session";
import { checkCredentials } from "@/lib/users";

/** Whose password it is says the session, and never the form. */
export async function confirm(_before: AttemptState, form: FormData): Promise<AttemptState> {
  const target = safeReturnTo(form.get("returnTo"), "/account");
  const { user } = await requireUser({ returnTo: target });
  const input = confirmSchema.safeParse(Object.fromEntries(form));
  const isRight = input.success && (await checkCredentials(user.email, input.data.password));
  if (!isRight) return { values: {}, errors: {}, message: "That is not your password." };
  const session = await openSession();
  await session.reauthenticate({ amr: ["pwd"] });
  return goTo(target);
}
