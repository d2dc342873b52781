import type { Call } from "../http/action.ts";
import { isResponse } from "../http/responses.ts";
import { oauthError } from "./oauth-answers.ts";

/** The parameters of a request, each given once; an empty one counts as absent (RFC 6749 section 3.2). */
export type OAuthForm = ReadonlyMap<string, string>;

/** A parameter that may be given several times (RFC 8707 section 2). */
const repeatable = "resource";

/** What a request has sent. */
export interface OAuthFields {
  readonly form: OAuthForm;
  readonly resources: readonly string[];
}

/** Reads the body of a request; the answer, where it is no form, or says something twice. The query is not looked at. */
export async function readForm(call: Call): Promise<OAuthFields | Response> {
  const type = call.request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") return oauthError("invalid_request");
  const body = await call.body();
  if (isResponse(body)) return oauthError("invalid_request");
  const form = new Map<string, string>();
  let resources: readonly string[] = [];
  for (const [name, value] of Object.entries((body.value ?? {}) as Readonly<Record<string, unknown>>)) {
    if (name === repeatable) resources = [value].flat().map(String);
    else if (typeof value !== "string") return oauthError("invalid_request");
    else if (value !== "") form.set(name, value);
  }
  return { form, resources };
}
