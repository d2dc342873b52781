"use server";

import { redirect } from "next/navigation";
import { goSaying } from "@/lib/go";
import { destroySession, requireUser, sessions } from "@/lib/session";

/** Ends this session. It throws when the store cannot confirm it: nobody is told "signed out" who is not. */
export async function signOut(): Promise<void> {
  await destroySession();
  redirect("/sign-in?left");
}

/** Ends one of the visitor's own sessions; ids of other people's are as good as unknown. */
export async function revokeSession(form: FormData): Promise<void> {
  const { userId } = await requireUser({ returnTo: "/account" });
  const own = await sessions.list(userId);
  const chosen = own.find(({ id }) => id === form.get("id"));
  if (chosen) await sessions.revoke(chosen.id);
  await goSaying("That browser is signed out.", "/account");
}

export async function revokeOthers(): Promise<void> {
  const { id, userId } = await requireUser({ returnTo: "/account" });
  const count = await sessions.revokeUser(userId, { except: id });
  await goSaying(count === 1 ? "One browser is signed out." : `${count} browsers are signed out.`, "/account");
}
