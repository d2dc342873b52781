import type { Duration } from "../duration.ts";
import type { SessionError } from "../errors.ts";
import type { Maybe } from "../maybe.ts";
import type { DataSchemas } from "./data-shape.ts";
import type { SessionEvent } from "./events.ts";
import type { KeepRule } from "./keep.ts";
import type { AnyReadonlySession } from "./session.ts";

/** What an extension may note in an event beside its name: plain values, public ids only. */
export type EventFacts = Readonly<Record<string, string | number | boolean | null>>;

/**
 * What an extension may know and do beside the session. It stays good for as long as the request: an extension whose value has
 * methods calls `set` and `update` from them.
 */
export interface ExtensionContext<Data extends object = object, Input extends object = object> {
  /** The present instant in epoch milliseconds. */
  readonly now: number;
  /** A header of the request, or `null` where there is no request. */
  header(name: string): string | null;
  /** The extension's own data as it is now: read-only values, decoded when first read. */
  readonly data: Data;
  /**
   * Merges keys into the extension's own data, as `session.set` does: `undefined` removes a key, and the first write of a
   * visitor without a session begins one. Like every change it is refused while rendering (`SESSION_READ_ONLY`).
   */
  set(patch: Partial<{ [Key in keyof Input]: Input[Key] | undefined }>): Promise<void>;
  /** Changes one key of its own by a function of the present value, atomically, as `session.update` does. */
  update<Key extends keyof Input & keyof Data>(
    key: Key,
    change: (value: Data[Key]) => Input[Key] | undefined,
  ): Promise<Data[Key]>;
  /** Reports what happened to `onEvent`, as an event of the type `"extension"` that names the session and its user. */
  emit(event: string, facts?: EventFacts): void;
  /**
   * Asks the application's code something from a method of the value, and waits as long as `resolve` may take: what fails, or does
   * not answer within the time limit, is `EXTENSION_FAILED`. Errors of ours pass as they are.
   */
  inTime<T>(ask: () => Maybe<T>): Promise<T>;
}

/** An extension as an object: how it is made, and what else belongs to it. Only `resolve` is required. */
export interface ExtensionObject<Session, Value, Data extends object = object, Input extends object = object> {
  /** The name under which it has to stand in `extend` (default: any). */
  readonly name?: string;
  /** Extensions that it reads, by their names. A configuration without them is refused. */
  readonly needs?: readonly { readonly name: string }[];
  /** A Standard Schema for each data key of its own. They are stored with the session's data, and nobody else sees them. */
  readonly data?: DataSchemas;
  /** What of its data survives sign-in (default: nothing). */
  readonly keep?: KeepRule;
  /** How long a promise may take (default: `callbackTimeLimit` of the configuration). */
  readonly timeLimit?: Duration;
  /**
   * What the property is where `resolve` fails. Without it whoever reads the property gets the failure: `EXTENSION_FAILED`, or
   * what `resolve` threw where that is an error of ours. It must not say more than is certain: nobody has bought anything.
   */
  fallback?(error: SessionError): NoInfer<Value> | Awaited<NoInfer<Value>>;
  /** Makes the value, when the property is first read; once per request, and anew after a sign-in. */
  resolve(session: Session, context: ExtensionContext<Data, Input>): Value;
  /** Is told every event, as `onEvent` is. */
  events?(event: SessionEvent): void;
  /**
   * Runs when a sign-in has been stored and its cookie set, before `signIn` resolves: the place to take what a visitor has
   * gathered over to the user. A failure is an event; the sign-in stands, so whatever is done here must be able to wait.
   */
  signedIn?(session: Session, context: ExtensionContext<Data, Input>): Maybe<unknown>;
  /** What of the value may reach the browser, under its name in the public view (default: nothing). */
  publicView?(value: Awaited<NoInfer<Value>>, session: Session): unknown;
  /** The HTTP actions that it adds, by name. */
  readonly actions?: object;
}

/**
 * A property of the session that the application adds: a function of the session, or an object with such a function as
 * `resolve`. It runs when the property is first read, once per request; a promise is memoised as the promise it is.
 */
export type Extension<Session, Value> =
  | ((session: Session, context: ExtensionContext) => Value)
  | ExtensionObject<Session, Value>;

/** The extensions of one configuration, by name. */
export type Extensions = Readonly<Record<string, Extension<AnyReadonlySession, unknown>>>;
