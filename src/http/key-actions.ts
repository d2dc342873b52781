import type { IssueApiKeyOptions } from "../core/api-key-request.ts";
import { isSessionError } from "../errors.ts";
import type { ActionMethods, ActionTable, Call } from "./action.ts";
import { answer } from "./answer.ts";
import { invalidInput, isResponse } from "./responses.ts";

/** The actions by which a signed-in user keeps their API keys. `byUser` makes an action of somebody who is signed in. */
export function keyActions(byUser: (answer: (call: Call) => Promise<Response>) => ActionMethods[string]): ActionTable {
  return {
    "/keys": { GET: byUser(listKeys), POST: byUser(issueKey) },
    "/revoke-key": { POST: byUser(revokeKey) },
  };
}

async function listKeys({ visit }: Call): Promise<Response> {
  const keys = await visit.account.listApiKeys();
  return Response.json({ keys: keys.map(({ userId, ...key }) => key) });
}

// Answered as JSON whoever asks: going on to another page, as after other forms, would lose the key.
async function issueKey(call: Call): Promise<Response> {
  const body = await call.body();
  if (isResponse(body)) return body;
  try {
    return Response.json(await call.visit.account.issueApiKey(body.value as IssueApiKeyOptions)); // checked there
  } catch (error) {
    if (isSessionError(error, "DATA_INVALID")) return invalidInput(400);
    throw error;
  }
}

async function revokeKey(call: Call): Promise<Response> {
  const body = await call.body();
  if (isResponse(body)) return body;
  const { id } = (body.value ?? {}) as { readonly id?: unknown };
  if (typeof id !== "string" || id === "") return invalidInput(400);
  return answer(call, { revoked: await call.visit.account.revokeApiKey(id) });
}
