import { tokenResponse } from "coatcheck/tokens";
import { answered } from "@/lib/answered";
import { refuseLong } from "@/lib/body-limit";
import { sessions } from "@/lib/session";
import { isAuthjsDemo } from "@/lib/settings";
import { scopes } from "@/lib/tokens";

export const POST = (request: Request) => answered(() => signIn(request));

/**
 * Signs a command line in with the ticket of its user: a session of its own, which is in their list of devices and ends by itself.
 * A ticket is good once; of two programs that send the same one at once, one is signed in. Where anything fails after that, the ticket
 * is used up, and its user makes another one.
 */
async function signIn(request: Request): Promise<Response> {
  if (isAuthjsDemo) return Response.json({ error: "not_here" }, { status: 404 });
  const refusal = refuseLong(request); // nobody is known yet
  if (refusal) return refusal;
  const body: unknown = await request.json().catch(() => null);
  const { ticket, host } = (body ?? {}) as { ticket?: unknown; host?: unknown };
  const entry = await sessions.redeemTicket<{ userId: string; amr: string[] }>("command-line", ticket);
  if (!entry) return Response.json({ error: "invalid_ticket" }, { status: 400 });
  const name = typeof host === "string" ? host.slice(0, 60) : "a computer";
  const device = { name: `Command line on ${name}` };
  const { session } = await sessions.create({ userId: entry.userId, amr: entry.amr, device });
  try {
    return tokenResponse(await session.issueTokens({ client: "command-line", scope: scopes }));
  } catch (error) {
    // Without tokens nobody holds the session, and it would stand in the user's list for nothing.
    if (session.id !== null) await sessions.revoke(session.id).catch((other: unknown) => console.error(other));
    throw error;
  }
}
