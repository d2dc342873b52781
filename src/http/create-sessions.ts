import type { DeviceSession } from "../core/api-key-session.ts";
import type { DataSchemas } from "../core/data-shape.ts";
import type { Extension } from "../core/extensions.ts";
import type { IdentityOption } from "../core/external-user.ts";
import type { ImpersonationOptions } from "../core/impersonation-policy.ts";
import type { KeyRule } from "../core/keep.ts";
import { createManager, type Manager } from "../core/manager.ts";
import type { PolicyOptions } from "../core/policy.ts";
import type { DataOf, Extended, InputOf, ReadonlySession, Session, SessionTypes } from "../core/session.ts";
import type { PublicView, PublicViewOf } from "../core/signed-in-session.ts";
import type { Timeouts, TimeoutsFunction, TimeoutsPreset } from "../core/timeouts.ts";
import type { Maybe } from "../maybe.ts";
import type { ActionDefinition, AnyActionDefinition } from "./action-definition.ts";
import { type ActionSource, tableOf } from "./action-table.ts";
import { authenticate, type WithHeaders } from "./authenticate.ts";
import { coreActions } from "./core-actions.ts";
import { type CrossSiteCheck, createCrossSiteCheck } from "./cross-site.ts";
import { type CsrfOptions, resolveCsrf } from "./csrf-options.ts";
import type { ExtensionActions, ViewsOf } from "./define-extension.ts";
import { createHandler, type Handler } from "./router.ts";
import { type SignOutOptions, signOutProblems } from "./sign-out.ts";

/** The types that a configuration infers. */
export interface TypesOf<Schemas extends DataSchemas, User, Added, View = PublicView, Identity = object> {
  readonly data: DataOf<Schemas>;
  readonly input: InputOf<Schemas>;
  readonly user: User;
  readonly extensions: Added;
  readonly view: View;
  readonly identity: Identity;
}

/** What reaches the browser: the public view, and what the extensions show beside it. */
export type ViewWith<View, Extend> = keyof ViewsOf<Extend> extends never
  ? View
  : View & Omit<ViewsOf<Extend>, keyof View>;

/** The actions of the application, and those of its extensions. */
export type AllActions<Actions, Extend> =
  unknown extends ExtensionActions<Extend> ? Actions : Actions & ExtensionActions<Extend>;

/**
 * Everything an application can say about its sessions. Only `store` is required.
 *
 * @example
 * const sessions = createSessions({
 *   store: sqliteStore("sessions.db"),
 *   origins: ["https://shop.example"],
 *   timeouts: { idle: "7d", absolute: "30d" },
 *   data: { cart: cartSchema },
 * })
 */
export interface SessionsOptions<
  Schemas extends DataSchemas,
  User,
  Added extends object,
  Identity extends object = object,
  View = PublicViewOf<Identity>,
  Actions extends object = object,
  Inputs extends object = object,
  Extend extends object = object,
  Auths extends object = object,
> extends Omit<
    PolicyOptions,
    "data" | "keep" | "user" | "identity" | "extend" | "publicView" | "timeouts" | "impersonation"
  > {
  /**
   * How long sessions live: two durations, a preset (`"aal1"`, `"aal2"`, `"aal3"` after NIST SP 800-63B-4), or a function of the
   * user and the data that chooses for each session (default: idle 7 days, absolute 30 days). A session keeps the timeouts that
   * it began or was signed in with: a change of this option reaches it at its next sign-in.
   */
  readonly timeouts?: Timeouts | TimeoutsPreset | TimeoutsFunction<NoInfer<User>, DataOf<NoInfer<Schemas>>>;
  /** Who may impersonate whom, and for how long (default: nobody). */
  readonly impersonation?: ImpersonationOptions<NoInfer<User>>;
  /** One Standard Schema (zod, valibot, arktype…) for each key. Without it any key with a JSON value is allowed. */
  readonly data?: Schemas;
  /**
   * Which anonymous data survives sign-in: a list of keys, or for each key `"keep"`, `"drop"` or a function of the anonymous
   * value (default: none).
   */
  readonly keep?: readonly (keyof NoInfer<Schemas> & string)[] | { readonly [Key in keyof NoInfer<Schemas>]?: KeyRule };
  /**
   * Finds the user of a session. `null`: the user is gone, nobody is signed in. Called once per request. With `identity` it is
   * given what that says of the user, which may spare the look-up.
   */
  readonly user?: (userId: string, external?: unknown) => Maybe<User | null | undefined>;
  /**
   * Tells who is signed in, where another application does that, such as `authjs(auth)` of `coatcheck/authjs` (default: our own
   * `signIn` does). Sessions then carry data and extensions; until the first write of a signed-in visitor there is no record,
   * and `id` and the instants are `null`, as the types of such a configuration say.
   */
  readonly identity?: IdentityOption<Identity> | undefined;
  /** Properties to add to the session: lazy, once per request, typed. Functions, or what `defineExtension` gives. */
  readonly extend?: Extend & {
    readonly [Name in keyof Added]: Extension<ReadonlySession<TypesOf<Schemas, User, object>>, Added[Name]>;
  };
  /** What `GET {basePath}`, `session.toClient()` and `JSON.stringify(session)` show: all that reaches the browser. */
  readonly publicView?: (session: ReadonlySession<TypesOf<Schemas, User, object, unknown>>) => Maybe<View>;
  /**
   * The application's own HTTP actions: `{basePath}/{name}` beside ours, with the same checks. Their types are inferred, for
   * the handlers here and, by `InferActions`, for a client.
   */
  readonly actions?: Actions & {
    readonly [Name in keyof Inputs]: ActionDefinition<
      Inputs[Name],
      TypesOf<Schemas, User, Added, NoInfer<View>, NoInfer<Identity>>,
      Name extends keyof Auths ? Auths[Name] : unknown
    >;
  } & { readonly [Name in keyof Auths]: { readonly auth?: Auths[Name] } };
  /** How requests of other sites are told from the application's own (default: they are refused). */
  readonly csrf?: CsrfOptions;
  /** What `POST {basePath}/signout` does beside ending the session. */
  readonly signOut?: SignOutOptions;
}

