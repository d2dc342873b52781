import type { Manager } from "../core/manager.ts";
import type { SessionTypes } from "../core/session.ts";
import type { Action, ActionTable, Call } from "./action.ts";
import { answer } from "./answer.ts";
import { keyActions } from "./key-actions.ts";
import { invalidInput, isResponse, statusResponse } from "./responses.ts";
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
  "keys",
  "revoke-key",
  "token",
  "introspect",
  "revoke-token",
  "jwks.json",
]);

/** The actions that every configuration has, and those that its secrets open. */
export function coreActions({ policy }: Manager<SessionTypes>, signOut: SignOutOptions): ActionTable {
  const { sweepSecret } = policy;
  const secrets = sweepSecret === undefined ? [] : [sweepSecret];
  const sweep: Action = { credential: { secrets }, hasNoHead: true, answer: sweepExpired };
  return {
    "": { GET: byCookie(showSession) },
    "/signout": { POST: byCookie((call) => signOutHere(call, signOut)) },
    "/signout-everywhere": { POST: byUser((call) => signOutEverywhere(call, signOut)) },
    "/devices": { GET: byUser(listDevices) },
    "/revoke": { POST: byUser(revokeOne) },
    "/revoke-others": { POST: byUser(revokeOthers) },
    "/touch": { POST: byCookie(touch) },
    "/stop-impersonating": { POST: byCookie(stopImpersonating) },
    ...(policy.csrfTokens && { "/csrf": { GET: byCookie(showToken) } }),
    ...(policy.apiKeys && keyActions(byUser)),
    ...(sweepSecret !== undefined && { "/sweep": { GET: sweep, POST: sweep } }),
  };
}

function byCookie(answer: Action["answer"]): Action {
  return { credential: "cookie", answer };
}

/** An action of somebody who is signed in; everybody else is answered 401. */
function byUser(answer: Action["answer"]): Action {
  return byCookie(async (call) => {
    await call.visit.confirm();
    await call.visit.loadUser();
    return call.visit.identity.userId === null ? statusResponse(401) : answer(call);
  });
}

async function showSession(call: Call): Promise<Response> {
  return Response.json(await viewOf(call));
}

async function viewOf({ visit }: Call): Promise<unknown> {
  await visit.load();
  await visit.loadUser();
  return visit.readonlySession().toClient();
}

async function signOutHere(call: Call, options: SignOutOptions): Promise<Response> {
  await call.visit.end();
  return clearSiteData(await answer(call, { signedOut: true }), options);
}

// The others first: where the store fails on the way, the visitor is still signed in and can try again.
async function signOutEverywhere(call: Call, options: SignOutOptions): Promise<Response> {
  const { visit } = call;
  const others = await visit.account.revokeOthers();
  await visit.end();
  return clearSiteData(await answer(call, { signedOut: true, ended: others + 1 }), options);
}

async function listDevices({ visit }: Call): Promise<Response> {
  const sessions = await visit.account.list();
  return Response.json({ devices: sessions.map(({ userId, ...device }) => device) });
}

async function revokeOne(call: Call): Promise<Response> {
  const body = await call.body();
  if (isResponse(body)) return body;
  const { id } = (body.value ?? {}) as { readonly id?: unknown };
  if (typeof id !== "string" || id === "") return invalidInput(400);
  return answer(call, { revoked: await call.visit.account.revoke(id) });
}

async function revokeOthers(call: Call): Promise<Response> {
  return answer(call, { revoked: await call.visit.account.revokeOthers() });
}

async function touch(call: Call): Promise<Response> {
  await call.visit.account.touch();
  return answer(call, await viewOf(call));
}

async function stopImpersonating(call: Call): Promise<Response> {
  await call.visit.account.stopImpersonating();
  return answer(call, await viewOf(call));
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
