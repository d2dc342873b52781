"use server";

import { redirect } from "next/navigation";
import { goSaying } from "@/lib/go";
import { openSession, requireUser } from "@/lib/session";

const here = "/account/devices";

/** Ends one of the visitor's own sessions; the store itself leaves other people's alone, whatever the id. */
export async function revokeDevice(form: FormData): Promise<void> {
  await requireUser({ returnTo: here });
  const session = await openSession();
  await session.revoke(String(form.get("id")));
  await goSaying("That device is signed out.", here);
}

export async function revokeOthers(): Promise<void> {
  await requireUser({ returnTo: here });
  const session = await openSession();
  const count = await session.revokeOthers();
  await goSaying(count === 1 ? "One other device is signed out." : `${count} other devices are signed out.`, here);
}

/** The others first: where the store fails on the way, the visitor is still signed in and can try again. */
export async function signOutEverywhere(): Promise<void> {
  await requireUser({ returnTo: here });
  const session = await openSession();
  await session.revokeOthers();
  await session.destroy();
  redirect("/sign-in?left=everywhere");
}
