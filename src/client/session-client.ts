import type { SessionInfo } from "../core/session-info.ts";
import type { Duration } from "../duration.ts";
import { type Clock, systemClock } from "../runtime.ts";
import type { ActionArguments, ActionsOf, KnownAction, ViewOf } from "./inferred.ts";
import { readLength } from "./length.ts";
import { createRequests } from "./requests.ts";

/** A session in the visitor's own list of devices. */
export type Device = Omit<SessionInfo, "userId">;

/** What a client may be told. */
export interface SessionClientOptions {
  /** Where the server's session actions are (default `"/api/session"`). */
  readonly basePath?: string;
  /** Sends the requests (default: the global `fetch` at the time of each request). */
  readonly fetch?: typeof fetch;
  /** How long a request may take before it counts as failed (default `"10s"`). */
  readonly timeout?: Duration;
  /** The clock. For tests. */
  readonly runtime?: Clock;
}

/**
 * The session actions of the server, as functions. Every one of them rejects with a {@link SessionClientError} when it was
 * refused or when there was no proper answer. Nothing that authenticates anybody ever reaches JavaScript: the token travels in
 * an HttpOnly cookie.
 */
export interface SessionClient<View, Actions> {
  /**
   * What the server shows of the signed-in session, or `null` when nobody is signed in. An outage rejects; it is never `null`.
   *
   * @param options.passive Whether to leave the idle deadline where it is (default `false`): for requests that a page makes
   *   on its own, so that it does not keep a session alive that nobody uses.
   */
  getSession(options?: { readonly passive?: boolean }): Promise<View | null>;
  /**
   * Ends this session; with `everywhere`, every session of the user. Resolves only when the server has confirmed it.
   *
   * @returns How many sessions ended.
   */
  signOut(options?: { readonly everywhere?: boolean }): Promise<number>;
  /** The user's sessions, the one seen last first. `unauthenticated` (401) when nobody is signed in. */
  devices(): Promise<readonly Device[]>;
  /** Ends one of the user's own sessions by its public id; answers whether there was one. */
  revoke(id: string): Promise<boolean>;
  /** Ends the user's other sessions; answers how many. */
  revokeOthers(): Promise<number>;
  /** Moves the idle deadline now, "stay signed in"; answers as `getSession` does. */
  touch(): Promise<View | null>;
  /** Goes back from the impersonated user to the one who acts; answers as `getSession` does. */
  stopImpersonating(): Promise<View | null>;
  /** A token against cross-site requests, for a form that asks for one. `not_found` (404) when the server has no `secrets`. */
  csrfToken(form?: string): Promise<string>;
  /**
   * Calls an action of the application: its name, its input and, where its method is not `POST`, its method. Names, inputs and
   * answers have the types that the server's configuration gives them.
   *
   * @example
   * const { name } = await client.action("rename", { name: "Ada" }, { method: "PUT" })
   */
  action<Name extends keyof Actions & string>(
    name: Name,
    ...call: Actions[Name] extends KnownAction ? ActionArguments<Actions[Name]> : never
  ): Promise<Actions[Name] extends KnownAction ? Actions[Name]["output"] : never>;
  /**
   * The present instant by the server's clock, in epoch milliseconds: the machine's own clock, corrected by the time that the
   * last answer bore. Compare `idleExpiresAt` and `expiresAt` with it.
   */
  now(): number;
}

/**
 * Makes a client of the session actions. It takes its types from the server's configuration, and no code.
 *
 * @example
 * import type { sessions } from "./session"
 *
 * const client = createSessionClient<typeof sessions>()
 * const session = await client.getSession()
 */
export function createSessionClient<Sessions = unknown>(
  options: SessionClientOptions = {},
): SessionClient<ViewOf<Sessions>, ActionsOf<Sessions>> {
  const { basePath = "/api/session", timeout = "10s", runtime = systemClock } = options;
  const limit = readLength(timeout, "timeout");
  const { read, post, now } = createRequests(basePath, limit, runtime, options.fetch);

  return {
    now,
    getSession: ({ passive = false } = {}) => read("", passive),
    async signOut({ everywhere } = {}) {
      const { ended = 1 }: { ended?: number } = await post(everywhere ? "/signout-everywhere" : "/signout");
      return ended;
    },
    devices: async () => ((await read("/devices")) as { devices: Device[] }).devices,
    revoke: async (id) => ((await post("/revoke", { id })) as { revoked: boolean }).revoked,
    revokeOthers: async () => ((await post("/revoke-others")) as { revoked: number }).revoked,
    touch: () => post("/touch"),
    stopImpersonating: () => post("/stop-impersonating"),
    async csrfToken(form) {
      const query = form === undefined ? "" : `?form=${encodeURIComponent(form)}`;
      return ((await read(`/csrf${query}`)) as { token: string }).token;
    },
    action(name, ...call) {
      const [input, { method = "POST" } = {}] = call as [unknown?, { method?: string }?];
      const path = `/${encodeURIComponent(name)}`;
      return method === "GET" ? read(path + queryOf(input)) : post(path, input, method);
    },
  };
}

function queryOf(input: unknown): string {
  const query = new URLSearchParams(input as Record<string, string> | undefined).toString();
  return query && `?${query}`;
}
