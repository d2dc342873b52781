import type { CookiePolicy } from "../../cookie/policy.ts";
import type { Problem } from "../../cookie/rules.ts";
import { createEmit } from "../../core/events.ts";
import { createGuard } from "../../core/guard.ts";
import { createManager } from "../../core/manager.ts";
import { type PolicyOptions, resolvePolicy } from "../../core/policy.ts";
import type { SessionTypes } from "../../core/session.ts";
import { SessionConfigError } from "../../errors.ts";
import type { Sessions } from "../../http/create-sessions.ts";
import { createCrossSiteCheck } from "../../http/cross-site.ts";
import { type CsrfOptions, resolveCsrf } from "../../http/csrf-options.ts";
import type { SessionStore as StorePort } from "../../store/port.ts";
import { shareMemoryStore } from "../../stores/memory/shared.ts";
import { adjustCookie, cookieOptions, noStore, specOf } from "./pages-cookie-handler.ts";
import {
  bearing,
  type CookieHandler,
  type Cookies,
  encodedCookies,
  namedCookies,
  pluggedCookies,
} from "./pages-cookies.ts";
import { type AnyManager, EngineSession } from "./pages-engine-session.ts";
import { createMemorySessionStore, defaultMaxAge, memoryPartsOf } from "./pages-memory-store.ts";
import { PluginSession } from "./pages-plugin-session.ts";
import { createPluginStore, type SessionStore } from "./pages-plugin-store.ts";
import { createOpener } from "./pages-requests.ts";
import type { OpenPageSession } from "./pages-session.ts";
import { configurationKey, rememberEntry } from "./request-memo.ts";

/** What `configure` takes. */
export interface SessionConfig extends Partial<PolicyOptions> {
  /** Where sessions are kept: `createMemorySessionStore()` (the default), a plug-in, or any store of this package. */
  readonly sessionStore?: SessionStore | StorePort;
  /** How the cookie is read and written: `createCookieHandler(…)` or a plug-in. */
  readonly cookieHandler?: CookieHandler;
  /** The manager of the App Router, to share its sessions: what `createSessions` or `nextSessions().sessions` gives. */
  readonly sessions?: AnyManager & Pick<Sessions<SessionTypes>, "crossSite">;
  /** How requests of other sites are told from the application's own (default: they change nothing). */
  readonly csrf?: Omit<CsrfOptions, "tokens">;
}

const anchor = Symbol.for("coatcheck.pages");

interface Shared {
  open: OpenPageSession | null;
}

/** Takes a configuration in use, in every copy of this package that the process holds. */
export function takeConfiguration(config: SessionConfig): void {
  shared().open = resolve(config);
}

/** Finds the session of a request by the configuration in use; without any, by the default one. */
export const openSession: OpenPageSession = (request, response) => {
  const state = shared();
  state.open ??= resolve({});
  return state.open(request, response);
};

function shared(): Shared {
  const global = globalThis as { [anchor]?: Shared };
  global[anchor] ??= { open: null };
  return global[anchor];
}

function resolve(config: SessionConfig): OpenPageSession {
  const { sessions, sessionStore, cookieHandler, ...options } = config;
  if (cookieHandler)
    checkMethods("cookieHandler", cookieHandler, ["read", "write", "destroy"], "createCookieHandler()");
  if (sessions)
    return sharing(
      sessions,
      Object.keys(config).filter((name) => name !== "sessions"),
    );
  if (!sessionStore || memoryPartsOf(sessionStore)) return withEngine(sessionStore ?? null, cookieHandler, options);
  if (isPort(sessionStore)) return withEngine(null, cookieHandler, { ...options, store: sessionStore });
  const methods = ["id", "get", "set", "merge", "destroy"];
  checkMethods("sessionStore", sessionStore, methods, "createMemorySessionStore()");
  return withPlugin(sessionStore, cookieHandler, options);
}

/** The sessions of a manager that the App Router has as well: within a request both see the same one. */
function sharing(sessions: NonNullable<SessionConfig["sessions"]>, others: readonly string[]): OpenPageSession {
  checkMethods("sessions", sessions, ["visit"], "what createSessions() or nextSessions().sessions gives");
  if (others.length > 0) {
    throw invalid(`sessions leaves no room for ${others.join(", ")}.`, "Give these options to the manager itself.");
  }
  const { policy } = sessions;
  const key = configurationKey(policy);
  const cookies = bearing(policy, namedCookies(policy.cookie.name));
  return createOpener(cookies, policy.runtime, sessions.crossSite, (transport, request) => {
    const visit = sessions.visit(transport);
    const readAt = policy.runtime.now();
    const makeEntry = () => ({ visit, collector: null, isWrapped: false, isAdmitted: false, path: null, readAt });
    return new EngineSession(sessions, transport, rememberEntry(request, key, makeEntry).visit);
  });
}

