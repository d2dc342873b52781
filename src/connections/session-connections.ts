import type { ExtensionContext } from "../core/extensions.ts";
import { SessionStateError } from "../errors.ts";
import type { Connection, ConnectionInfo } from "./connection.ts";
import type { FlowsOfSession } from "./flows.ts";
import type { Report } from "./fresh-tokens.ts";
import type { PendingFlow } from "./pending-flows.ts";

/** What a session shows of its connections. */
export interface SessionConnections<Name extends string> {
  /** The connection of the session's user with a provider. */
  (provider: Name): Connection<Name>;
  /** What the user has linked. */
  list(): Promise<readonly ConnectionInfo<Name>[]>;
}

/** What the actions need of a session's connections, beside what everybody sees. */
export interface Inside {
  readonly flows: FlowsOfSession;
  readonly report: Report;
}

interface OwnData {
  readonly pending: readonly PendingFlow[];
}

/** The extension's own part of a request. */
export type OwnContext = ExtensionContext<OwnData, { pending: readonly PendingFlow[] }>;

interface Parts {
  readonly session: { readonly userId: string | null; readonly actor: object | null };
  readonly own: OwnContext;
  connectionOf(userId: string, provider: string, report: Report): Connection;
  listOf(userId: string | null): Promise<readonly ConnectionInfo[]>;
}

/** Makes the connections of one session, for one request. Whose they are is asked at each call: the user may change meanwhile. */
export function createSessionConnections({ session, own, connectionOf, listOf }: Parts) {
  const report: Report = (event, facts) => own.emit(event, facts);
  const made = new Map<string, Connection>();

  function connection(provider: string): Connection {
    const { userId } = session;
    if (userId === null) return nobodys(provider);
    const key = JSON.stringify([userId, provider]);
    const found = made.get(key) ?? connectionOf(userId, provider, report);
    made.set(key, found);
    return session.actor === null ? found : impersonated(found);
  }

  const value: SessionConnections<string> = Object.assign(connection, { list: () => listOf(session.userId) });
  const flows: FlowsOfSession = { update: (change) => own.update("pending", change) };
  return { value, inside: { flows, report } satisfies Inside };
}

/** The connection of a visitor who is not signed in. */
function nobodys(provider: string): Connection {
  return {
    provider,
    async accessToken() {
      throw new SessionStateError("UNAUTHENTICATED", "Nobody is signed in, so nobody has linked an account.", {
        hint: "Ask for the user first: auth() or requireUser().",
      });
    },
    discard: async () => false,
    find: async () => null,
    unlink: async () => false,
  };
}

/**
 * The connection as somebody sees it who impersonates its user: what is linked, and no more. With the tokens they would act at the
 * provider, where nobody knows that it is not the user.
 */
function impersonated(connection: Connection): Connection {
  const refuse = (name: string) => async (): Promise<never> => {
    throw new SessionStateError("IMPERSONATION_REFUSED", `${name} cannot be called while impersonating.`, {
      hint: "Call stopImpersonating() first; a job of the application has connection.of(userId, provider).",
    });
  };
  const refused = { accessToken: refuse("accessToken"), discard: refuse("discard"), unlink: refuse("unlink") };
  return { ...connection, ...refused };
}
