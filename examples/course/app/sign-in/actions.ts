"use server";

import { safeReturnTo } from "coatcheck";
import { type AttemptState, signInSchema } from "@/lib/credentials";
import { enter, welcome } from "@/lib/entrance";

/**
 * A failed attempt answers with the form's state, and not through the session: whoever tries passwords gets no session.
 * The message is the same for a wrong password and an unknown address.
 */
export async function signIn(_before: AttemptState, form: FormData): Promise<AttemptState> {
  const input = signInSchema.safeParse(Object.fromEntries(form));
  const persistent = form.get("remember") === "on";
  const user = input.success ? await enter(input.data, { persistent }) : null;
  if (!user) {
    const values = { email: String(form.get("email") ?? "").slice(0, 254) };
    return { values, errors: {}, message: "That e-mail address and password do not go together." };
  }
  return welcome(`Good evening, ${user.name}.`, safeReturnTo(form.get("returnTo"), "/account"));
}
