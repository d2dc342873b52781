import type { Maybe } from "../maybe.ts";
import type { Actor, PendingSignIn } from "./acting.ts";
import type { ApiKeyHolder } from "./api-key-holder.ts";
import type { DataSchemas } from "./data-shape.ts";
import type { SessionInfo } from "./session-info.ts";
import type {
  AuthenticationRequirement,
  CompleteSignInOptions,
  ImpersonateOptions,
  ReauthenticateOptions,
  RotateOptions,
  SignInOptions,
  StartSignInOptions,
} from "./session-options.ts";
import type { SchemaInput, SchemaOutput } from "./standard-schema.ts";

/** The types that one configuration gives its sessions. They are inferred; nobody writes them. */
export interface SessionTypes {
  /** What reading the data gives. */
  readonly data: object;
  /** What writing the data takes. */
  readonly input: object;
  readonly user: unknown;
  readonly extensions: object;
  /** What of a session may reach the browser. */
  readonly view: unknown;
  /** The function that tells whom another application has signed in; any `object` where there is none. */
  readonly identity: object;
}

/** The data as it is read. A key whose schema does not accept `undefined` may still be absent. */
export type DataOf<Schemas extends DataSchemas> = {
  readonly [Key in keyof Schemas]: undefined extends SchemaInput<Schemas[Key]>
    ? SchemaOutput<Schemas[Key]>
    : SchemaOutput<Schemas[Key]> | undefined;
};

/** The data as it is written. */
export type InputOf<Schemas extends DataSchemas> = { readonly [Key in keyof Schemas]: SchemaInput<Schemas[Key]> };

/**
 * One visitor's session as this request sees it, read-only. For a visitor without a session `id`, `userId`, `user` and all
 * instants are `null` and `data` holds the defaults. Instants are epoch milliseconds.
 *
 * It is always an object: ask `auth()` or `userId` whether somebody is signed in.
 */
export interface ReadonlySession<Types extends SessionTypes> {
  /** The public id. It may be listed and logged; it authenticates nobody. */
  readonly id: string | null;
  readonly userId: string | null;
  /** What the `user` function of the configuration found, or `null`. */
  readonly user: Types["user"] | null;
  /** The application's data: read-only values, decoded when first read. Change it through the mutators. */
  readonly data: Types["data"];
  readonly createdAt: number | null;
  /**
   * When the visitor last proved who they are: at sign-in, or by `reauthenticate`. `null` where nobody is signed in, and 0 while
   * impersonating, since the impersonated user proved nothing.
   */
  readonly authenticatedAt: number | null;
  /** When the session was last used, to within a tenth of the idle timeout. */
  readonly lastSeenAt: number | null;
  readonly idleExpiresAt: number | null;
  readonly expiresAt: number | null;
  /** Raised by every change of data, identity or token, never by a touch: a newer view of the session has a higher one. */
  readonly version: number | null;
  /** Whether nobody is signed in. */
  readonly isAnonymous: boolean;
  /** The methods by which the user was authenticated, such as `["pwd", "otp"]` (RFC 8176). */
  readonly amr: readonly string[];
  /** The level of authentication, in the application's words; `null` where none was named. */
  readonly acr: string | null;
  /** A sign-in whose second factor is open, or `null`. While it is, nobody is signed in by it: `userId` says who is. */
  readonly pendingSignIn: PendingSignIn | null;
  /** Who really acts while this session impersonates its user, or `null`. */
  readonly actor: Actor | null;
  /**
   * Whether somebody is signed in, and on a proof that is good enough: recent, by these methods, of this level (or a higher
   * one, where `acrLevels` puts them in order). Never while impersonating, if a recent authentication is asked for.
   *
   * @example
   * if (!session.satisfies({ freshFor: "10m", amr: ["otp"] })) return Response.json({ error: "step_up" }, { status: 401 })
   */
  satisfies(requirement: AuthenticationRequirement): boolean;
  /**
   * What of this session may reach the browser: exactly what `GET {basePath}` answers, `null` where nobody is signed in. A
   * promise where `publicView` of the configuration is asynchronous. It seeds `SessionProvider` of `coatcheck/react`.
   */
  toClient(): Maybe<Types["view"] | null>;
  /** The public view: what `publicView` of the configuration chooses. */
  toJSON(): unknown;
  /**
   * Makes a synchronizer token for a form: it is worth something with this session only, and only until somebody signs in.
   * Each call gives another one; all of them hold for as long as the session, in every tab, also after a rotation. No store
   * call. A visitor without a session gets a token that is bound to nobody: there the origin check stands alone.
   *
   * @param form The name of the form that it is for (default: any form that names none).
   * @throws {@link SessionConfigError} `CONFIG_SECRET_MISSING`: the configuration has no `secrets`.
   * @example
   * <input type="hidden" name="csrf_token" value={await session.csrfToken("checkout")} />
   */
  csrfToken(form?: string): Promise<string>;
  /**
   * Tells whether a token was made for this session and this form. Whatever else it may be is `false`, compared in constant
   * time. No store call.
   *
   * @throws {@link SessionConfigError} `CONFIG_SECRET_MISSING`: the configuration has no `secrets`.
   * @example
   * if (!(await session.verifyCsrfToken(form.get("csrf_token"), "checkout"))) return new Response(null, { status: 403 })
   */
  verifyCsrfToken(token: unknown, form?: string): Promise<boolean>;
}

