"use server";

import { onlyWithOwnSignIn } from "@/lib/entrance";
import { goSaying } from "@/lib/go";
import { recent, requireUser } from "@/lib/session";

const here = "/account/connections";

/** Ends the link, and has its tokens revoked at the library. */
export async function disconnect(): Promise<void> {
  onlyWithOwnSignIn();
  const session = await requireUser({ ...recent, returnTo: here });
  await session.connection("lantern").unlink();
  await goSaying("Lantern Library is disconnected.", here);
}
