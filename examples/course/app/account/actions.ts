"use server";

import { redirect } from "next/navigation";
import { destroySession } from "@/lib/session";

/** Ends this session. It throws when the store cannot confirm it: nobody is told "signed out" who is not. */
export async function signOut(): Promise<void> {
  await destroySession();
  redirect("/sign-in?left");
}
