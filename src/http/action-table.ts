import { type Problem, show } from "../cookie/rules.ts";
import { isSchema } from "../core/standard-schema.ts";
import { parseDuration } from "../duration.ts";
import type { Action, ActionMethods, ActionTable } from "./action.ts";
import type { AnyActionDefinition } from "./action-definition.ts";
import { applicationAction } from "./application-action.ts";
import { coreNames } from "./core-actions.ts";
import { isMachineAuth, machineAction, machineAuthProblems } from "./machine-action.ts";
import { safeReturnTo } from "./return-to.ts";

/** Actions that somebody adds to ours: the application, or one of its extensions. */
export interface ActionSource {
  /** Where they are written, such as `"actions"`. */
  readonly name: string;
  readonly definitions: Readonly<Record<string, AnyActionDefinition>>;
}

/** What of a configuration its actions may count on. */
export interface Features {
  readonly secrets: boolean;
  readonly apiKeys: boolean;
}

/** Joins the actions of all sources; what cannot be an action is pushed into `problems`. */
export function tableOf(sources: readonly ActionSource[], problems: Problem[], has: Features): ActionTable {
  const table = new Map<string, ActionMethods>();
  for (const { name: source, definitions } of sources) {
    for (const [name, definition] of Object.entries(definitions)) {
      const path = `/${name}`;
      const found = table.has(path) ? [taken(`${source}.${name}`)] : problemsOf(source, name, definition, has);
      problems.push(...found);
      if (found.length === 0) table.set(path, { [definition.method ?? "POST"]: actionOf(name, definition) });
    }
  }
  return Object.fromEntries(table);
}

function actionOf(name: string, definition: AnyActionDefinition): Action {
  const { auth = "user" } = definition;
  return isMachineAuth(auth) ? machineAction(auth, definition) : applicationAction(name, definition, auth);
}

const methods: readonly unknown[] = ["GET", "POST", "PUT", "PATCH", "DELETE", undefined];

function problemsOf(source: string, name: string, given: AnyActionDefinition, has: Features): Problem[] {
  const where = `${source}.${name}`;
  const problems: Problem[] = [];
  const invalid = (message: string, hint: string) => void problems.push({ code: "CONFIG_INVALID", message, hint });
  if (!/^[a-z0-9][\w~-]*(?:\.[\w~-]+)*$/i.test(name))
    invalid(`${source} has ${show(name)}, which is no segment of a path.`, 'Name it like "rename" or "change-email".');
  else if (coreNames.has(name.toLowerCase())) return [taken(where)];
  if (typeof given?.handler !== "function") {
    invalid(`${where} has no handler.`, "Write handler: ({ session, input }) => …");
    return problems;
  }
  const { method, input, auth = "user", csrfToken, turnAwayTo } = given;
  if (!methods.includes(method))
    invalid(`${where}.method is ${show(method)}.`, "Write GET, POST, PUT, PATCH or DELETE.");
  if (input !== undefined && !isSchema(input))
    invalid(
      `${where}.input is not a Standard Schema.`,
      "Use one of zod, valibot, arktype or another that implements it.",
    );
  if (turnAwayTo !== undefined && safeReturnTo(turnAwayTo, "") !== turnAwayTo)
    invalid(`${where}.turnAwayTo is ${show(turnAwayTo)}.`, 'Write a path of this site, such as "/sign-in".');
  if (isMachineAuth(auth)) {
    problems.push(...machineAuthProblems(where, auth, has.apiKeys));
    if (csrfToken) invalid(`${where}.csrfToken is for forms, and no form calls it.`, "Leave csrfToken out.");
    if (turnAwayTo !== undefined)
      invalid(`${where}.turnAwayTo is for forms, and no form calls it.`, "Leave turnAwayTo out.");
  } else if (!isAuth(auth))
    invalid(`${where}.auth is ${show(auth)}.`, 'Write "user", "anyone" or { freshFor: "10m" }.');
  else if (csrfToken === true && !has.secrets)
    problems.push({
      code: "CONFIG_SECRET_MISSING",
      message: `${where}.csrfToken needs secrets, and there are none.`,
      hint: "Pass secrets: [process.env.SESSION_SECRET].",
    });
  return problems;
}

function isAuth(auth: unknown): boolean {
  if (auth === "user" || auth === "anyone") return true;
  if (typeof auth !== "object" || auth === null) return false;
  const { freshFor, amr, acr, ...unknown } = auth as Readonly<Record<string, unknown>>;
  return (
    Object.keys(unknown).length === 0 &&
    (freshFor === undefined || parseDuration(freshFor) !== null) &&
    (amr === undefined || (Array.isArray(amr) && amr.every((method) => typeof method === "string"))) &&
    (acr === undefined || typeof acr === "string")
  );
}

function taken(where: string): Problem {
  return { code: "CONFIG_INVALID", message: `${where} has the name of another action.`, hint: "Choose another name." };
}
