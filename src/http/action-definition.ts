import type { DeviceSession } from "../core/api-key-session.ts";
import type { Extended, Session, SessionTypes } from "../core/session.ts";
import type { AuthenticationRequirement } from "../core/session-options.ts";
import type { SchemaInput, SchemaOutput, StandardSchema } from "../core/standard-schema.ts";

/** The methods that an action of the application may answer. `HEAD` is answered as `GET` is. */
export type ActionMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** A visitor, by the session cookie: a signed-in user, one whose authentication is good enough (as in `session.satisfies`), or anyone. */
export type VisitorAuth =
  | "user"
  | "anyone"
  | (AuthenticationRequirement & object & { readonly secret?: never; readonly apiKey?: never });

/**
 * Another machine, by `Authorization: Bearer <secret>`, compared in constant time. At least 32 bytes each; several while one
 * takes the place of another. Where it is not set, the action is there and refuses everybody.
 */
export interface SecretAuth {
  readonly secret: string | readonly string[] | undefined;
}

/** A script of a user, by `Authorization: Bearer <API key>`: any key, or one that has all of these scopes. */
export interface ApiKeyAuth {
  readonly apiKey: true | { readonly scopes: readonly string[] };
}

/**
 * No credential is looked at, and there is no session: any site may send it. It must change nothing, or know by other means whom it
 * believes.
 */
export type NoAuth = "nobody";

/**
 * Who may call an action. Each way has its own credential, and no other is looked at: a cookie is nothing to an action that
 * asks for a secret or a key, and the other way round.
 */
export type ActionAuth = VisitorAuth | SecretAuth | ApiKeyAuth | NoAuth;

/** What the handler of an action is given. Where a machine calls there is no session; where a script calls it is the key's. */
export type ActionContext<Input, Types extends SessionTypes, Auth = VisitorAuth> = CalledWith<Input> &
  SessionOf<Types, Auth>;

type SessionOf<Types extends SessionTypes, Auth> = [Auth] extends [SecretAuth | NoAuth]
  ? unknown
  : [Auth] extends [ApiKeyAuth]
    ? {
        /** Whom the key stands for, read-only. Who acts is `session.userId`, and nothing else. */
        readonly session: DeviceSession<Types>;
      }
    : {
        /** The visitor's session, with its mutators; its cookies reach the answer. Who acts is `session.userId`, and nothing else. */
        readonly session: Extended<Session<Types>, Types>;
      };

interface CalledWith<Input> {
  /** What the schema made of the input; `undefined` where the action has no schema. */
  readonly input: Input;
  readonly request: Request;
}

/** One action of the application: `POST {basePath}/{name}`. */
export interface ActionDefinition<Schema, Types extends SessionTypes, Auth = VisitorAuth> {
  /** The method that it answers (default `"POST"`). A `GET` must change nothing: safe methods are never checked. */
  readonly method?: ActionMethod;
  /**
   * A Standard Schema for the input: the JSON or form body, or the query where the method is `GET`. The caller learns
   * which fields did not fit, and nothing that the validator says of them. Without a schema nothing is read.
   */
  readonly input?: Schema;
  /** Who may call it (default `"user"`); everybody else is answered 401. */
  readonly auth?: [Auth] extends [VisitorAuth] ? VisitorAuth : ActionAuth;
  /**
   * Where a browser goes that has posted a form to it and is refused by `auth`: a path, such as `"/sign-in"`, which gets the `returnTo`
   * of the form. A script is answered 401 all the same (default: so is everybody).
   */
  readonly turnAwayTo?: string;
  /**
   * Whether a form must bring a synchronizer token (default: `csrf.tokens` of the configuration): made with
   * `session.csrfToken()` or `session.csrfToken(name of the action)`, sent as the field `csrf_token` or the header
   * `x-csrf-token`. JSON needs none.
   */
  readonly csrfToken?: boolean;
  /** Answers: what it returns becomes JSON, a `Response` is sent as it is. */
  readonly handler: (context: ActionContext<ActionInput<Schema>, Types, Auth>) => unknown;
}

/** What a handler receives as its input. */
export type ActionInput<Schema> = Schema extends StandardSchema ? SchemaOutput<Schema> : undefined;

/** Any action, whatever its types. */
export type AnyActionDefinition = ActionDefinition<StandardSchema | undefined, SessionTypes, ActionAuth>;

interface Called<Definition> {
  readonly method: Definition extends { readonly method: infer Method } ? Method : "POST";
  readonly input: Definition extends { readonly input: infer Schema } ? SchemaInput<Schema> : undefined;
  readonly output: Definition extends { readonly handler: (...args: never[]) => infer Result }
    ? Exclude<Awaited<Result>, Response>
    : never;
}

/**
 * The application's actions as a client calls them: for each name its method, what it takes and what it answers, before
 * JSON makes texts of dates and drops what it cannot hold.
 *
 * @example
 * type Actions = InferActions<typeof sessions>
 * declare function action<Name extends keyof Actions>(name: Name, input: Actions[Name]["input"]): Promise<Actions[Name]["output"]>
 */
export type InferActions<Manager> = Manager extends { readonly actions: infer Definitions }
  ? { readonly [Name in keyof Definitions]: Called<Definitions[Name]> }
  : never;
