import type { Duration } from "../duration.ts";
import type { DataSchemas } from "./data-shape.ts";
import type { KeepRule } from "./keep.ts";
import type { SchemaInput, SchemaOutput } from "./standard-schema.ts";

/** The types that one configuration gives its sessions. They are inferred; nobody writes them. */
export interface SessionTypes {
  /** What reading the data gives. */
  readonly data: object;
  /** What writing the data takes. */
  readonly input: object;
  readonly user: unknown;
  readonly extensions: object;
}

/** The data as it is read. A key whose schema does not accept `undefined` may still be absent. */
export type DataOf<Schemas extends DataSchemas> = {
  readonly [Key in keyof Schemas]: undefined extends SchemaInput<Schemas[Key]>
    ? SchemaOutput<Schemas[Key]>
    : SchemaOutput<Schemas[Key]> | undefined;
};

/** The data as it is written. */
export type InputOf<Schemas extends DataSchemas> = { readonly [Key in keyof Schemas]: SchemaInput<Schemas[Key]> };

/** Who really acts while a session impersonates its user. */
export interface Actor {
  readonly userId: string;
}

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
  /** When the visitor last proved who they are, or `null`. */
  readonly authenticatedAt: number | null;
  /** When the session was last used, to within a tenth of the idle timeout. */
  readonly lastSeenAt: number | null;
  readonly idleExpiresAt: number | null;
  readonly expiresAt: number | null;
  /** Whether nobody is signed in. */
  readonly isAnonymous: boolean;
  readonly actor: Actor | null;
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

/** A session that somebody is signed in to. */
export type SignedInSession<Types extends SessionTypes> = ReadonlySession<Types> & {
  readonly id: string;
  readonly userId: string;
  readonly user: Types["user"];
  readonly createdAt: number;
  readonly authenticatedAt: number;
  readonly lastSeenAt: number;
  readonly idleExpiresAt: number;
  readonly expiresAt: number;
  readonly isAnonymous: false;
};

/** What sign-in may be told. */
export interface SignInOptions {
  /** Whether the cookie outlives the browser (default `true`). */
  readonly persistent?: boolean;
  /** Which anonymous data survives; takes the place of the configured rule. */
  readonly keep?: KeepRule;
  /** What to remember of the device: a JSON value, shown in the list of sessions. */
  readonly device?: unknown;
}

/** What rotation may be told. */
export interface RotateOptions {
  /** How long the previous token stays valid (default `"10s"`). */
  readonly grace?: Duration;
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
export interface Session<Types extends SessionTypes> extends ReadonlySession<Types> {
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
