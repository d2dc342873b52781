"use server";

import { redirect } from "next/navigation";
import { auth, destroySession, kept, openSession, signIn, signOut } from "./auth.js";

export async function addToCart() {
  const session = await openSession();
  await session.update("cart", (cart = []) => [...cart, `item ${cart.length + 1}`]);
  redirect("/");
}

export async function signInHere() {
  await signIn("credentials", { id: "ada", password: "lovelace", redirectTo: "/" });
}

export async function signOutOurs() {
  await destroySession();
  redirect("/");
}

export async function signOutTheirs() {
  await signOut({ redirectTo: "/" });
}

export async function revokeEverywhere() {
  const session = await auth();
  for (const { id } of await kept.list(session.user.id)) await kept.revoke(id);
  redirect("/");
}
