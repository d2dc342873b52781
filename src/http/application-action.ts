import { issuePath, type SchemaIssue, type StandardSchema } from "../core/standard-schema.ts";
import type { Visit } from "../core/visit.ts";
import { toMilliseconds } from "../duration.ts";
import { isSessionError } from "../errors.ts";
import type { Action, Call } from "./action.ts";
import { fieldsOf } from "./action-body.ts";
import type { AnyActionDefinition, VisitorAuth } from "./action-definition.ts";
import { answer, turnAway } from "./answer.ts";
import { bringsToken, fieldOf, needsToken, tokenField } from "./form-token.ts";
import { isSafeMethod } from "./origin-check.ts";
import { crossSiteResponse, invalidInput, isResponse, statusResponse } from "./responses.ts";

/** Makes the action of a definition that visitors call: who may, what it was sent, what its handler answers. */
export function applicationAction(name: string, definition: AnyActionDefinition, auth: VisitorAuth): Action {
  return {
    credential: "cookie",
    mayBeExempt: true,
    async answer(call) {
      const { visit, manager } = call;
      const refusal = (await refuseCaller(call, definition, auth)) ?? (await refuseForm(call, name, definition));
      if (refusal) return refusal;
      const input = await inputOf(call, definition.input);
      if (isResponse(input)) return input;
      const session = manager.sessionOf(visit);
      const { value } = input;
      return answer(call, await handled(() => definition.handler({ session, input: value, request: call.request })));
    },
  };
}

/** Runs a handler. What it stores may not fit the session's schemas; which data that was stays on the server. */
export async function handled(handler: () => unknown): Promise<unknown> {
  try {
    return await handler();
  } catch (error) {
    if (isSessionError(error, "DATA_INVALID", "DATA_TOO_LARGE")) return invalidInput(400);
    throw error;
  }
}

async function refuseCaller(
  call: Call,
  { turnAwayTo }: AnyActionDefinition,
  auth: VisitorAuth,
): Promise<Response | null> {
  if (await isAdmitted(call.visit, auth)) return null;
  return (turnAwayTo === undefined ? null : await turnAway(call, turnAwayTo)) ?? statusResponse(401);
}

async function isAdmitted(visit: Visit, auth: VisitorAuth): Promise<boolean> {
  await visit.load();
  if (auth === "anyone") return true;
  if (auth !== "user") await visit.confirm();
  await visit.loadUser();
  const { freshFor, ...requirement } = auth === "user" ? {} : auth;
  const age = freshFor === undefined ? undefined : toMilliseconds(freshFor, "an action's freshFor");
  return visit.satisfies({ ...requirement, freshFor: age });
}

async function refuseForm(call: Call, name: string, { csrfToken }: AnyActionDefinition): Promise<Response | null> {
  const { crossSite, exchange, manager, visit } = call;
  if (!(csrfToken ?? crossSite.csrf.tokens) || crossSite.isExempt(exchange)) return null;
  if (!needsToken(manager.policy, exchange)) return null;
  const body = await call.body();
  if (isResponse(body)) return body;
  const token = exchange.header("x-csrf-token") ?? fieldOf(body, tokenField);
  if (await bringsToken(manager.policy, visit.record, token, ["", name])) return null;
  return crossSite.reports(exchange, "token") ? null : crossSiteResponse();
}

/** What an action was sent, as its schema makes of it; a response where it does not fit. */
export async function inputOf(call: Call, schema: StandardSchema | undefined): Promise<{ value: unknown } | Response> {
  if (!schema) return { value: undefined };
  const given = await givenTo(call);
  if (isResponse(given)) return given;
  const result = await schema["~standard"].validate(given.value);
  return result.issues ? invalidInput(400, fieldsAt(result.issues)) : { value: result.value };
}

async function givenTo(call: Call): Promise<{ value: unknown } | Response> {
  if (isSafeMethod(call.request.method)) return { value: fieldsOf(call.url.searchParams) };
  const body = await call.body();
  if (isResponse(body) || body.kind !== "form") return body;
  const { returnTo, [tokenField]: token, ...value } = body.value as Readonly<Record<string, unknown>>;
  return { value };
}

/** How many fields an answer names at most. */
const mostFields = 20;

function fieldsAt(issues: readonly SchemaIssue[]): string[] {
  const fields = issues.map((issue) => issuePath("", issue).replace(/^\./, "").slice(0, 100));
  return [...new Set(fields)].filter((field) => field !== "").slice(0, mostFields);
}
