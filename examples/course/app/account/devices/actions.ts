"use server";

import { redirect } from "next/navigation";
import { onlyWithOwnSignIn } from "@/lib/entrance";
import { goSaying } from "@/lib/go";
import { openSession, requireUser } from "@/lib/session";
import { signOutDevice } from "@/lib/sign-out";

const here = "/account/devices";

export async function revokeDevice(form: FormData): Promise<void> {
  await signOutDevice(form, here);
}

export async function revokeOthers(): Promise<void> {
  onlyWithOwnSignIn();
  await requireUser({ returnTo: here });
  const session = await openSession();
  const count = await session.revokeOthers();
  await goSaying(count === 1 ? "One other device is signed out." : `${count} other devices are signed out.`, here);
}

/** The others first: where the store fails on the way, the visitor is still signed in and can try again. */
export async function signOutEverywhere(): Promise<void> {
  onlyWithOwnSignIn();
  await requireUser({ returnTo: here });
  const session = await openSession();
  await session.revokeOthers();
  await session.destroy();
  redirect("/sign-in?left=everywhere");
}
