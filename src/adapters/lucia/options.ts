import type { EventListener } from "../../core/events.ts";
import type { Duration } from "../../duration.ts";
import { SessionConfigError } from "../../errors.ts";
import { createSessions } from "../../http/create-sessions.ts";
import type { Maybe } from "../../maybe.ts";
import type { Runtime } from "../../runtime.ts";
import type { SessionStore } from "../../store/port.ts";
import { type Lasting, lengthOf } from "./time-span.ts";
import type { AnySessions } from "./token-visit.ts";

/** The cookie of `new Lucia(…)`, as Lucia's own option is written. */
export interface LuciaCookieOptions {
  /** The name (default: that of every session cookie here, `"__Host-session"`, or `"session"` for http on localhost). */
  readonly name?: string;
  /** Taken and without effect: the cookie lasts as long as the session can at all, and the server alone ends it. */
  readonly expires?: boolean;
  readonly attributes?: {
    readonly sameSite?: "lax" | "strict" | "none";
    readonly domain?: string;
    readonly path?: string;
    /** Best left out: the cookie is Secure, unless `origins` (or `NODE_ENV`) says http on localhost. `true` is always kept. */
    readonly secure?: boolean;
  };
}

/** What makes the session and the user of the facade out of what is stored. */
export interface LuciaShapes<SessionRow, SessionAttributes, UserRow, UserAttributes, UserId> {
  /** Chooses what of a session's attributes is shown (default: nothing). */
  readonly getSessionAttributes?: (attributes: SessionRow) => SessionAttributes;
  /** Chooses what of the user is shown (default: nothing). It is given what `user` has found. */
  readonly getUserAttributes?: (attributes: UserRow) => UserAttributes;
  /** Reads a user id from its text, where ids are not texts: `Number`, `BigInt`, `(text) => new ObjectId(text)`. */
  readonly readUserId?: (text: string) => UserId;
}

/** The options of `new Lucia(store, options)`. */
export interface LuciaOptions<SessionRow, SessionAttributes, UserRow, UserAttributes, UserId>
  extends LuciaShapes<SessionRow, SessionAttributes, UserRow, UserAttributes, UserId> {
  /** A session ends after this long without a request (default 30 days). */
  readonly sessionExpiresIn?: Lasting | Duration;
  /** A session ends this long after it began, whatever happens (default 400 days, the longest that browsers keep a cookie). */
  readonly absoluteExpiresIn?: Lasting | Duration;
  readonly sessionCookie?: LuciaCookieOptions;
  /** Finds a user by the id, as text. `null`: the user is gone, and nobody is signed in. */
  readonly user?: (userId: string) => Maybe<UserRow | null | undefined>;
  /** The application's own origins; without them `NODE_ENV` decides whether the cookie is Secure. */
  readonly origins?: readonly string[];
  readonly onEvent?: EventListener;
  readonly runtime?: Partial<Runtime>;
}

/** Any options, whatever they show. */
// biome-ignore lint/suspicious/noExplicitAny: what the functions take is known to the application's types only
export type AnyLuciaOptions = LuciaOptions<any, any, any, any, any>;

/** The options that shape the manager, and so have no place beside one. */
const managerOptions = [
  "sessionExpiresIn",
  "absoluteExpiresIn",
  "sessionCookie",
  "user",
  "origins",
  "onEvent",
  "runtime",
];

/** The manager that a store and options make, or the one that was given. */
export function managerOf(source: SessionStore | AnySessions, options: AnyLuciaOptions): AnySessions {
  const sessions = isManager(source) ? givenManager(source, options) : newManager(source, options);
  const { policy } = sessions;
  if (options.getUserAttributes && !policy.user)
    throw invalid("getUserAttributes is given and nothing finds users.", "Pass user: (userId) => findUser(userId).");
  if (options.sessionCookie?.attributes?.secure === false && policy.cookie.attributes.secure) {
    throw new SessionConfigError(
      "CONFIG_COOKIE_INSECURE",
      "sessionCookie.attributes.secure is false where https is expected.",
      {
        hint: 'Leave it out; for http on localhost pass origins: ["http://localhost:3000"].',
      },
    );
  }
  return sessions;
}

function isManager(source: SessionStore | AnySessions): source is AnySessions {
  return typeof (source as Partial<AnySessions> | undefined)?.validate === "function";
}

function givenManager(sessions: AnySessions, options: AnyLuciaOptions): AnySessions {
  const misplaced = managerOptions.filter((name) => options[name as keyof AnyLuciaOptions] !== undefined);
  if (misplaced.length === 0) return sessions;
  throw invalid(`Lucia is given sessions and ${misplaced.join(", ")}.`, "Say it to createSessions or nextSessions.");
}

function newManager(store: SessionStore, options: AnyLuciaOptions): AnySessions {
  const {
    sessionExpiresIn = "30d",
    absoluteExpiresIn = "400d",
    sessionCookie,
    user,
    origins,
    onEvent,
    runtime,
  } = options;
  const { name, attributes: { sameSite, domain, path } = {} } = sessionCookie ?? {};
  return createSessions({
    store,
    timeouts: {
      idle: lengthOf(sessionExpiresIn, "sessionExpiresIn"),
      absolute: lengthOf(absoluteExpiresIn, "absoluteExpiresIn"),
    },
    cookie: withoutUndefined({ name, sameSite, domain, path }),
    ...withoutUndefined({ user, origins, onEvent, runtime }),
  });
}

type Defined<Given> = { [Key in keyof Given]?: Exclude<Given[Key], undefined> };

function withoutUndefined<Given extends object>(given: Given): Defined<Given> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Defined<Given>;
}

/** The error for options that cannot be. */
export function invalid(what: string, hint: string): SessionConfigError {
  return new SessionConfigError("CONFIG_INVALID", what, { hint });
}
