import type { Call } from "./action.ts";
import { isJson } from "./action-body.ts";
import { isSafeMethod } from "./origin-check.ts";
import { isResponse } from "./responses.ts";
import { safeReturnTo, withReturnTo } from "./return-to.ts";

/**
 * Answers with a value: as JSON, or, where the browser itself has posted a form, by going on to the page that the form
 * names in `returnTo` (of the query, or a field). A response goes as it is.
 */
export async function answer(call: Call, value: unknown): Promise<Response> {
  if (isResponse(value)) return value;
  if (!isPlainForm(call.request)) return Response.json(value ?? null);
  return new Response(null, { status: 303, headers: { location: await returnToOf(call) } });
}

/** Sends a browser that has posted a form to another page, which is told where to go on after it; `null` for a script. */
export async function turnAway(call: Call, path: string): Promise<Response | null> {
  if (!isPlainForm(call.request)) return null;
  return new Response(null, { status: 303, headers: { location: withReturnTo(path, await returnToOf(call)) } });
}

// A script asks for anything, or for JSON; only a browser that loads a page asks for HTML.
function isPlainForm({ method, headers }: Request): boolean {
  if (isSafeMethod(method) || isJson(headers.get("content-type"))) return false;
  return headers.get("accept")?.includes("text/html") ?? false;
}

async function returnToOf({ url, body }: Call): Promise<string> {
  const asked = url.searchParams.get("returnTo");
  if (asked !== null) return safeReturnTo(asked);
  const sent = await body();
  const fields = isResponse(sent) || sent.kind !== "form" ? {} : (sent.value as { readonly returnTo?: unknown });
  return safeReturnTo(fields.returnTo);
}
