import { refresh } from "next/cache";
import { redirect } from "next/navigation";
import { type Flash, markForFlash } from "./flash";
import { openSession } from "./session";

/** Ends a Server Action on a page of ours. The layout is rendered anew with it: its cart badge has changed as well. */
export function goTo(path: string): never {
  refresh();
  redirect(path);
}

/** The same, and the page will say this once. */
export async function goSaying(text: string, path: string, tone: Flash[number]["tone"] = "good"): Promise<never> {
  const session = await openSession();
  await session.update("flash", (flash) => [...flash, { text, tone }].slice(-5));
  goTo(markForFlash(path));
}
