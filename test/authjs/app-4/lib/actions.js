"use server";

import { redirect } from "next/navigation";
import { destroySession, openSession } from "./auth.js";

export async function addToCart() {
  const session = await openSession();
  await session.update("cart", (cart = []) => [...cart, `item ${cart.length + 1}`]);
  redirect("/");
}

export async function signInHere() {
  redirect("/api/auth/signin?callbackUrl=%2F");
}

export async function signOutOurs() {
  await destroySession();
  redirect("/");
}

export async function signOutTheirs() {
  redirect("/api/auth/signout?callbackUrl=%2F");
}

export async function revokeEverywhere() {
  redirect("/");
}
