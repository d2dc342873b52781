import { createEmit } from "../core/events.ts";
import { createGuard } from "../core/guard.ts";
import { checkUserId } from "../core/inputs.ts";
import { createKeptRecords } from "../core/kept-records.ts";
import { createReads } from "../core/reads.ts";
import { SessionConfigError } from "../errors.ts";
import { type DefinedExtension, defineExtension } from "../http/define-extension.ts";
import { createActions, createCallbacks } from "./actions.ts";
import { boundedFetch } from "./bounded-fetch.ts";
import {
  type Connection,
  type ConnectionContext,
  type ConnectionInfo,
  createConnection,
  type UnlinkOptions,
} from "./connection.ts";
import { createFlows } from "./flows.ts";
import { createFreshTokens, type Report } from "./fresh-tokens.ts";
import { createLinks, type Owner } from "./links.ts";
import { type ConnectionsOptions, type ConnectionsPolicy, resolveConnections } from "./options.ts";
import { pendingFlows } from "./pending-flows.ts";
import type { Providers } from "./provider.ts";
import { createProviderClient, type ProviderClient } from "./provider-client.ts";
import { type ResealOptions, resealAll } from "./reseal.ts";
import { createSeal } from "./seal.ts";
import { createSealedTokens } from "./sealed-tokens.ts";
import {
  createSessionConnections,
  type Inside,
  type OwnContext,
  type SessionConnections,
} from "./session-connections.ts";

/** The connections of an application: an extension of the session, and the way to them without one. */
export interface Connections<Name extends string>
  extends DefinedExtension<"connection", SessionConnections<Name>, never, ReturnType<typeof createActions>> {
  /** The connection of a user with a provider, for jobs without a session. Whoever calls it has to know that they may. */
  of(userId: string, provider: Name): Connection<Name>;
  /** What a user has linked. */
  list(userId: string): Promise<readonly ConnectionInfo<Name>[]>;
  /** Ends every link of a user, as for a user who is deleted. Answers how many there were. */
  unlinkAll(userId: string, options?: UnlinkOptions): Promise<number>;
  /**
   * Seals the tokens of these users with the first secret, so that an older one can be retired. Stores have no way to list all links:
   * give it the ids of your users, as often as you like. A link that is used is sealed anew by the way.
   *
   * @param options.onLeft Is told of every link that is not sealed with the first secret throughout. Where it never is, and every user
   *   was named, no link needs an older secret. `npx coatcheck reseal` says the same on the command line.
   * @returns How many links were sealed anew.
   */
  reseal(userIds: Iterable<string> | AsyncIterable<string>, options?: ResealOptions<Name>): Promise<number>;
}

/**
 * Makes the connections of an application: sign-in with and linking of accounts at other providers, by OAuth 2.0 and OpenID Connect,
 * and their tokens, sealed in the session store and always fresh. They stand in `extend` as `connection`, and need the package
 * `oauth4webapi`.
 *
 * It adds the actions `sign-in-with`, `link-account`, `unlink-account`, `linked-accounts`, and a `callback.{provider}` each, whose
 * address is registered at the provider: `https://shop.example/api/session/callback.github`.
 *
 * @throws {@link SessionConfigError} `CONFIG_INVALID`, `CONFIG_SECRET_MISSING`, `CONFIG_SECRET_WEAK`: at start-up, every problem at
 *   once.
 * @example
 * const connection = connections({
 *   store,
 *   secrets: [process.env.SESSION_SECRET],
 *   origin: "https://shop.example",
 *   providers: { github: github({ clientId, clientSecret }) },
 *   onSignIn: ({ provider, subject, claims }) => findOrMakeUser(provider, subject, claims),
 * })
 * nextSessions({ store, extend: { connection } })
 * // a page
 * const token = await session.connection("github").accessToken()
 */
export function connections<const Named extends Providers>(
  options: ConnectionsOptions<Named>,
): Connections<keyof Named & string> {
  const policy = resolveConnections(options);
  const names = Object.keys(policy.providers);
  const seal = createSeal(policy.secrets);
  const context = createContext(policy, createSealedTokens(seal));
  const insides = new WeakMap<object, Inside>();
  const actionsContext = {
    ...context,
    policy,
    flows: createFlows(seal, policy.runtime),
    insideOf: (connection: object) => insides.get(connection) as Inside,
  };
  const emit = createEmit(policy.onEvent ? [policy.onEvent] : [], policy.runtime.now);

  function ownerOf(userId: string, provider: string): Owner {
    if (Object.hasOwn(policy.providers, provider)) return { userId: checkUserId(userId), provider };
    throw new SessionConfigError("CONFIG_INVALID", `There is no provider ${JSON.stringify(provider)}.`, {
      hint: `Those of the configuration are ${names.join(", ")}.`,
    });
  }

  function connectionOf(userId: string, provider: string, report?: Report): Connection {
    const outside: Report = (event, facts) =>
      emit({ type: "extension", extension: "connection", event, sessionId: null, userId, facts });
    return createConnection(context, ownerOf(userId, provider), report ?? outside);
  }

  async function listOf(userId: string | null): Promise<ConnectionInfo[]> {
    if (userId === null) return [];
    const found = await Promise.all(names.map((provider) => connectionOf(userId, provider).find()));
    return found.filter((info) => info !== null);
  }

  const extension = defineExtension({
    name: "connection",
    data: { pending: pendingFlows },
    resolve(session, own: OwnContext) {
      const { value, inside } = createSessionConnections({ session, own, connectionOf, listOf });
      insides.set(value, inside);
      return value;
    },
    actions: { ...createActions(actionsContext), ...createCallbacks(actionsContext) } as never,
  });

  const outside = {
    of: (userId: string, provider: string) => connectionOf(userId, provider),
    list: listOf,
    async unlinkAll(userId: string, how?: UnlinkOptions) {
      const ended = await Promise.all(names.map((provider) => connectionOf(userId, provider).unlink(how)));
      return ended.filter(Boolean).length;
    },
    reseal: (userIds: Iterable<string> | AsyncIterable<string>, options?: ResealOptions) =>
      resealAll(context, names, userIds, options),
  };
  return Object.assign(extension, outside) as unknown as Connections<keyof Named & string>;
}

function createContext(policy: ConnectionsPolicy, tokens: ConnectionContext["tokens"]): ConnectionContext {
  const { store, runtime, storeTimeLimit, providerTimeLimit, clockTolerance, onEvent } = policy;
  const emit = createEmit(onEvent ? [onEvent] : [], runtime.now);
  const guard = createGuard(store, { timeLimit: storeTimeLimit, pendingLimit: 10_000 }, runtime, emit);
  const find = createReads(store, guard, runtime);
  const links = createLinks(
    createKeptRecords({ store, guard, find, runtime }, "connection"),
    policy.unusedFor,
    runtime,
  );
  const fetch = boundedFetch(policy.fetch, providerTimeLimit, runtime);
  const clients = new Map<string, ProviderClient>();
  for (const [name, provider] of Object.entries(policy.providers))
    clients.set(name, createProviderClient(provider, { runtime, fetch, timeLimit: providerTimeLimit, clockTolerance }));
  const clientOf = (provider: string) => clients.get(provider) as ProviderClient;
  const base = { links, tokens, runtime, clientOf };
  return { ...base, fresh: createFreshTokens({ ...base, limits: policy }) };
}
