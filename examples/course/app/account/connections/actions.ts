"use server";

import { onlyWithOwnSignIn } from "@/lib/entrance";
import { goSaying } from "@/lib/go";
import { recent, requireUser } from "@/lib/session";

const here = "/account/connections";

/** Ends the link, has its tokens revoked at the library, and goes back to the page of the two that it was asked on. */
export async function disconnect(form: FormData): Promise<void> {
  onlyWithOwnSignIn();
  const returnTo = form.get("from") === "/account/access" ? "/account/access" : here;
  const session = await requireUser({ ...recent, returnTo });
  await session.connection("lantern").unlink();
  await goSaying("Lantern Library is disconnected.", returnTo);
}
