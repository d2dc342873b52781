import { cookieValues } from "../cookie/parse.ts";
import type { TokenHolder } from "../core/csrf-token.ts";
import type { Policy } from "../core/policy.ts";
import { type ActionBody, isJson, readBody } from "./action-body.ts";
import { isBearer } from "./credential.ts";
import type { ArrivedRequest, CrossSiteCheck } from "./cross-site.ts";
import { type CheckedRequest, isSafeMethod } from "./origin-check.ts";
import { crossSiteResponse, isResponse } from "./responses.ts";

/** The field of a form that carries its synchronizer token. */
export const tokenField = "csrf_token";

/**
 * Whether a request must bring a token where tokens are asked for: it changes something, our cookie stands behind it, and it
 * may be a form. JSON is none: a page of another site cannot send it without being let.
 */
export function needsToken(policy: Policy, request: CheckedRequest): boolean {
  if (isSafeMethod(request.method) || isJson(request.header("content-type"))) return false;
  if (isBearer(policy, request)) return false;
  return cookieValues(request.header("cookie"), policy.cookie.name).length > 0;
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

/** What a request is held against. */
interface Check {
  readonly policy: Policy;
  readonly crossSite: CrossSiteCheck;
}

/** Refuses a form without a token of its visitor; `null` lets it pass. The body is read from a copy: the handler can still read it. */
export async function refuseWithoutToken(
  check: Check,
  request: Request,
  arrived: ArrivedRequest,
  holder: TokenHolder,
): Promise<Response | null> {
  return (await admitsForm(check, arrived, holder, () => sentToken(request.clone()))) ? null : crossSiteResponse();
}

/**
 * Whether a form brings a token of its visitor, where `csrf.tokens` asks for one: in the header `x-csrf-token`, or as what
 * `sent` finds in its body.
 */
export async function admitsForm(
  { policy, crossSite }: Check,
  arrived: ArrivedRequest,
  holder: TokenHolder,
  sent: () => unknown,
): Promise<boolean> {
  if (!crossSite.csrf.tokens || !needsToken(policy, arrived) || crossSite.isExempt(arrived)) return true;
  const token = arrived.header("x-csrf-token") ?? (await sent());
  return (await bringsToken(policy, holder, token, [""])) || crossSite.reports(arrived, "token");
}

/**
 * The token of a Node request whose body a parser has read before us. Reading it here would take it from the handler, so
 * that of a body which nobody has read none is known.
 */
export function parsedToken(request: object): unknown {
  const { body } = request as { readonly body?: unknown };
  return typeof body === "object" && body !== null && Object.hasOwn(body, tokenField)
    ? (body as Record<string, unknown>)[tokenField]
    : undefined;
}

async function sentToken(copy: Request): Promise<unknown> {
  const body = await readBody(copy);
  return isResponse(body) ? undefined : fieldOf(body, tokenField);
}

/** One field of a form. */
export function fieldOf({ kind, value }: ActionBody, name: string): unknown {
  return kind === "form" && Object.hasOwn(value as object, name) ? (value as Record<string, unknown>)[name] : undefined;
}
