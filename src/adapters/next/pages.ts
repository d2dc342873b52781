/**
 * Sessions for the Pages Router, by the function names of next-server-session: in `getServerSideProps` with `(context)`, in API
 * routes with `(req, res)`.
 */
import type { NodeRequest, NodeResponse } from "../../http/node-exchange.ts";
import { type PagesContext, splitPagesArguments } from "./pages-arguments.ts";
import { openSession, type SessionConfig, takeConfiguration } from "./pages-configure.ts";
import type { PageSession, SessionData } from "./pages-session.ts";

export type { PagesContext } from "./pages-arguments.ts";
export type { SessionConfig } from "./pages-configure.ts";
export { type CookieConfig, createCookieHandler } from "./pages-cookie-handler.ts";
export type { CookieHandler } from "./pages-cookies.ts";
export { createMemorySessionStore } from "./pages-memory-store.ts";
export type { SessionStore } from "./pages-plugin-store.ts";
export type { SessionData } from "./pages-session.ts";

/** What the first arguments of every function are: the context, or the request and the response. */
type From<Own extends unknown[], Result> = {
  (context: PagesContext, ...own: Own): Promise<Result>;
  (req: NodeRequest, res: NodeResponse, ...own: Own): Promise<Result>;
};

/**
 * Says where sessions are kept and how the cookie looks. Optional: without it they are in memory, end after 30 minutes
 * without a request, and the cookie is `__Host-session` (`session` in development and in tests).
 *
 * One call reaches every copy of this package in the process, from `next.config`, `instrumentation` or any module; calling
 * again replaces the configuration. Does no I/O.
 *
 * @param config `{ sessionStore, cookieHandler }`; or `{ sessions }` to share the manager of the App Router; or the options of
 *   `createSessions` (the idle timeout is 30 minutes unless `timeouts` says otherwise).
 * @throws {@link SessionConfigError} `CONFIG_INVALID`, `CONFIG_COOKIE_INSECURE`
 *
 * @example
 * configure({ sessionStore: createMemorySessionStore(600_000), cookieHandler: createCookieHandler("shop") });
 */
export function configure(config: SessionConfig = {}): void {
  takeConfiguration(config);
}

/**
 * Gives the public id of the session, or `null` where there is none; with `persist`, begins one first.
 *
 * It may be logged and is what `sessions.revoke(id)` takes. With a plug-in store it is the value of the cookie, which must
 * stay secret, and without a session it is a fresh id of the store that nothing is kept under.
 */
export const getSessionId: From<[persist?: boolean], string | null> = async (...values: unknown[]) => {
  const [session, persist] = await find("getSessionId()", values);
  return session.id(persist === true);
};

/**
 * Gives the data of the session as a copy of your own, or `{}` where there is no session. Never begins a session, and never
 * sets or clears a cookie. All calls of one request make one store read.
 *
 * @throws {@link SessionStoreError} `STORE_UNAVAILABLE`: the store did not answer, which is not an empty session.
 *
 * @example
 * const { cart = [] } = await getSessionData<{ cart: string[] }>(context);
 */
export async function getSessionData<Data extends object = SessionData>(context: PagesContext): Promise<Partial<Data>>;
export async function getSessionData<Data extends object = SessionData>(
  req: NodeRequest,
  res: NodeResponse,
): Promise<Partial<Data>>;
export async function getSessionData(...values: unknown[]): Promise<SessionData> {
  const [session] = await find("getSessionData()", values);
  return session.data();
}

/**
 * Merges keys into the data; other keys, also those that parallel requests set, stay. `undefined` removes a key. Begins a
 * session, and sets its cookie, where there is none. Stored when the promise resolves.
 *
 * Give a function to change a value by what it is: `getSessionData` and then `setSessionData` lose what a parallel request
 * changes in between. The function gets a copy of the data, answers the keys to merge, must be synchronous, and runs again
 * when another request was quicker.
 *
 * @throws {@link SessionDataError} `DATA_INVALID`, `DATA_TOO_LARGE`: not JSON, or more than 64 KiB; nothing was stored.
 * @throws {@link SessionStateError} `HEADERS_SENT`, `SESSION_REPLACED`, `SESSION_DESTROYED`; `CROSS_SITE_REQUEST`: a page of another
 *   site sent the request.
 *
 * @example
 * await setSessionData<{ cart: string[] }>(req, res, ({ cart = [] }) => ({ cart: [...cart, lessonId] }));
 */