/**
 * One visitor's session, with its mutators. Each of them is stored when its promise resolves; there is nothing to save
 * afterwards. On a visitor without a session the first write makes one and sets the cookie.
 *
 * Every mutator may throw a `SessionStateError`: `SESSION_READ_ONLY` while rendering, `HEADERS_SENT` when a cookie would be
 * needed too late, `SESSION_REPLACED` when another request signed in or rotated since, `SESSION_DESTROYED` when the session
 * has ended. Nothing is stored then. When the store does not confirm in time it is a `SessionStoreError`, and the change may or
 * may not have been made.
 */
export interface Session<Types extends SessionTypes> extends ReadonlySession<Types>, ApiKeyHolder {
  /**
   * Merges top-level keys into the data. Other keys, and those that concurrent requests set, stay as they are.
   * `undefined` removes a key; `null` is a value. One store write; none when nothing is given.
   *
   * @throws {@link SessionDataError} `DATA_INVALID`, `DATA_TOO_LARGE`
   * @example
   * await session.set({ step: 2, coupon: undefined })
   */
  set(patch: Partial<{ [Key in keyof Types["input"]]: Types["input"][Key] | undefined }>): Promise<void>;

  /**
   * Changes one key by a function of its present value, atomically: of concurrent updates none is lost. The function gets a
   * copy of its own (the default, or `undefined`, when the key is absent), must be synchronous and pure, and runs again
   * when another request was quicker. Returning `undefined` removes the key.
   *
   * @returns The value as stored.
   * @throws {@link SessionDataError} `DATA_INVALID`, `DATA_TOO_LARGE`
   * @throws {@link SessionStoreError} `STORE_CONFLICT`: another writer won without end
   * @example
   * await session.update("cart", (cart) => [...cart, lessonId])
   */
  update<Key extends keyof Types["input"] & keyof Types["data"]>(
    key: Key,
    change: (value: Types["data"][Key]) => Types["input"][Key] | undefined,
  ): Promise<Types["data"][Key]>;

  /** Replaces the whole data: keys that are not given are removed. */
  replace(data: Partial<Types["input"]>): Promise<void>;

  /**
   * Reads a key and removes it, atomically: of two requests that pluck at once one gets the value, the other `undefined`.
   * Never starts a session.
   */
  pluck<Key extends keyof Types["data"]>(key: Key): Promise<Types["data"][Key] | undefined>;

  /**
   * Signs a user in: binds the user and issues a new token in one atomic write; the old token is dead at once. Anonymous
   * data survives as far as `keep` says; signing in again as the same user keeps the data, as another drops it.
   */
  signIn(userId: string, options?: SignInOptions): Promise<void>;

  /**
   * Issues a new token for the same session. The old one stays valid for a grace period, so that requests already on their
   * way sign nobody out. A second call in one request does nothing, and so does a call without a session.
   */
  rotate(options?: RotateOptions): Promise<void>;

  /** Ends the session and clears the cookie. Resolves only when the store has confirmed it. Twice is as good as once. */
  destroy(): Promise<void>;

  /** Ends the session like `destroy`; with `keep`, starts an anonymous one with those keys of the old data. */
  signOut(options?: { readonly keep?: readonly string[] }): Promise<void>;

  /**
   * Begins a sign-in of two halves: the first factor of this user was proven, the second is open. Nobody is signed in by it:
   * `userId` stays what it was, `auth()` and every other check say no, and only `pendingSignIn` knows the user. Issues a new
   * token. A second call starts over.
   *
   * @example
   * await session.startSignIn(user.id, { amr: ["pwd"] })
   * @see {@link https://cheatsheetseries.owasp.org/cheatsheets/Multifactor_Authentication_Cheat_Sheet.html OWASP: multifactor authentication}
   */
  startSignIn(userId: string, options?: StartSignInOptions): Promise<void>;

