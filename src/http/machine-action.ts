import type { Problem } from "../cookie/rules.ts";
import { isScopes } from "../core/api-key-policy.ts";
import { weakSecrets } from "../core/secrets.ts";
import type { Action, Call } from "./action.ts";
import type { AnyActionDefinition, ApiKeyAuth, NoAuth, SecretAuth } from "./action-definition.ts";
import { handled, inputOf } from "./application-action.ts";
import { byKey } from "./authenticate.ts";
import { insufficientScope, unauthorized } from "./bearer.ts";
import { isResponse } from "./responses.ts";

type MachineAuth = SecretAuth | ApiKeyAuth | NoAuth;
type Handler = (context: object) => unknown;

/** Makes the action of a definition that no visitor calls: another machine does, by a secret, a script, by a user's key, or whoever. */
export function machineAction(auth: MachineAuth, definition: AnyActionDefinition): Action {
  const handler = definition.handler as Handler;
  const run = async (call: Call, known: object): Promise<Response> => {
    const input = await inputOf(call, definition.input);
    if (isResponse(input)) return input;
    const value = await handled(() => handler({ ...known, input: input.value, request: call.request }));
    return isResponse(value) ? value : Response.json(value ?? null);
  };
  if (auth === "nobody") return { credential: auth, answer: (call) => run(call, {}) };
  if ("secret" in auth) return { credential: { secrets: secretsOf(auth) }, answer: (call) => run(call, {}) };
  return {
    credential: "apiKey",
    async answer(call) {
      const { exchange, manager } = call;
      const session = await byKey(manager.apiKeys, exchange);
      if (!session) return unauthorized();
      if (!scopesOf(auth).every((scope) => session.scopes.includes(scope))) return insufficientScope();
      return run(call, { session });
    },
  };
}

/** Tells whether an action is one of machines, whatever else may be wrong with it. */
export function isMachineAuth(auth: unknown): auth is MachineAuth {
  if (auth === "nobody") return true;
  return typeof auth === "object" && auth !== null && ("secret" in auth || "apiKey" in auth);
}

/** What is wrong with the `auth` of an action of machines. */
export function machineAuthProblems(where: string, auth: MachineAuth, hasApiKeys: boolean): Problem[] {
  const problems: Problem[] = [];
  const invalid = (message: string, hint: string) => void problems.push({ code: "CONFIG_INVALID", message, hint });
  if (auth === "nobody") return problems;
  if (Object.keys(auth).length !== 1)
    invalid(`${where}.auth asks for more than one thing.`, "Write { secret } or { apiKey }, and an action for each.");
  if ("secret" in auth) return [...problems, ...weakSecrets(namedSecrets(where, auth))];
  if (auth.apiKey !== true && !isScopes(auth.apiKey?.scopes))
    invalid(`${where}.auth.apiKey is no list of scopes.`, 'Write apiKey: true or apiKey: { scopes: ["read"] }.');
  if (!hasApiKeys)
    invalid(`${where} asks for an API key, and there are none.`, "Say apiKeys: {} in the configuration.");
  return problems;
}

function secretsOf({ secret }: SecretAuth): readonly string[] {
  if (secret === undefined) return [];
  return typeof secret === "string" ? [secret] : secret;
}

function namedSecrets(where: string, { secret }: SecretAuth): [string, unknown][] {
  if (!Array.isArray(secret)) return secret === undefined ? [] : [[`${where}.auth.secret`, secret]];
  return secret.map((one: unknown, index) => [`${where}.auth.secret[${index}]`, one]);
}

function scopesOf({ apiKey }: ApiKeyAuth): readonly string[] {
  return apiKey === true ? [] : apiKey.scopes;
}
