"use server";

import { isSessionError } from "coatcheck";
import { requireAdmin } from "@/lib/admin";
import { note } from "@/lib/audit";
import { goSaying } from "@/lib/go";
import { openSession, recent, sessions } from "@/lib/session";

/** Ends anybody's session. The event knows that the application did it; who it was, the application writes itself. */
export async function revokeSession(form: FormData): Promise<void> {
  const admin = await requireAdmin();
  const [id, userId] = [String(form.get("id")), String(form.get("userId"))];
  const isRevoked = await sessions.revoke(id);
  if (isRevoked)
    note({
      at: Date.now(),
      what: "revoked",
      sessionId: id,
      userId,
      actorId: admin.userId,
      detail: "by an administrator",
    });
  await goSaying(isRevoked ? "That session is ended." : "That session was over already.", "/admin");
}

/** Whether it is allowed, `impersonation.allow` of the configuration decides, not the page that shows a button. */
export async function actAs(form: FormData): Promise<void> {
  await requireAdmin(recent);
  const reason = String(form.get("reason") ?? "").trim();
  if (reason === "") await goSaying("Say why: the reason is a part of the audit list.", "/admin", "bad");
  const session = await openSession();
  try {
    await session.impersonate(String(form.get("userId")), { reason: reason.slice(0, 200), ttl: "15m" });
  } catch (error) {
    if (!isSessionError(error, "IMPERSONATION_REFUSED")) throw error;
    await goSaying("You may not act as this user.", "/admin", "bad");
  }
  await goSaying("What you do now is done in their name.", "/account");
}
