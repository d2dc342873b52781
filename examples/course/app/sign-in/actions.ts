"use server";

import { safeReturnTo } from "coatcheck";
import { type AttemptState, signInSchema } from "@/lib/credentials";
import { goSaying } from "@/lib/go";
import { createAuthSession } from "@/lib/session";
import { checkCredentials } from "@/lib/users";

/**
 * A failed attempt answers with the form's state, and not through the session: whoever tries passwords gets no session.
 * The message is the same for a wrong password and an unknown address.
 */
export async function signIn(_before: AttemptState, form: FormData): Promise<AttemptState> {
  const input = signInSchema.safeParse(Object.fromEntries(form));
  const user = input.success ? await checkCredentials(input.data.email, input.data.password) : null;
  if (!user) {
    const values = { email: String(form.get("email") ?? "").slice(0, 254) };
    return { values, errors: {}, message: "That e-mail address and password do not go together." };
  }
  const persistent = form.get("remember") === "on";
  await createAuthSession(user.id, { persistent, amr: ["pwd"] });
  return goSaying(`Good evening, ${user.name}.`, safeReturnTo(form.get("returnTo"), "/account"));
}
