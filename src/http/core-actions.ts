import type { Manager } from "../core/manager.ts";
import type { SessionTypes } from "../core/session.ts";
import type { Action, ActionTable, Call } from "./action.ts";
import { answer } from "./answer.ts";
import { statusResponse } from "./responses.ts";
import type { SignOutOptions } from "./sign-out.ts";
import { clearSiteData } from "./sign-out.ts";

/** The names below the base path that are ours, whether or not a configuration has the action. */
export const coreNames: ReadonlySet<string> = new Set([
  "signout",
  "signout-everywhere",
  "devices",
  "revoke",
  "revoke-others",
  "touch",
  "stop-impersonating",
  "csrf",
  "sweep",
]);

/** The actions that every configuration has, and those that its secrets open. */
export function coreActions({ policy }: Manager<SessionTypes>, signOut: SignOutOptions): ActionTable {
  const sweep: Action = { credential: "secret", answer: sweepExpired };
  return {
    "": { GET: byCookie(showSession) },
    "/signout": { POST: byCookie((call) => signOutHere(call, signOut)) },
    ...(policy.csrfTokens && { "/csrf": { GET: byCookie(showToken) } }),
    ...(policy.sweepSecret !== undefined && { "/sweep": { GET: sweep, POST: sweep } }),
  };
}

function byCookie(answer: Action["answer"]): Action {
  return { credential: "cookie", answer };
}

async function showSession({ visit }: Call): Promise<Response> {
  await visit.load();
  await visit.loadUser();
  if (visit.record?.userId == null) return Response.json(null);
  return Response.json((await visit.readonlySession().toJSON()) ?? null);
}

async function signOutHere(call: Call, options: SignOutOptions): Promise<Response> {
  await call.visit.end();
  return clearSiteData(await answer(call, { signedOut: true }), options);
}

async function showToken({ visit, url, manager }: Call): Promise<Response> {
  const form = url.searchParams.get("form") ?? "";
  if (form.length > 256) return statusResponse(400);
  await visit.load();
  return Response.json({ token: await manager.policy.csrfTokens?.issue(visit.record, form) });
}

/** How many records one request deletes at most: what a scheduler calls should end within a few seconds. */
const sweptPerRequest = 10_000;

async function sweepExpired({ manager }: Call): Promise<Response> {
  const swept = await manager.sweep({ limit: sweptPerRequest });
  return Response.json({ swept, done: swept < sweptPerRequest });
}