/** The manager of the sessions of one configuration. */
export interface Sessions<Types extends SessionTypes, Actions extends object = object> extends Manager<Types> {
  /**
   * Finds whom a request acts for by the API key in its `Authorization: Bearer` header, or `null`: there is none, or one that is
   * worth nothing. Cookies are not looked at. Read-only, with the user and the extensions; as `apiKeys.validate` for the rest.
   *
   * @throws {@link SessionStoreError} `STORE_UNAVAILABLE`, `USER_UNAVAILABLE`: answer with a 503.
   * @example
   * const session = await sessions.authenticate(request)
   * if (!session?.scopes.includes("orders:read")) return new Response(null, { status: 401 })
   */
  authenticate(request: WithHeaders): Promise<DeviceSession<Types> | null>;
  /** Answers the HTTP actions under `basePath` (default `/api/session`). */
  readonly handler: Handler;
  /** The actions of the application and of its extensions, as they were configured. Their types are what `InferActions` reads. */
  readonly actions: Actions;
  /** Keeps other sites from acting in the name of a visitor. For writers of adapters. */
  readonly crossSite: CrossSiteCheck;
}

/** The type of what reaches the browser of a session: `type View = InferView<typeof sessions>`. */
export type InferView<Manager> = Manager extends Sessions<infer Types> ? Types["view"] : never;

/** The type of the session that a manager gives: `type AppSession = InferSession<typeof sessions>`. */
export type InferSession<Manager> = Manager extends Sessions<infer Types> ? Extended<Session<Types>, Types> : never;

/**
 * Makes the manager of an application's sessions. Synchronous, without I/O: the store connects at the first call.
 *
 * @throws {@link SessionConfigError} `CONFIG_INVALID`, `CONFIG_COOKIE_INSECURE`, `CONFIG_SECRET_WEAK`,
 *   `CONFIG_SECRET_MISSING`: every problem of the
 *   options in one error.
 * @example
 * const { token } = await sessions.create({ userId: user.id })
 * const { name, value, attributes } = sessions.createSessionCookie(token)
 */
export function createSessions<
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
  options: SessionsOptions<Schemas, User, Added, Identity, View, Actions, Inputs, Extend, Auths>,
): Sessions<TypesOf<Schemas, User, Added, ViewWith<View, Extend>, Identity>, AllActions<Actions, Extend>> {
  const { actions = {} as Actions, csrf, signOut = {}, ...engineOptions } = options;
  const hasSecrets = (options.secrets?.length ?? 0) > 0;
  const problems = signOutProblems(signOut);
  const has = { secrets: hasSecrets, apiKeys: options.apiKeys !== undefined };
  const csrfPolicy = resolveCsrf(csrf, hasSecrets, problems);
  const sources = [{ name: "actions", definitions: actions as ActionDefinitions }, ...extensionActions(options.extend)];
  const added = tableOf(sources, problems, has);
  type Types = TypesOf<Schemas, User, Added, ViewWith<View, Extend>, Identity>;
  const manager = createManager<Types>(engineOptions as PolicyOptions, problems);
  const anyManager = manager as unknown as Manager<SessionTypes>; // no action of ours depends on the types
  const crossSite = createCrossSiteCheck(manager.policy, csrfPolicy, manager.emit);
  const table = { ...added, ...coreActions(anyManager, signOut) };
  const all = Object.assign({}, ...sources.map(({ definitions }) => definitions)) as AllActions<Actions, Extend>;
  const handler = createHandler(anyManager, crossSite, table);
  return { ...manager, actions: all, crossSite, handler, authenticate: (request) => authenticate(manager, request) };
}

type ActionDefinitions = Readonly<Record<string, AnyActionDefinition>>;

function extensionActions(extend: object = {}): ActionSource[] {
  return Object.entries(extend).flatMap(
    ([name, extension]: [string, { readonly actions?: ActionDefinitions } | null]) => {
      const definitions = extension?.actions;
      return definitions ? [{ name: `extend.${name}.actions`, definitions }] : [];
    },
  );
}
