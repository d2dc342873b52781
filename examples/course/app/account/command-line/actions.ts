"use server";

import { onlyWithOwnSignIn } from "@/lib/entrance";
import { recent, requireUser, sessions } from "@/lib/session";

/**
 * A ticket ends with the session that it was made in, so signing out takes an unused one back. The page has asked for a recent proof,
 * and so does this: it is what keeps an administrator who acts as a customer from a ticket. Nobody has proven to be that customer, so
 * no proof is recent enough.
 */
export async function makeTicket(): Promise<string> {
  onlyWithOwnSignIn();
  const { userId, amr, id } = await requireUser({ ...recent, returnTo: "/account/command-line" });
  return sessions.issueTicket("command-line", { userId, amr }, "5m", { session: id });
}
