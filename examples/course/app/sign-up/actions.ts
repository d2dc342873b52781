"use server";

import { safeReturnTo } from "coatcheck";
import { firstIssues } from "@/lib/checkout";
import { type AttemptState, signUpSchema } from "@/lib/credentials";
import { enter, welcome } from "@/lib/entrance";
import { createUser } from "@/lib/users";

export async function signUp(_before: AttemptState, form: FormData): Promise<AttemptState> {
  const input = signUpSchema.safeParse(Object.fromEntries(form));
  const values = {
    name: String(form.get("name") ?? "").slice(0, 80),
    email: String(form.get("email") ?? "").slice(0, 254),
  };
  if (!input.success) return { values, errors: firstIssues(input.error) };
  const user = await createUser(input.data);
  if (!user)
    return { values, errors: {}, message: "We could not make that account. If you have one already, sign in." };
  await enter(input.data);
  return welcome(`Welcome to Vesper, ${user.name}.`, safeReturnTo(form.get("returnTo"), "/account"));
}
