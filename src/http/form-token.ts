import { cookieValues } from "../cookie/parse.ts";
import type { TokenHolder } from "../core/csrf-token.ts";
import type { Policy } from "../core/policy.ts";
import { type ActionBody, isJson, readBody } from "./action-body.ts";
import type { ArrivedRequest, CrossSiteCheck } from "./cross-site.ts";
import { type CheckedRequest, isSafeMethod } from "./origin-check.ts";
import { crossSiteResponse, isResponse } from "./responses.ts";

/** The field of a form that carries its synchronizer token. */
export const tokenField = "csrf_token";

/**
 * Whether a request must bring a token where tokens are asked for: it changes something, our cookie stands behind it, and it
 * may be a form. JSON is none: a page of another site cannot send it without being let.
 */
export function needsToken(request: CheckedRequest, cookieName: string): boolean {
  if (isSafeMethod(request.method) || isJson(request.header("content-type"))) return false;
  return cookieValues(request.header("cookie"), cookieName).length > 0;
}

/** Whether a token is the visitor's own, for one of these forms. */
export async function bringsToken(
  { csrfTokens }: Policy,
  holder: TokenHolder,
  token: unknown,
  forms: readonly string[],
): Promise<boolean> {
  if (!csrfTokens) return false;
  const verdicts = await Promise.all(forms.map((form) => csrfTokens.verify(token, holder, form)));
  return verdicts.includes(true);
}

/**
 * Refuses a form without a token of its visitor, where `csrf.tokens` asks for one; `null` lets it pass. The body is read from a
 * copy: the handler can still read it.
 */
export async function refuseWithoutToken(
  { policy, crossSite }: { readonly policy: Policy; readonly crossSite: CrossSiteCheck },
  request: Request,
  arrived: ArrivedRequest,
  holder: TokenHolder,
): Promise<Response | null> {
  if (!crossSite.csrf.tokens || !needsToken(arrived, policy.cookie.name) || crossSite.isExempt(arrived)) return null;
  const token = arrived.header("x-csrf-token") ?? (await sentToken(request.clone()));
  if (await bringsToken(policy, holder, token, [""])) return null;
  return crossSite.reports(arrived, "token") ? null : crossSiteResponse();
}

async function sentToken(copy: Request): Promise<unknown> {
  const body = await readBody(copy);
  return isResponse(body) ? undefined : fieldOf(body, tokenField);
}

/** One field of a form. */
export function fieldOf({ kind, value }: ActionBody, name: string): unknown {
  return kind === "form" && Object.hasOwn(value as object, name) ? (value as Record<string, unknown>)[name] : undefined;
}