  /**
   * Signs the user of `pendingSignIn` in, as `signIn` does, once the second factor is proven. Of two calls at once one signs in.
   *
   * @throws {@link SessionStateError} `SIGN_IN_NOT_STARTED`: none was started in this session, or it took too long.
   * @example
   * if (await verifyCode(session.pendingSignIn.userId, code)) await session.completeSignIn({ amr: ["otp"], acr: "aal2" })
   */
  completeSignIn(options?: CompleteSignInOptions): Promise<void>;

  /**
   * Notes that the user has just proven again who they are: `authenticatedAt` is now, the token is a new one, the old one is
   * dead at once. The deadlines stay: sign in anew to begin new ones. With `expiresIn` it is a step-up, which ends by itself.
   *
   * @throws {@link SessionStateError} `UNAUTHENTICATED`, or `IMPERSONATION_REFUSED` while impersonating.
   * @example
   * await session.reauthenticate({ amr: ["otp"], acr: "aal2", expiresIn: "15m" })
   */
  reauthenticate(options?: ReauthenticateOptions): Promise<void>;

  /**
   * For after a change of password, factor or e-mail address: gives this session a new token and ends every other session of the user
   * and every API key, those of before the call began without exception.
   *
   * @returns How many others were ended.
   * @throws {@link SessionStateError} `UNAUTHENTICATED`, or `IMPERSONATION_REFUSED` while impersonating.
   * @throws {@link SessionStoreError} `STORE_UNAVAILABLE`: this session may have a new token while others still live. Call again.
   */
  credentialsChanged(): Promise<number>;

  /**
   * Lets the user act as another one, for a time: `userId`, `user` and every check are the other's, `actor` says who really acts.
   * The session begins without data, gets a new token, and turns back into its own when the time is over, whether or not
   * anybody calls `stopImpersonating`. Ending the sessions of the one who acts ends it.
   *
   * @throws {@link SessionStateError} `IMPERSONATION_REFUSED`: `impersonation.allow` does not allow it, the user is impersonating
   *   already, is the same, does not exist, or `ttl` is too long. `UNAUTHENTICATED`: nobody is signed in.
   * @example
   * await session.impersonate(customer.id, { reason: "Ticket 4711", ttl: "15m" })
   */
  impersonate(userId: string, options: ImpersonateOptions): Promise<void>;

  /** Gives the session back to its own user, with a new token and without data. Nothing, where nobody is impersonated. */
  stopImpersonating(): Promise<void>;

  /** The living sessions of the user, the one seen last first; empty where nobody is signed in. */
  list(): Promise<readonly SessionInfo[]>;

  /**
   * Ends one of the user's sessions by its public id; this one as `destroy` does. Another user's session is left alone, whatever
   * the id: the store checks it in the statement that deletes.
   *
   * @returns Whether there was such a session.
   */
  revoke(id: string): Promise<boolean>;

  /** Ends every session of the user but this one. @returns How many. */
  revokeOthers(): Promise<number>;

  /** Moves the idle deadline now, for a visitor who says that they are still there. Other requests do so by themselves, in time. */
  touch(): Promise<void>;

  /**
   * Aborts when this session ends, here or on another instance, when a deadline passes, or when somebody signs in to it, steps
   * up or impersonates: for what stays open longer than a request, a WebSocket or a stream of events. Its `reason` is a
   * `SessionEnded`. It never aborts because the store does not answer, and never for a visitor without a session.
   *
   * One signal for each request; asking for it costs one read in the background. Remove your listener when the connection
   * closes. What another instance did is seen at once with a `bus`, and within `signalCheck` (default `"60s"`) in any case.
   *
   * @example
   * const close = () => response.end()
   * session.signal.addEventListener("abort", close)
   * response.on("close", () => session.signal.removeEventListener("abort", close))
   */
  readonly signal: AbortSignal;

  /** Looks the user up, once per request, where nothing did yet. */
  loadUser(): Promise<Types["user"] | null>;
}

/** The session with the application's extensions. */
export type Extended<Session, Types extends SessionTypes> = Session & Readonly<Types["extensions"]>;

/** Any session, whatever its types. */
export type AnyReadonlySession = ReadonlySession<SessionTypes>;

/** Any session with mutators, whatever its types. */
// biome-ignore lint/suspicious/noExplicitAny: a session of any data must be assignable here, and the parameters of its mutators vary with the data
export type AnySession = ReadonlySession<any>;
