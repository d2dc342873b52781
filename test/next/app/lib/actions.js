"use server";
import { cookies } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { operations } from "./operations.js";
import { createAuthSession, destroySession, getSession, openSession, requireUser } from "./session.js";

export async function nothing() {
  return "nothing";
}
export async function foreign() {
  (await cookies()).set("foreign", "1");
}
export async function set() {
  await operations.set(await openSession());
}
export async function cart() {
  await operations.cart(await openSession());
}
export async function many() {
  await operations.many(await openSession());
}
export async function signin() {
  await getSession();
  await createAuthSession("ada");
}
export async function signinRedirect() {
  await createAuthSession("ada");
  redirect("/live");
}
export async function signinNotFound() {
  await createAuthSession("ada");
  notFound();
}
export async function signout() {
  await destroySession();
}
export async function member() {
  const session = await requireUser();
  return session.userId;
}
