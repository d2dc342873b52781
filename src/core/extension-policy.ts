import { toMilliseconds } from "../duration.ts";
import { createDataShape, type DataShape } from "./data-shape.ts";
import type { ExtensionObject, Extensions } from "./extensions.ts";
import { isKeepRule, type KeepRule, keptKeys } from "./keep.ts";
import type { AnyReadonlySession, Session, SessionTypes } from "./session.ts";

/** One extension of a configuration, resolved. */
export interface ResolvedExtension {
  readonly name: string;
  readonly definition: ExtensionObject<AnyReadonlySession, unknown>;
  /** The shape of its own data, under the keys that the record has. */
  readonly shape: DataShape;
  /** What survives sign-in, under the keys that the record has. */
  readonly keep: KeepRule;
  /** How long a promise may take, in milliseconds. */
  readonly timeLimit: number;
  /** The extensions that need this one, directly or through others: what they gave is out of date when its data changes. */
  readonly dependents: readonly string[];
}

type Report = (message: string, hint: string) => void;

/** The key of the record that holds an extension's own data key. */
export function recordKey(extension: string, key: string): string {
  return `${extension}.${key}`;
}

/** Resolves the option `extend`; whatever is wrong with it is reported. `timeLimit` is the configuration's. */
export function resolveExtensions(extend: Extensions, timeLimit: number, invalid: Report): ResolvedExtension[] {
  return Object.entries(extend).map(([name, given]) => {
    const definition = typeof given === "function" ? { resolve: given } : given;
    const at = `extend.${name}`;
    if (typeof definition?.resolve !== "function") {
      invalid(
        `${at} is neither a function nor an object with resolve.`,
        "Write (session) => … or use defineExtension.",
      );
      return { name, definition, shape: createDataShape({}, []), keep: [], timeLimit, dependents: [] };
    }
    checkName(name, definition.name, invalid);
    checkNeeds(name, definition.needs ?? [], Object.keys(extend), invalid);
    const problems: string[] = [];
    const shape = createDataShape(ownSchemas(name, definition), problems);
    for (const problem of problems)
      invalid(`${at}: ${problem}`, "Give each data key a synchronous Standard Schema with JSON output.");
    const keep = keepOf(name, definition, invalid);
    const dependents = dependentsOf(name, Object.entries(extend));
    const limit = limitOf(at, definition.timeLimit, timeLimit, invalid);
    return { name, definition, shape, keep, timeLimit: limit, dependents };
  });
}

/** Of the extensions that come after it alone: none can need one another. */
function dependentsOf(name: string, extensions: readonly (readonly [string, Extensions[string]])[]): string[] {
  const later = extensions.slice(extensions.findIndex(([other]) => other === name) + 1);
  const direct = later.filter(
    ([, given]) => typeof given !== "function" && given?.needs?.some((one) => one.name === name),
  );
  return direct.flatMap(([dependent]) => [dependent, ...dependentsOf(dependent, later)]);
}

/** What every session has, a script's too: an extension of that name would hide it. `then` would make the session look like a promise. */
const taken: Readonly<Record<keyof Session<SessionTypes> | keyof object | "constructor" | "kind" | "scopes", true>> = {
  ...{ id: true, userId: true, user: true, data: true, version: true, actor: true, signal: true },
  ...{ createdAt: true, authenticatedAt: true, lastSeenAt: true, idleExpiresAt: true, expiresAt: true },
  ...{ isAnonymous: true, amr: true, acr: true, pendingSignIn: true, satisfies: true, toClient: true, toJSON: true },
  ...{ csrfToken: true, verifyCsrfToken: true, set: true, update: true, replace: true, pluck: true },
  ...{ signIn: true, startSignIn: true, completeSignIn: true, reauthenticate: true, credentialsChanged: true },
  ...{ impersonate: true, stopImpersonating: true, list: true, revoke: true, revokeOthers: true, touch: true },
  ...{ issueApiKey: true, listApiKeys: true, revokeApiKey: true, issueTokens: true },
  ...{ listTokens: true, revokeTokens: true, kind: true, scopes: true },
  ...{ rotate: true, destroy: true, signOut: true, loadUser: true, constructor: true },
};

function checkName(name: string, own: string | undefined, invalid: Report): void {
  if (name in taken || name === "then" || !/^[a-z_$][\w$]*$/i.test(name))
    invalid(`extend has ${JSON.stringify(name)}, which cannot be a property of a session.`, "Choose another name.");
  if (own !== undefined && own !== name)
    invalid(`extend.${name} is the extension named ${JSON.stringify(own)}.`, `Write extend: { ${own} }.`);
}

function checkNeeds(
  name: string,
  needs: readonly { readonly name: string }[],
  names: readonly string[],
  invalid: Report,
): void {
  for (const needed of needs) {
    const index = names.indexOf(needed.name);
    if (index === -1) invalid(`extend.${name} needs ${needed.name}, which is not there.`, `Add it before ${name}.`);
    else if (index > names.indexOf(name))
      invalid(`extend.${name} needs ${needed.name}, which comes after it.`, "Put it first: none can need one another.");
  }
}

function ownSchemas(name: string, { data = {} }: ResolvedExtension["definition"]) {
  return Object.fromEntries(Object.entries(data).map(([key, schema]) => [recordKey(name, key), schema]));
}

function keepOf(name: string, { data = {}, keep = [] }: ResolvedExtension["definition"], invalid: Report): KeepRule {
  const unknown = isKeepRule(keep) ? keptKeys(keep).filter((key) => !Object.hasOwn(data, key)) : ["what is no rule"];
  if (unknown.length > 0) {
    invalid(`extend.${name}.keep names ${unknown.join(", ")}, which its data does not.`, "Name keys of its own data.");
    return [];
  }
  if (Array.isArray(keep)) return keep.map((key: string) => recordKey(name, key));
  return Object.fromEntries(Object.entries(keep).map(([key, rule]) => [recordKey(name, key), rule]));
}

function limitOf(at: string, given: unknown, fallback: number, invalid: Report): number {
  if (given === undefined) return fallback;
  try {
    return toMilliseconds(given as never, `${at}.timeLimit`);
  } catch (error) {
    invalid((error as Error).message, 'Write a duration such as "10s".');
    return fallback;
  }
}