export async function setSessionData<Data extends object = SessionData>(
  context: PagesContext,
  data: Change<Data>,
): Promise<void>;
export async function setSessionData<Data extends object = SessionData>(
  req: NodeRequest,
  res: NodeResponse,
  data: Change<Data>,
): Promise<void>;
export async function setSessionData(...values: unknown[]): Promise<void> {
  const [session, change] = await find("setSessionData()", values);
  await session.set(change);
}

/** Keys to merge, or a synchronous function that gives them. */
export type Change<Data extends object> =
  | PartialOrUndefined<Data>
  | ((data: Partial<Data>) => PartialOrUndefined<Data>);

type PartialOrUndefined<Data> = { readonly [Key in keyof Data]?: Data[Key] | undefined };

/**
 * Replaces the whole data, and the token with it: the way to switch users. In one atomic write the old token is dead, and
 * requests that began before can neither read nor write what comes after. Outstanding CSRF tokens end. Begins a session where
 * there is none. The deadlines stay; so does the user of a session that `createAuthSession` signed in.
 *
 * @throws {@link SessionDataError} `DATA_INVALID`, `DATA_TOO_LARGE`
 * @throws {@link SessionStateError} `HEADERS_SENT`, `SESSION_REPLACED`, `SESSION_DESTROYED`; `CROSS_SITE_REQUEST`: a page of another
 *   site sent the request.
 *
 * @example
 * await replaceSessionData(req, res, { user: user.id });
 */
export async function replaceSessionData<Data extends object>(context: PagesContext, data: Data): Promise<void>;
export async function replaceSessionData<Data extends object>(
  req: NodeRequest,
  res: NodeResponse,
  data: Data,
): Promise<void>;
export async function replaceSessionData(...values: unknown[]): Promise<void> {
  const [session, data] = await find("replaceSessionData()", values);
  await session.replace(data);
}

/**
 * Reads a property and removes it, atomically: of two requests at once one gets the value, the other `null`. `null` too where
 * there is no such property. Never begins a session.
 *
 * @throws {@link SessionStateError} `CROSS_SITE_REQUEST`, `SESSION_REPLACED`, `SESSION_DESTROYED`
 *
 * @example
 * const formErrors = await pluckSessionProperty<string[]>(context, "formErrors");
 */
export async function pluckSessionProperty<Value = unknown>(context: PagesContext, name: string): Promise<Value | null>;
export async function pluckSessionProperty<Value = unknown>(
  req: NodeRequest,
  res: NodeResponse,
  name: string,
): Promise<Value | null>;
export async function pluckSessionProperty(...values: unknown[]): Promise<unknown> {
  const [session, name] = await find("pluckSessionProperty()", values);
  return session.pluck(name);
}

/**
 * Ends the session and clears its cookie. Resolves only when the store has confirmed it; from then on nothing brings it back.
 * Sends nothing to a visitor who presented no cookie.
 *
 * @throws {@link SessionStoreError} `STORE_UNAVAILABLE`: not confirmed. Do not tell the visitor that they are signed out.
 * @throws {@link SessionStateError} `CROSS_SITE_REQUEST`: a page of another site sent the request.
 */
export const destroySession: From<[], void> = async (...values: unknown[]) => {
  const [session] = await find("destroySession()", values);
  await session.destroy();
};

/**
 * Makes a token for a form or a request, good once. Begins a session where there is none. The last 64 tokens of a session are
 * good side by side, so forms in several tabs work.
 *
 * @param form What the token is for, such as `"checkout"`: it is then good for nothing else.
 *
 * @example
 * return { props: { csrfToken: await getCSRFToken(context, "checkout") } };
 */
export const getCSRFToken: From<[form?: string], string> = async (...values: unknown[]) => {
  const [session, form] = await find("getCSRFToken()", values);
  return session.issueCSRFToken(form);
};

/**
 * Takes a token of `getCSRFToken`: `true` once, `false` for everything else, a missing one and a request of another site
 * included. Compares in constant time; never begins a session.
 *
 * @param token What the form sent, whatever it is.
 * @param form What the token has to be for.
 *
 * @example
 * if (!(await validateCSRFToken(req, res, req.body.csrfToken, "checkout"))) return res.status(403).end();
 */
export const validateCSRFToken: From<[token: unknown, form?: string], boolean> = async (...values: unknown[]) => {
  const [session, token, form] = await find("validateCSRFToken()", values);
  return session.takeCSRFToken(token, form);
};

async function find(called: string, values: readonly unknown[]): Promise<[session: PageSession, ...own: unknown[]]> {
  const { request, response, own } = splitPagesArguments(called, values);
  return [await openSession(request, response), ...own];
}
