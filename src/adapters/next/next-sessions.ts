import type { DataSchemas } from "../../core/data-shape.ts";
import type { SignInOptions } from "../../core/session-options.ts";
import type { PublicViewOf } from "../../core/signed-in-session.ts";
import {
  type AllActions,
  createSessions,
  type SessionsOptions,
  type TypesOf,
  type ViewWith,
} from "../../http/create-sessions.ts";
import { shareMemoryStore } from "../../stores/memory/shared.ts";
import { passingControlFlow } from "./control-flow.ts";
import { runAfterResponse } from "./next-server.ts";
import { configurationKey, type Entry } from "./request-memo.ts";
import { requestHeadersOrNull } from "./request-scope.ts";
import { asksForProof, isSignedIn, turnAway } from "./require-user.ts";
import type {
  DestroySessionOptions,
  NextSessions,
  ReadSession,
  RequireUserOptions,
  UserSession,
  WithSession,
} from "./signatures.ts";
import { type Source, splitArguments } from "./source.ts";
import { createVisits } from "./visits.ts";
import { answerWithSession, type RequestHandler } from "./with-session.ts";
import { answerPagesWithSession } from "./with-session-pages.ts";

/** Everything that `createSessions` takes, and where visitors sign in. */
export interface NextSessionsOptions<
  Schemas extends DataSchemas,
  User,
  Added extends object,
  Identity extends object,
  View,
  Actions extends object = object,
  Inputs extends object = object,
  Extend extends object = object,
  Auths extends object = object,
> extends SessionsOptions<Schemas, User, Added, Identity, View, Actions, Inputs, Extend, Auths> {
  /** The page that `requireUser` redirects to (default `"/sign-in"`). */
  readonly signInPath?: string;
  /**
   * The page that `requireUser` redirects to when somebody is signed in, but on a proof that is not good enough: too long ago, or
   * without the method or the level that is asked for (default: `signInPath`).
   */
  readonly reauthenticatePath?: string;
}

/**
 * Makes the sessions of a Next.js application (14, 15 and 16). One file of the application calls it and exports the result.
 *
 * Every function takes the request at hand, or the one passed first: `(request)`, `(req, res)` or `(context)`. Within a
 * request all of them share one store read and one user look-up.
 *
 * @throws {@link SessionConfigError} as `createSessions` does.
 * @example
 * export const { auth, getSession, openSession, requireUser, withSession, handlers } = nextSessions({
 *   store: sqliteStore("sessions.db"),
 *   user: (userId) => findUser(userId),
 * })
 */
export function nextSessions<
  const Schemas extends DataSchemas = DataSchemas,
  User = null,
  Added extends object = object,
  Identity extends object = object,
  View = PublicViewOf<Identity>,
  const Actions extends object = object,
  Inputs extends object = object,
  Extend extends object = object,
  Auths extends object = object,
>(
  options: NextSessionsOptions<Schemas, User, Added, Identity, View, Actions, Inputs, Extend, Auths>,
): NextSessions<TypesOf<Schemas, User, Added, ViewWith<View, Extend>, Identity>, AllActions<Actions, Extend>> {
  type Types = TypesOf<Schemas, User, Added, ViewWith<View, Extend>, Identity>;
  const { signInPath = "/sign-in", reauthenticatePath = signInPath, ...rest } = options;
  const sessions = createSessions<Schemas, User, Added, Identity, View, Actions, Inputs, Extend, Auths>(rest);
  // Inside Next, which puts AsyncLocalStorage on globalThis, this module is evaluated once for each layer.
  if ("AsyncLocalStorage" in globalThis) shareMemoryStore(options.store, configurationKey(sessions.policy));
  const find = createVisits(sessions);
  const open = (entry: Entry) => sessions.sessionOf(entry.visit);

  async function load(source: Source): Promise<Entry> {
    const entry = await find(source);
    await passingControlFlow(() => entry.visit.load());
    await passingControlFlow(() => entry.visit.loadUser());
    return entry;
  }

  const handle = async (request: Request) => {
    await requestHeadersOrNull(); // tells Next that this route is never static
    return sessions.handler(request, {
      waitUntil: (promise) => void runAfterResponse(async () => void (await promise)),
    });
  };

  return {
    sessions,
    handlers: { GET: handle, POST: handle, PUT: handle, PATCH: handle, DELETE: handle },
    async auth(...args) {
      const { visit } = await load(splitArguments(args).source);
      return visit.identity.userId === null ? null : (visit.readonlySession() as UserSession<Types>);
    },
    async getSession(...args) {
      const { visit } = await load(splitArguments(args).source);
      return visit.readonlySession() as ReadSession<Types>;
    },
    async openSession(...args) {
      return open(await load(splitArguments(args).source));
    },
    async createAuthSession(...args) {
      const { source, rest: own } = splitArguments(args);
      const [userId, signInOptions] = own as readonly [string, SignInOptions?];
      const session = open(await find(source));
      await passingControlFlow(() => session.signIn(userId, signInOptions));
      return session;
    },
    async destroySession(...args) {
      const { source, rest: own } = splitArguments(args);
      const { signOutElsewhere = true } = (own[0] ?? {}) as DestroySessionOptions;
      const { visit } = await find(source);
      await passingControlFlow(() => visit.end([], signOutElsewhere));
    },
    async requireUser(...args) {
      const { source, rest: own } = splitArguments(args);
      const userOptions = (own[0] ?? {}) as RequireUserOptions;
      const entry = await load(source);
      if (asksForProof(userOptions)) await passingControlFlow(() => entry.visit.confirm());
      if (isSignedIn(entry, userOptions)) return entry.visit.readonlySession() as UserSession<Types>;
      const path = entry.visit.identity.userId === null ? signInPath : reauthenticatePath;
      return turnAway(source, entry, path, userOptions);
    },
    withSession: ((handler: RequestHandler) => async (first: unknown, second: unknown) => {
      const { source } = splitArguments(second === undefined ? [first] : [first, second]);
      if (source.kind === "api" || source.kind === "page")
        return answerPagesWithSession(sessions, find, handler, source);
      return answerWithSession(sessions, find, handler, first as never, second);
    }) as unknown as WithSession<Types>,
  };
}
