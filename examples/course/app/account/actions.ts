"use server";

import { redirect } from "next/navigation";
import { goSaying } from "@/lib/go";
import { destroySession, openSession } from "@/lib/session";

/** Ends this session. It throws when the store cannot confirm it: nobody is told "signed out" who is not. */
export async function signOut(): Promise<void> {
  await destroySession();
  redirect("/sign-in?left");
}

/** Works in another organisation from now on, or in none. Of which ones somebody is a member, the switch looks up anew. */
export async function switchOrganisation(form: FormData): Promise<void> {
  const id = String(form.get("id") ?? "");
  const { organisation } = await openSession();
  const organisations = await organisation;
  const isSwitched = await organisations.switch(id === "" ? null : id);
  if (!isSwitched) return goSaying("You are no longer a member there.", "/account", "bad");
  const { current } = organisations;
  return goSaying(current ? `You work in ${current.name} now.` : "You are on your own again.", "/account");
}
