"use server";

import { onlyWithOwnSignIn } from "@/lib/entrance";
import { recent, requireUser, sessions } from "@/lib/session";

/** A ticket ends with the session that it was made in, so signing out takes an unused one back. */
export async function makeTicket(): Promise<string> {
  onlyWithOwnSignIn();
  const { userId, amr, id } = await requireUser({ ...recent, returnTo: "/account/command-line" });
  return sessions.issueTicket("command-line", { userId, amr }, "5m", id === null ? {} : { session: id });
}
