import type { Problem } from "../cookie/rules.ts";
import { isScopes } from "../core/api-key-policy.ts";
import { weakSecrets } from "../core/secrets.ts";

/** What every client may be told. */
interface ClientRights {
  /** The audiences that it may have tokens for (default: all of the configuration). */
  readonly audiences?: readonly string[];
  /** The scopes that it may have (default: all of the configuration). */
  readonly scopes?: readonly string[];
  /**
   * The sessions that it has tokens of are its own, made for it: when it revokes its refresh token, its session ends (default
   * `false`: the session goes on without it).
   */
  readonly ownsSession?: boolean;
}

/** A client that can keep no secret: an application on a device of the user, or a command line. */
export interface PublicClient extends ClientRights {
  readonly public: true;
}

/** A client that keeps a secret: another server. */
export interface ConfidentialClient extends ClientRights {
  /** At least 32 bytes; several while one takes the place of another. */
  readonly secret: string | readonly string[] | undefined;
  /** The audiences that it answers for: it may ask about access tokens that are for these (`/introspect`). */
  readonly serves?: readonly string[];
}

/** A client that tokens are issued to, by its name. */
export type TokenClient = PublicClient | ConfidentialClient;

/** The same, resolved. */
export interface ClientPolicy {
  readonly id: string;
  /** Empty: the client is public. */
  readonly secrets: readonly string[];
  readonly audiences: readonly string[];
  readonly scopes: readonly string[] | null;
  readonly serves: readonly string[];
  readonly ownsSession: boolean;
}

/** What clients may have at most. */
export interface Offered {
  readonly audiences: readonly string[];
  /** `null`: any. */
  readonly scopes: readonly string[] | null;
}

/** Resolves the clients of a configuration, and reports what is wrong with them. */
export function resolveClients(
  clients: Readonly<Record<string, TokenClient>>,
  offered: Offered,
  problems: Problem[],
): ReadonlyMap<string, ClientPolicy> {
  const given = typeof clients === "object" && clients !== null ? Object.entries(clients) : [];
  if (given.length === 0)
    problems.push(invalid("tokens.clients names no client.", "Write clients: { mobile: { public: true } }."));
  return new Map(given.map(([id, client]) => [id, resolveClient(id, client ?? {}, offered, problems)]));
}

function resolveClient(
  id: string,
  client: Partial<PublicClient & ConfidentialClient>,
  offered: Offered,
  problems: Problem[],
) {
  const where = `tokens.clients.${id}`;
  const { audiences = offered.audiences, scopes = offered.scopes, serves = [], ownsSession = false } = client;
  if (!/^[\w.~:/-]{1,128}$/.test(id))
    problems.push(invalid("tokens.clients has a name that no client can have.", 'Name it like "mobile".'));
  const isPart = (some: readonly string[]) =>
    Array.isArray(some) && some.every((one) => offered.audiences.includes(one));
  if (!isPart(audiences) || !isPart(serves))
    problems.push(invalid(`${where} names an audience that tokens.audiences does not.`, "Add it there."));
  if (scopes !== null && (!isScopes(scopes) || !scopes.every((scope) => offered.scopes?.includes(scope) ?? true)))
    problems.push(invalid(`${where}.scopes is no list of scopes of the configuration.`, "Add them to tokens.scopes."));
  problems.push(...secretProblems(where, client));
  return { id, secrets: secretsOf(client), audiences, scopes, serves, ownsSession: ownsSession === true };
}

// A secret that somebody forgot to set must not make a client of everybody.
function secretProblems(where: string, client: Partial<PublicClient & ConfidentialClient>): Problem[] {
  const isPublic = client.public === true;
  if (isPublic === "secret" in client)
    return [invalid(`${where} has to be public, or to have a secret.`, "Write { public: true } or { secret }.")];
  const secrets = secretsOf(client);
  if (isPublic) return client.serves ? [invalid(`${where} is public, and serves.`, "Give it a secret.")] : [];
  const hint = "Set it, or leave the client out.";
  if (secrets.length === 0) return [{ code: "CONFIG_SECRET_MISSING", message: `${where}.secret is not set.`, hint }];
  return weakSecrets(secrets.map((secret, at) => [`${where}.secret[${at}]`, secret]));
}

function secretsOf({ secret }: Partial<ConfidentialClient>): readonly string[] {
  if (secret === undefined || secret === null) return [];
  return typeof secret === "string" ? [secret] : secret;
}

function invalid(message: string, hint: string): Problem {
  return { code: "CONFIG_INVALID", message, hint };
}