type Options = Partial<PolicyOptions> & Pick<SessionConfig, "csrf">;

/** The engine over a store of the port, or over our memory store, which carries one. */
function withEngine(
  given: object | null,
  handler: CookieHandler | undefined,
  { csrf, ...options }: Options,
): OpenPageSession {
  if (given && options.store) throw invalid("Both sessionStore and store are given.", "Leave out one of them.");
  const memory = options.store ? null : memoryPartsOf(given ?? createMemorySessionStore());
  const otherwise = { idle: defaultMaxAge, ...memory?.timeouts };
  const { timeouts: own = {} } = options;
  const timeouts = typeof own === "object" ? { ...otherwise, ...own } : own;
  const store = options.store ?? (memory?.store as StorePort);
  const problems: Problem[] = [];
  const csrfPolicy = resolveCsrf(csrf, false, problems);
  const sessions = createManager({ ...options, store, timeouts, ...cookieOf(handler, options) }, problems);
  const { policy, emit } = sessions;
  // Next, which puts AsyncLocalStorage on globalThis, evaluates the module that configures us once for each bundle, and anew
  // at each change in development: sessions in memory belong to the process, whichever of these asks for them.
  if ("AsyncLocalStorage" in globalThis) shareMemoryStore(policy.store, `pages ${configurationKey(policy)}`);
  return createOpener(
    bearing(policy, cookiesOf(handler, policy.cookie)),
    policy.runtime,
    createCrossSiteCheck(policy, csrfPolicy, emit),
    (transport) => new EngineSession(sessions, transport, sessions.visit(transport)),
  );
}

const pluginOptions = ["origins", "cookie", "csrf", "onEvent", "storeTimeLimit", "storePendingLimit", "runtime"];

/** The small path of its own for stores that keep whole objects by the id that is in the cookie. */
function withPlugin(store: SessionStore, handler: CookieHandler | undefined, options: Options): OpenPageSession {
  const idle = Object.keys(options).filter((name) => !pluginOptions.includes(name));
  if (idle.length > 0) {
    throw invalid(
      `A plug-in sessionStore leaves ${idle.join(", ")} without effect.`,
      "It decides itself how long sessions live, and what it keeps has no schema. Use a store of this package for more.",
    );
  }
  const { csrf, ...others } = options;
  const problems: Problem[] = [];
  const csrfPolicy = resolveCsrf(csrf, false, problems);
  const policy = resolvePolicy({ ...others, store: noStore, ...cookieOf(handler, options) }, problems);
  const emit = createEmit(policy.onEvent ? [policy.onEvent] : [], policy.runtime.now);
  const guard = createGuard(policy.store, policy.storeLimits, policy.runtime, emit);
  const guarded = createPluginStore(store, guard);
  const cookies = cookiesOf(handler, policy.cookie);
  const isOurs = !handler || specOf(handler) !== null;
  return createOpener(
    isOurs ? encodedCookies(cookies) : cookies,
    policy.runtime,
    createCrossSiteCheck(policy, csrfPolicy, emit),
    (transport) => new PluginSession(guarded, policy, transport),
  );
}

function cookieOf(handler: CookieHandler | undefined, options: Options): Pick<Options, "cookie"> {
  const spec = handler ? specOf(handler) : null;
  if (handler && options.cookie) throw invalid("Both cookieHandler and cookie are given.", "Leave out one of them.");
  return spec ? { cookie: cookieOptions(spec) } : {};
}

function cookiesOf(handler: CookieHandler | undefined, policy: CookiePolicy): Cookies {
  if (!handler) return namedCookies(policy.name);
  const spec = specOf(handler);
  return spec ? namedCookies(policy.name, adjustCookie(spec, policy)) : pluggedCookies(handler);
}

function isPort(store: SessionStore | StorePort): store is StorePort {
  return ["find", "create", "update", "destroy"].every((method) => isMethod(store, method));
}

function checkMethods(option: string, value: object, methods: readonly string[], instead: string): void {
  const missing = methods.filter((method) => !isMethod(value, method));
  if (missing.length > 0)
    throw invalid(`${option} has no ${missing.join(", ")}.`, `Pass ${instead}, or one of your own.`);
}

function isMethod(value: object, name: string): boolean {
  return typeof (value as Record<string, unknown>)[name] === "function";
}

function invalid(what: string, hint: string): SessionConfigError {
  return new SessionConfigError("CONFIG_INVALID", `configure: ${what}`, { hint });
}
